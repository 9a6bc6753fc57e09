package memory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"galena/internal/lead"
	"galena/internal/store"
)

func (s *snapshot) ListMark() (store.ListMark, error) { return s.mark, s.ready() }

func (s *snapshot) LastSeq() (int64, error) { return int64(len(s.events)), s.ready() }

func (s *snapshot) Touched(after int64, limit int) ([]lead.ID, int64, error) {
	ids := map[lead.ID]bool{}
	if limit <= 0 {
		return nil, after, s.ready()
	}
	for _, e := range page(s.events, after, store.MaxTouched) {
		id := s.survivor(e.Lead)
		if !ids[id] && len(ids) == limit {
			break
		}
		ids[id] = true
		after = e.Seq
	}
	return slices.Sorted(maps.Keys(ids)), after, s.ready()
}

func (s *snapshot) ListDue(at lead.Time, limit int) ([]lead.ID, error) {
	var ids []lead.ID
	for id, row := range s.listing.from(0) {
		if row.ChangesAt != 0 && row.ChangesAt <= at && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids, s.ready()
}

// Listed always looks through the rows, one after the other.
func (s *snapshot) Listed(q store.ListQuery) (p store.ListPart, err error) {
	q = q.Tidied()
	of := q.OfKinds()
	var rows []store.ListRow
	for _, row := range s.listing.from(0) {
		if slices.Contains(of, row.Kind) && (q.After == nil || q.Order(row.Place(q.Sort), *q.After) > 0) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b store.ListRow) int { return q.Order(a.Place(q.Sort), b.Place(q.Sort)) })
	if q.Limit <= 0 {
		return p, s.ready()
	}
	for i := range rows {
		if q.Look > 0 && i == q.Look {
			place := rows[i-1].Place(q.Sort)
			p.Next, p.Looked, p.Stopped = &place, i, true
			break
		}
		if !meets(&rows[i], &q) {
			continue
		}
		if len(p.Rows) == q.Limit {
			place := p.Rows[q.Limit-1].Place(q.Sort)
			p.Next = &place
			break
		}
		row := copyListed(rows[i])
		if !q.WithFacts {
			row.Facts = nil
		}
		p.Rows, p.Looked = append(p.Rows, row), i+1
	}
	if p.Next == nil {
		p.Looked = len(rows)
	}
	if q.Counts(&p) {
		if p.Count, err = s.CountListed(q, q.Counted); err != nil {
			return store.ListPart{}, err
		}
	}
	return p, s.ready()
}

func (s *snapshot) ListedGroups() (map[store.ListGroup]int64, error) {
	groups := map[store.ListGroup]int64{}
	for _, row := range s.listing.from(0) {
		groups[store.ListGroup{Kind: row.Kind, Stage: row.Stage}]++
	}
	return groups, s.ready()
}

func (s *snapshot) CountListed(q store.ListQuery, limit int) (store.ListCount, error) {
	n := len(s.asked(&q))
	return store.ListCount{N: max(0, min(n, limit)), More: n > limit || limit <= 0}, s.ready()
}

// asked tidies a query and gives all rows of which it holds.
func (s *snapshot) asked(q *store.ListQuery) []store.ListRow {
	*q = q.Tidied()
	var rows []store.ListRow
	for _, row := range s.listing.from(0) {
		if meets(&row, q) {
			rows = append(rows, row)
		}
	}
	return rows
}

// totals sums all rows up by account.
func (s *snapshot) totals() map[string]store.AccountTotal {
	all := map[string]store.AccountTotal{}
	for _, row := range s.listing.from(0) {
		if row.Account == "" {
			continue
		}
		a := all[row.Account]
		a.Account = row.Account
		a.People[row.Kind-1]++
		if row.Stage != "" {
			if a.Stages == nil {
				a.Stages = map[string]int64{}
			}
			a.Stages[row.Stage]++
		}
		if row.Excluded == "" {
			a.Sum += row.Score
		}
		all[row.Account] = a
	}
	return all
}

func (s *snapshot) ListedAccounts(after *store.AccountPlace, limit int) ([]store.AccountTotal, error) {
	var all []store.AccountTotal
	for _, a := range s.totals() {
		if after == nil || a.Place().Compare(*after) > 0 {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b store.AccountTotal) int { return a.Place().Compare(b.Place()) })
	return all[:max(0, min(limit, len(all), store.MaxListed))], s.ready()
}

func (s *snapshot) TotalsOf(accounts []string) (map[string]store.AccountTotal, error) {
	all := s.totals()
	maps.DeleteFunc(all, func(name string, _ store.AccountTotal) bool { return !slices.Contains(accounts, name) })
	return all, s.ready()
}

func (s *snapshot) ListedOf(account string, limit int) ([]store.ListRow, error) {
	if account == "" {
		return nil, s.ready()
	}
	var rows []store.ListRow
	for _, row := range s.listing.from(0) {
		if row.Account == account {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b store.ListRow) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Lead, a.Lead))
	})
	rows = rows[:max(0, min(limit, len(rows), store.MaxListed))]
	for i := range rows {
		rows[i] = copyListed(rows[i])
		rows[i].Facts = nil
	}
	return rows, s.ready()
}

func meets(r *store.ListRow, q *store.ListQuery) bool {
	switch {
	case len(q.Kinds) > 0 && !slices.Contains(q.Kinds, r.Kind),
		len(q.Stages) > 0 && !slices.Contains(q.Stages, r.Stage),
		len(q.Accounts) > 0 && !slices.Contains(q.Accounts, r.Account),
		len(q.Grades) > 0 && !slices.Contains(q.Grades, r.Grade),
		!within(q.FirstSeen, int64(r.FirstSeen)), !within(q.LastSeen, int64(r.LastSeen)), !within(q.StageSince, int64(r.StageSince)),
		q.Excluded != nil && *q.Excluded != (r.Excluded != ""):
		return false
	}
	for _, c := range q.Scores {
		points, has := r.Scores[c.Name]
		if c.Name == "" {
			points, has = r.Score, true
		}
		if bounded := c.Least != nil || c.Most != nil; bounded && !has || !within(c.ListBounds, points) {
			return false
		}
	}
	for i := range q.Facts {
		if !knows(r, &q.Facts[i]) {
			return false
		}
	}
	for _, word := range q.Words {
		if !slices.ContainsFunc(r.Facts, func(f store.Fact) bool { return f.Name == "" && strings.HasPrefix(f.Key(), word) }) {
			return false
		}
	}
	return true
}

func within(b store.ListBounds, n int64) bool {
	return (b.Least == nil || n >= *b.Least) && (b.Most == nil || n <= *b.Most)
}

// knows says whether a condition holds of a row's facts.
func knows(r *store.ListRow, c *store.FactCondition) bool {
	is := func(f store.Fact) bool {
		switch {
		case f.Name != c.Name:
			return false
		case c.Op == store.FactIs:
			return slices.Contains(c.Texts(), f.Key())
		case c.Op == store.FactIsNot:
			return f.Key() == c.Text
		case c.Op == store.FactContains:
			return strings.Contains(f.Key(), c.Text)
		case c.Op == store.FactAtLeast:
			return f.Numeric && f.Number >= c.Number
		case c.Op == store.FactAtMost:
			return f.Numeric && f.Number <= c.Number
		case c.Op == store.FactFrom:
			return f.Key() >= c.Text
		}
		return true
	}
	negative := c.Op == store.FactIsNot || c.Op == store.FactNotSet
	return slices.ContainsFunc(r.Facts, is) != (negative != c.Not)
}

func (s *snapshot) ListedAfter(after lead.ID, limit int) ([]store.ListRow, error) {
	var rows []store.ListRow
	for id, row := range s.listing.from(after + 1) {
		if len(rows) >= limit {
			break
		}
		if id > after {
			rows = append(rows, copyListed(row))
		}
	}
	return rows, s.ready()
}

func (s *snapshot) ListedStages() ([]string, error) {
	stages := map[string]bool{}
	for _, row := range s.listing.from(0) {
		stages[row.Stage] = true
	}
	delete(stages, "")
	all := slices.Sorted(maps.Keys(stages))
	return all[:min(len(all), store.MaxAsked)], s.ready()
}

func (s *snapshot) ListedValues(name, after string, limit int) ([]string, error) {
	values := map[string]string{} // by key, that of the first lead
	for _, row := range s.listing.from(0) {
		for i := range row.Facts {
			f := &row.Facts[i]
			if _, known := values[f.Key()]; f.Name == name && f.Key() > after && !known {
				values[f.Key()] = f.Text
			}
		}
	}
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if len(texts) < limit {
			texts = append(texts, values[key])
		}
	}
	return texts, s.ready()
}

func (t *tx) ClaimListing() (store.ListMark, bool, error) { return t.mark, true, t.ready() }

func (t *tx) PutListMark(m store.ListMark) error {
	t.mark = m
	return t.ready()
}

func (t *tx) PutListed(rows []store.ListRow) error {
	if err := t.ready(); err != nil {
		return err
	}
	for _, row := range rows {
		if !t.survives(row.Lead) {
			return t.refuse("%s cannot be listed: it is no surviving lead.", row.Lead)
		}
		t.listing = t.listing.with(row.Lead, row.Tidied())
	}
	return nil
}

func copyListed(r store.ListRow) store.ListRow {
	r.Scores, r.Facts = maps.Clone(r.Scores), slices.Clone(r.Facts)
	return r
}
