package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"galena/internal/lead"
	"galena/internal/store"
)

// listingPortrait is what a store answers about the listing.
type listingPortrait struct {
	Mark    store.ListMark
	LastSeq int64
	Touched []lead.ID
	Due     []lead.ID
	Rows    []store.ListRow
	// Accounts are all that are listed, Of the first of their people.
	Accounts []store.AccountTotal
	Of       []store.ListRow
	Groups   map[store.ListGroup]int64
}

// paintListing asks for everything that is listed.
func paintListing(s store.Snapshot) (p listingPortrait, err error) {
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	p.Mark, e = s.ListMark()
	keep(e)
	p.LastSeq, e = s.LastSeq()
	keep(e)
	for upTo := int64(0); upTo < p.LastSeq && err == nil; {
		var ids []lead.ID
		ids, upTo, e = s.Touched(upTo, 50)
		keep(e)
		p.Touched = append(p.Touched, ids...)
	}
	p.Due, e = s.ListDue(today, 1000)
	keep(e)
	slices.Sort(p.Due)
	for after := lead.ID(0); ; {
		rows, e := s.ListedAfter(after, 50)
		keep(e)
		if len(rows) == 0 {
			break
		}
		p.Rows = append(p.Rows, rows...)
		after = rows[len(rows)-1].Lead
	}
	var after *store.AccountPlace
	for {
		some, e := s.ListedAccounts(after, 3)
		keep(e)
		if len(some) == 0 {
			break
		}
		p.Accounts = append(p.Accounts, some...)
		place := some[len(some)-1].Place()
		after = &place
	}
	if got, want := fmt.Sprint(p.Accounts), fmt.Sprint(accountsByHand(p.Rows)); got != want {
		keep(fmt.Errorf("by account it is %s, by hand %s", got, want))
	}
	for _, a := range p.Accounts {
		of, e := s.ListedOf(a.Account, 5)
		keep(e)
		p.Of = append(p.Of, of...)
	}
	p.Groups, e = s.ListedGroups()
	keep(e)
	counted := map[store.ListGroup]int64{}
	for _, r := range p.Rows {
		counted[store.ListGroup{Kind: r.Kind, Stage: r.Stage}]++
	}
	if !maps.Equal(p.Groups, counted) {
		keep(fmt.Errorf("by kind and stage there are %v, by hand %v", p.Groups, counted))
	}
	return p, err
}

// accountsByHand sums rows up by account.
func accountsByHand(rows []store.ListRow) []store.AccountTotal {
	all := map[string]store.AccountTotal{}
	for _, r := range rows {
		if r.Account == "" {
			continue
		}
		a := all[r.Account]
		a.Account = r.Account
		a.People[r.Kind-1]++
		if r.Stage != "" {
			if a.Stages == nil {
				a.Stages = map[string]int64{}
			}
			a.Stages[r.Stage]++
		}
		if r.Excluded == "" {
			a.Sum += r.Score
		}
		all[r.Account] = a
	}
	return slices.SortedFunc(maps.Values(all), func(a, b store.AccountTotal) int { return a.Place().Compare(b.Place()) })
}

// pagesOf goes through all parts of what a query asks for.
func pagesOf(s store.Snapshot, q store.ListQuery) ([]lead.ID, error) {
	var ids []lead.ID
	for {
		p, err := s.Listed(q)
		if err == nil {
			err = soundPart(&q, &p)
		}
		if err != nil {
			return ids, err
		}
		for i := range p.Rows {
			ids = append(ids, p.Rows[i].Lead)
		}
		if q.After = p.Next; p.Next == nil {
			return ids, nil
		}
	}
}

// soundPart checks that a part goes on where it can, and that no more was looked
// through than the query says.
func soundPart(q *store.ListQuery, p *store.ListPart) error {
	bounded := len(p.Rows) <= q.Limit && (q.Look == 0 || p.Looked <= q.Look) && (p.Looked == 0 || p.Looked >= len(p.Rows))
	if p.Stopped {
		bounded = bounded && p.Looked == q.Look && p.Next != nil
	} else {
		bounded = bounded && (p.Next == nil || len(p.Rows) == q.Limit)
	}
	if !bounded {
		return fmt.Errorf("%d rows came of %d that were looked at, stopped %v, next %v; the query is %+v", len(p.Rows), p.Looked, p.Stopped, p.Next, *q)
	}
	if p.Next == nil {
		return nil
	}
	if n := len(p.Rows); n > 0 && q.Order(*p.Next, p.Rows[n-1].Place(q.Sort)) < 0 || q.After != nil && q.Order(*p.Next, *q.After) <= 0 {
		return fmt.Errorf("after %+v it goes on at %+v, with %d rows", q.After, *p.Next, n)
	}
	return nil
}

// Few values, so that rows meet conditions and have equal places.
var (
	listTexts  = rapid.SampledFrom([]string{"", "A", "a", "Ab", "äb", "b'--", "b%", "x\x00\xffy", "\U0010ffff", strings.Repeat("long ", 60)})
	listNames  = rapid.SampledFrom([]string{"country", "employees", "country", "employees", "", "o'x\""})
	listPoints = rapid.Int64Range(-2, 3)
	listTimes  = rapid.SampledFrom([]lead.Time{0, 1, today - 1, today, today + 1})
	listBounds = rapid.Custom(func(t *rapid.T) (b store.ListBounds) {
		if n := rapid.Int64Range(-2, 6).Draw(t, "least"); n < 4 {
			b.Least = &n
		}
		if n := rapid.Int64Range(-1, 6).Draw(t, "most"); n < 4 {
			b.Most = &n
		}
		return b
	})
	listMoments = rapid.Custom(func(t *rapid.T) (b store.ListBounds) {
		n := int64(listTimes.Draw(t, "moment"))
		switch rapid.IntRange(0, 4).Draw(t, "side") {
		case 0:
			b.Least = &n
		case 1:
			b.Most = &n
		}
		return b
	})
	drawFact = rapid.Custom(func(t *rapid.T) store.Fact {
		f := store.Fact{Name: listNames.Draw(t, "name"), Text: listTexts.Draw(t, "text")}
		if rapid.Bool().Draw(t, "numeric") {
			f.Number, f.Numeric = float64(listPoints.Draw(t, "number"))/2, true
		}
		return f
	})
	drawListRow = rapid.Custom(func(t *rapid.T) store.ListRow {
		r := store.ListRow{
			Kind: store.ListKind(rapid.IntRange(0, 4).Draw(t, "kind")), StageSince: listTimes.Draw(t, "since"),
			Score: listPoints.Draw(t, "score"), Scores: map[string]int64{"fit": listPoints.Draw(t, "fit")},
			Grade: listTexts.Draw(t, "grade"), Account: listTexts.Draw(t, "account"),
			FirstSeen: listTimes.Draw(t, "first"), LastSeen: listTimes.Draw(t, "last"),
			Name: listTexts.Draw(t, "name"), Email: listTexts.Draw(t, "email"), Title: listTexts.Draw(t, "title"),
			Excluded: listTexts.Draw(t, "excluded"), ChangesAt: listTimes.Draw(t, "changes"),
			Facts: rapid.SliceOfN(drawFact, 0, 4).Draw(t, "facts"),
		}
		if rapid.Bool().Draw(t, "staged") {
			r.Stage = rapid.SampledFrom([]string{"MQL", "SQL", "o'x"}).Draw(t, "stage")
		}
		if rapid.Bool().Draw(t, "another score") {
			r.Scores["total"] = r.Score
		}
		return r
	})
	drawListQuery = rapid.Custom(func(t *rapid.T) store.ListQuery {
		q := store.ListQuery{Sort: store.ListSort(rapid.IntRange(0, 6).Draw(t, "sort")), Descending: rapid.Bool().Draw(t, "down"), Limit: 2}
		some := func(what string) bool { return rapid.IntRange(0, 5).Draw(t, what) == 0 }
		if some("of kinds") {
			q.Kinds = rapid.SliceOfN(rapid.SampledFrom([]store.ListKind{1, 2, 3}), 1, 3).Draw(t, "kinds")
		}
		if some("of stages") {
			q.Stages = rapid.SliceOfN(rapid.SampledFrom([]string{"", "MQL", "SQL"}), 1, 2).Draw(t, "stages")
		}
		if some("of accounts") {
			q.Accounts = rapid.SliceOfN(listTexts, 1, 3).Draw(t, "accounts")
		}
		if some("of grades") {
			q.Grades = rapid.SliceOfN(listTexts, 1, 3).Draw(t, "grades")
		}
		if some("scores") {
			q.Scores = []store.ScoreCondition{{Name: rapid.SampledFrom([]string{"", "fit", "total", "none"}).Draw(t, "score"), ListBounds: listBounds.Draw(t, "points")}}
		}
		q.FirstSeen, q.LastSeen, q.StageSince = listMoments.Draw(t, "first"), listMoments.Draw(t, "last"), listMoments.Draw(t, "since")
		if some("exclusion") {
			excluded := rapid.Bool().Draw(t, "excluded")
			q.Excluded = &excluded
		}
		if some("facts") || some("more facts") {
			q.Facts = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) store.FactCondition {
				return store.FactCondition{Name: listNames.Draw(t, "fact"), Op: store.FactOp(rapid.IntRange(0, 7).Draw(t, "op")), Not: rapid.IntRange(0, 3).Draw(t, "not") == 0,
					Text: listTexts.Draw(t, "value"), Or: rapid.SliceOfN(listTexts, 0, 2).Draw(t, "or"), Number: float64(listPoints.Draw(t, "number")) / 2}
			}), 1, 2).Draw(t, "facts")
		}
		if some("words") {
			q.Words = rapid.SliceOfN(listTexts, 1, 2).Draw(t, "words")
		}
		return q
	})
)

// changeListing lists two leads and moves the mark.
func changeListing(tx store.Tx, rows []store.ListRow, reached lead.ID, q store.ListQuery, number int) (any, error) {
	mark, claimed, err := tx.ClaimListing()
	if err != nil || !claimed {
		return nil, errors.Join(err, errOnPurpose)
	}
	mark.Seq, mark.Reached, mark.Over, mark.Version, mark.Form = mark.Seq+1, reached, number%2 == 0, number, 1
	if err := firstOf(tx.PutListMark(mark), func() error { return tx.PutListed(rows) }); err != nil {
		return nil, err
	}
	q.WithFacts, q.Limit, q.Look, q.Counted = true, 5, 0, number
	listed, err := tx.Listed(q)
	if err != nil {
		return nil, err
	}
	n, err := tx.CountListed(q, number)
	if err != nil {
		return nil, err
	}
	stages, err := tx.ListedStages()
	if err != nil {
		return nil, err
	}
	values, err := tx.ListedValues("country", "", 3)
	return []any{listed.Rows, listed.Count, n, stages, values}, err
}

var listing = []test{
	{"rows are kept tidied, and replaced", func(f *fixture) {
		ids := f.newLeads(2)
		row := store.ListRow{
			Lead: ids[0], Kind: store.ListContact, Score: 7, Scores: map[string]int64{"fit": -3, "total": 7}, Name: "Ada\x00\xff", LastSeen: today,
			Facts: []store.Fact{{Name: "b", Text: "Two", Number: 2, Numeric: true}, {Name: "a", Text: "One"}, {Name: "b", Text: "TWO"}, {Name: "c"}},
		}
		f.write(func(tx store.Tx) error {
			return tx.PutListed([]store.ListRow{{Lead: ids[0], Stage: "MQL"}, {Lead: ids[1], Kind: store.ListLead}, row})
		})
		want := fmt.Sprint(row.Tidied(), store.ListRow{Lead: ids[1], Kind: store.ListVisitor, Scores: map[string]int64{}})
		all := func(s store.Snapshot) ([]store.ListRow, error) { return s.ListedAfter(0, 9) }
		if got := fmt.Sprint(derefAll(ask(f, all))...); got != want {
			f.Errorf("got  %s\nwant %s", got, want)
		}
		if row.Tidied().Name != "Ada" || len(row.Tidied().Facts) != 2 {
			f.Errorf("tidied to %+v", row.Tidied())
		}
		row.Facts, row.Score = row.Facts[1:2], 8
		f.write(func(tx store.Tx) error { return tx.PutListed([]store.ListRow{row}) })
		want = fmt.Sprint(row.Tidied(), store.ListRow{Lead: ids[1], Kind: store.ListVisitor, Scores: map[string]int64{}})
		if got := fmt.Sprint(derefAll(ask(f, all))...); got != want {
			f.Errorf("replaced: got %s, want %s", got, want)
		}
		f.refused("a row of nobody", func(tx store.Tx) error { return tx.PutListed([]store.ListRow{{Lead: 99}}) })
	}},

	{"accounts are summed up whatever becomes of their people", func(f *fixture) {
		ids := f.newLeads(5)
		row := func(i int, account, stage string, score int64) store.ListRow {
			return store.ListRow{Lead: ids[i], Kind: store.ListContact, Account: account, Stage: stage, Score: score}
		}
		total := func(account string, contacts, leads, sum int64, stages map[string]int64) store.AccountTotal {
			return store.AccountTotal{Account: account, People: [3]int64{0, contacts, leads}, Sum: sum, Stages: stages}
		}
		put := func(rows ...store.ListRow) { f.write(func(tx store.Tx) error { return tx.PutListed(rows) }) }
		check := func(what string, want ...store.AccountTotal) {
			f.Helper()
			got := ask(f, func(s store.Snapshot) ([]store.AccountTotal, error) { return s.ListedAccounts(nil, 9) })
			same(f, what, []string{fmt.Sprint(got)}, []string{fmt.Sprint(want)})
		}
		out := row(4, "b", "", 50)
		out.Excluded = "robot"
		put(row(0, "a", "MQL", 30), row(1, "a", "", -5), row(2, "b", "", 25), row(3, "", "SQL", 90), out)
		check("at first", total("a", 1, 1, 25, map[string]int64{"MQL": 1}), total("b", 2, 0, 25, nil))
		second := ask(f, func(s store.Snapshot) ([]store.AccountTotal, error) {
			return s.ListedAccounts(&store.AccountPlace{Sum: 25, Account: "a"}, 1)
		})
		some := ask(f, func(s store.Snapshot) (map[string]store.AccountTotal, error) { return s.TotalsOf([]string{"b", "c"}) })
		if b := fmt.Sprint(total("b", 2, 0, 25, nil)); fmt.Sprint(second) != "["+b+"]" || fmt.Sprint(some) != "map[b:"+b+"]" {
			f.Errorf("the second is %v, and of b and c there are %v; want %s", second, some, b)
		}
		best := ask(f, func(s store.Snapshot) ([]store.ListRow, error) { return s.ListedOf("b", 1) })
		if len(best) != 1 || best[0].Lead != ids[4] {
			f.Errorf("the best of b are %v", best)
		}

		out.Excluded = ""
		put(row(0, "a", "SQL", 31), row(1, "b", "", -5), out)
		check("moved", total("b", 3, 0, 70, nil), total("a", 0, 1, 31, map[string]int64{"SQL": 1}))
		f.join(ids[0], ids[3])
		f.write(func(tx store.Tx) error { return errors.Join(tx.Erase(ids[4]), tx.Erase(ids[2])) })
		check("some have gone", total("b", 1, 0, -5, nil))
	}},

	{"who is joined or erased leaves the listing, with all that was known", func(f *fixture) {
		ids := f.newLeads(3)
		f.write(func(tx store.Tx) error {
			var rows []store.ListRow
			for _, id := range ids {
				rows = append(rows, store.ListRow{Lead: id, Name: "Eve", Facts: []store.Fact{{Name: "country", Text: fmt.Sprint(id)}, {Text: "eve"}}})
			}
			return tx.PutListed(rows)
		})
		f.join(ids[0], ids[1])
		f.write(func(tx store.Tx) error { return tx.Erase(ids[2]) })
		same(f, "listed", ask(f, func(s store.Snapshot) ([]lead.ID, error) {
			return pagesOf(s, store.ListQuery{Words: []string{"EV"}, Limit: 1})
		}), ids[1:2])
		same(f, "values", ask(f, func(s store.Snapshot) ([]string, error) { return s.ListedValues("country", "", 9) }), []string{fmt.Sprint(ids[1])})
	}},

	{"what the log touched is told in parts, of whom it is today", func(f *fixture) {
		ids := f.newLeads(3)
		f.append(live(ids[0], "1", today), live(ids[1], "2", today), live(ids[1], "3", today), live(ids[2], "4", today), live(ids[0], "5", today))
		f.join(ids[1], ids[0])
		for _, c := range []struct {
			after int64
			limit int
			ids   []lead.ID
			upTo  int64
		}{
			{0, 1, ids[:1], 3}, {0, 2, []lead.ID{ids[0], ids[2]}, 5}, {3, 1, ids[2:], 4}, {4, 9, ids[:1], 5}, {5, 9, nil, 5}, {2, 0, nil, 2},
		} {
			f.read(func(s store.Snapshot) error {
				got, upTo, err := s.Touched(c.after, c.limit)
				same(f, fmt.Sprintf("after %d", c.after), got, c.ids)
				if upTo != c.upTo {
					f.Errorf("after %d up to %d, want %d", c.after, upTo, c.upTo)
				}
				return err
			})
		}
	}},

	{"one writer at a time claims the listing", func(f *fixture) {
		err := f.Store.Write(context.Background(), func(tx store.Tx) error {
			mark, claimed, err := tx.ClaimListing()
			if err != nil || !claimed {
				return fmt.Errorf("claimed %v, %v", claimed, err)
			}
			if f.Beside != nil {
				err = f.Beside.Write(context.Background(), func(other store.Tx) error {
					_, also, err := other.ClaimListing()
					if also {
						f.Error("two writers claimed the listing")
					}
					return err
				})
			}
			mark.Seq = 5
			return firstOf(err, func() error { return tx.PutListMark(mark) })
		})
		if err != nil {
			f.Fatal(err)
		}
		if mark := ask(f, func(s store.Snapshot) (store.ListMark, error) { return s.ListMark() }); mark != (store.ListMark{Seq: 5}) {
			f.Errorf("the mark is %+v", mark)
		}
	}},

	{"of several texts of a fact any is enough", func(f *fixture) {
		ids := f.newLeads(4)
		f.write(func(tx store.Tx) error {
			var rows []store.ListRow
			for i, country := range []string{"Germany", "France", "Malta", ""} {
				rows = append(rows, store.ListRow{Lead: ids[i], Facts: []store.Fact{{Name: "country", Text: country}, {Name: "other", Text: "Malta"}}})
			}
			return tx.PutListed(rows)
		})
		for _, c := range []struct {
			fact store.FactCondition
			want []lead.ID
		}{
			{store.FactCondition{Name: "country", Text: "germany", Or: []string{"FRANCE", "Spain"}}, ids[:2]},
			{store.FactCondition{Name: "country", Text: "spain", Or: []string{"malta"}}, ids[2:3]},
			{store.FactCondition{Name: "country", Op: store.FactIsNot, Text: "germany", Or: []string{"france"}}, ids[1:]}, // Or is of FactIs
		} {
			same(f, fmt.Sprint(c.fact), ask(f, func(s store.Snapshot) ([]lead.ID, error) {
				return pagesOf(s, store.ListQuery{Facts: []store.FactCondition{c.fact}, Sort: store.ByFirstSeen, Limit: 3})
			}), c.want)
		}
	}},

	{"queries find what looking at every row finds, whatever is asked and in whatever order", func(f *fixture) {
		const leads = 40
		ids := f.newLeads(leads)
		var rows []store.ListRow
		for i, id := range ids {
			row := drawListRow.Example(i)
			row.Lead = id
			rows = append(rows, row)
		}
		f.write(func(tx store.Tx) error { return tx.PutListed(rows) })
		for i := range 250 {
			q := drawListQuery.Example(i)
			q.Limit = 1 + i%7
			got := ask(f, func(s store.Snapshot) ([]lead.ID, error) { return pagesOf(s, q) })
			same(f, fmt.Sprintf("%d: %+v", i, q), got, listedByHand(rows, q))
			q.Look = 1 + i%11
			got = ask(f, func(s store.Snapshot) ([]lead.ID, error) { return pagesOf(s, q) })
			same(f, fmt.Sprintf("%d, looked at little by little: %+v", i, q), got, listedByHand(rows, q))
			if f.Failed() {
				return
			}
		}
	}},

	{"what no index knows is looked for a part at a time", func(f *fixture) {
		const leads, look = 900, 350
		ids := f.newLeads(leads)
		f.write(func(tx store.Tx) error {
			var rows []store.ListRow
			for i, id := range ids {
				r := store.ListRow{Lead: id, Kind: store.ListKind(1 + i%2), Score: int64(i / 3), Facts: []store.Fact{{Name: "title", Text: "somebody"}}}
				if i == 5 || i == 600 || i == 610 {
					r.Facts[0].Text = "a zebra"
				}
				rows = append(rows, r)
			}
			return tx.PutListed(rows)
		})
		q := store.ListQuery{Facts: []store.FactCondition{{Name: "title", Op: store.FactContains, Text: "zebra"}}, Descending: true, Limit: 3, Look: look}
		for i, want := range []struct {
			rows    []lead.ID
			looked  int
			stopped lead.ID // 0: it did not
		}{{[]lead.ID{ids[610], ids[600]}, look, ids[550]}, {nil, look, ids[200]}, {[]lead.ID{ids[5]}, leads - 2*look, 0}} {
			p := ask(f, func(s store.Snapshot) (store.ListPart, error) { return s.Listed(q) })
			var got []lead.ID
			for _, r := range p.Rows {
				got = append(got, r.Lead)
			}
			same(f, fmt.Sprint("part ", i), got, want.rows)
			var stopped lead.ID
			if q.After = p.Next; p.Stopped {
				stopped = p.Next.Lead
			}
			if stopped != want.stopped || p.Looked != want.looked {
				f.Errorf("part %d stopped at %s after %d, want %s after %d", i, stopped, p.Looked, want.stopped, want.looked)
			}
		}
		q.After, q.Limit = nil, 1
		if p := ask(f, func(s store.Snapshot) (store.ListPart, error) { return s.Listed(q) }); p.Looked != leads-610 || p.Stopped {
			f.Errorf("for a page of one %d were looked at, stopped %v; want %d", p.Looked, p.Stopped, leads-610)
		}
	}},
}

// listedByHand answers a query by looking at all rows.
func listedByHand(rows []store.ListRow, q store.ListQuery) []lead.ID {
	q = q.Tidied()
	var found []store.ListRow
	for _, row := range rows {
		if row = row.Tidied(); meetsByHand(&row, &q) {
			found = append(found, row)
		}
	}
	slices.SortFunc(found, func(a, b store.ListRow) int { return q.Order(a.Place(q.Sort), b.Place(q.Sort)) })
	var ids []lead.ID
	for i := range found {
		ids = append(ids, found[i].Lead)
	}
	return ids
}

// meetsByHand counts of each part of a query whether something of a row meets it.
func meetsByHand(r *store.ListRow, q *store.ListQuery) bool {
	any := func(all []string, has string) bool { return len(all) == 0 || slices.Contains(all, has) }
	inside := func(b store.ListBounds, n int64) bool {
		return !(b.Least != nil && *b.Least > n || b.Most != nil && n > *b.Most)
	}
	holds := (len(q.Kinds) == 0 || slices.Contains(q.Kinds, r.Kind)) && any(q.Stages, r.Stage) && any(q.Accounts, r.Account) && any(q.Grades, r.Grade) &&
		inside(q.FirstSeen, int64(r.FirstSeen)) && inside(q.LastSeen, int64(r.LastSeen)) && inside(q.StageSince, int64(r.StageSince)) &&
		(q.Excluded == nil || *q.Excluded == (r.Excluded != ""))
	for _, c := range q.Scores {
		if c.Name == "" {
			holds = holds && inside(c.ListBounds, r.Score)
			continue
		}
		points, has := r.Scores[c.Name]
		holds = holds && (c.Least == nil && c.Most == nil || has && inside(c.ListBounds, points))
	}
	for _, c := range q.Facts {
		named, equal, either, containing, least, most, before := 0, 0, 0, 0, 0, 0, 0
		for _, f := range r.Facts {
			if f.Name != c.Name {
				continue
			}
			named++
			equal += strings.Count("\x01"+f.Key()+"\x01", "\x01"+c.Text+"\x01")
			either += strings.Count("\x01"+strings.Join(c.Or, "\x01\x01")+"\x01", "\x01"+f.Key()+"\x01")
			containing += strings.Count(f.Key(), c.Text)
			if f.Key() < c.Text {
				before++
			}
			if f.Numeric && f.Number >= c.Number {
				least++
			}
			if f.Numeric && f.Number <= c.Number {
				most++
			}
		}
		met := []bool{equal > 0 || len(c.Or) > 0 && either > 0, equal == 0, containing > 0, least > 0, most > 0, named > 0, named == 0, named > before}[c.Op]
		holds = holds && (met && !c.Not || !met && c.Not)
	}
	for _, word := range q.Words {
		begun := 0
		for _, f := range r.Facts {
			if before, _, found := strings.Cut(f.Key(), word); f.Name == "" && found && before == "" {
				begun++
			}
		}
		holds = holds && begun > 0
	}
	return holds
}

func derefAll(rows []store.ListRow) []any {
	var all []any
	for i, r := range rows {
		if i > 0 {
			all = append(all, " ")
		}
		all = append(all, r)
	}
	return all
}
