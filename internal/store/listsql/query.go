package listsql

import (
	"fmt"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// Bounds say how much of the database a query looks at on one way before it takes
// another.
type Bounds struct {
	// Probed is how many leads of a condition are read to find out whether it leaves
	// few: ten thousand take some five milliseconds.
	Probed int
	// Fetched is how many rows are fetched one by one; beyond, walking along the
	// order finds a page sooner.
	Fetched int
	// Counted is how many rows are fetched to be counted, Looked how many are looked
	// at where no list of leads helps; of several conditions together.
	Counted, Looked int
}

// OrUsual gives the bounds of daily work for none.
func (b Bounds) OrUsual() Bounds {
	if b == (Bounds{}) {
		return Bounds{Probed: 10_000, Fetched: 6000, Counted: 6000, Looked: store.MaxLooked / 2}
	}
	return b
}

// asked is a query on its way.
type asked struct {
	q     store.ListQuery
	d     *Dialect
	db    Database
	kinds []store.ListKind
	// rest are those of all conditions that ids do not answer; sparse says that ids are.
	all, rest []condition
	ids       []lead.ID
	sparse    bool
	// common is how many conditions hold for more leads than were read, least how many
	// were read of the last; kinded says that ids, or what is common, are of the kinds.
	common, least int
	kinded        bool
}

func begin(db Database, d *Dialect, q store.ListQuery) (*asked, error) {
	a := &asked{q: q.Tidied(), d: d, db: db}
	a.kinds = a.q.OfKinds()
	a.kinded = len(a.kinds) == int(store.ListLead)
	if len(a.kinds) == 0 {
		a.sparse = true
		return a, nil
	}
	return a, a.narrow(conditionsOf(&a.q, d, a.kinds))
}

// narrow reads the lists of leads of conditions and intersects those that end.
func (a *asked) narrow(all []condition) error {
	a.all = all
	for _, c := range all {
		if c.leads.text == "" || a.sparse && len(a.ids) == 0 {
			a.rest = append(a.rest, c)
			continue
		}
		var s statement
		s.add(c.leads.text, c.leads.args...)
		s.add(" LIMIT ?", int64(a.d.Bounds.Probed+1))
		ids, err := a.db.Leads(s.written(a.d), s.args)
		if err != nil {
			return err
		}
		over := len(ids) > a.d.Bounds.Probed
		slices.Sort(ids)
		ids = slices.Compact(ids) // several words of a lead may begin with one
		if over {
			a.rest = append(a.rest, c)
			a.common++
			a.least = len(ids)
			a.kinded = a.kinded || c.kinded && len(all) == 1
			continue
		}
		a.kinded = a.kinded || c.kinded
		if a.sparse {
			ids = intersect(a.ids, ids)
		}
		a.ids, a.sparse = ids, true
	}
	return nil
}

// intersect gives what is in both of two ascending lists.
func intersect(a, b []lead.ID) []lead.ID {
	var both []lead.ID
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return both
}

// List gives the rows of a query, and counts them where it asks for that.
func List(db Database, d *Dialect, q store.ListQuery) (p store.ListPart, err error) {
	if q.Counted > 0 {
		db = remembering{db, map[string][]lead.ID{}}
	}
	p, err = list(db, d, q)
	if err == nil && q.Counts(&p) {
		p.Count, err = Count(db, d, q, q.Counted)
	}
	return p, err
}

// remembering does not read the leads of a condition again: whoever finds a page and
// then counts asks for the same.
type remembering struct {
	Database
	leads map[string][]lead.ID
}

func (r remembering) Leads(text string, args []any) (ids []lead.ID, err error) {
	asked := fmt.Sprintf("%q %q", text, args)
	if known, there := r.leads[asked]; there {
		return slices.Clone(known), nil
	}
	if ids, err = r.Database.Leads(text, args); err == nil {
		r.leads[asked] = slices.Clone(ids)
	}
	return ids, err
}

func list(db Database, d *Dialect, q store.ListQuery) (p store.ListPart, err error) {
	if q.Limit <= 0 {
		return p, nil
	}
	a, err := begin(db, d, q)
	if err != nil || a.sparse && len(a.ids) == 0 {
		return p, err
	}
	limit := a.q.Limit
	a.q.Limit++ // whether the list goes on, the row after the last tells
	if a.sparse && len(a.ids) <= a.d.Bounds.Fetched {
		p.Rows, err = a.fetch()
	} else {
		p, err = a.walk()
	}
	if err != nil {
		return store.ListPart{}, err
	}
	if len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		if p.Next == nil {
			place := p.Rows[limit-1].Place(a.q.Sort)
			p.Next = &place
		}
	}
	if a.q.WithFacts {
		err = AddFacts(db, d, p.Rows)
	}
	return p, err
}

// among adds the conditions that are left, and that a row is one of ids where these
// were found.
func (a *asked) among(s *statement) {
	if a.sparse {
		s.add(" AND l.lead "+a.d.In, a.d.Leads(a.ids))
	}
	for _, c := range a.rest {
		s.add(" AND "+c.holds.text, c.holds.args...)
	}
}

// fetch gets the rows of ids.
func (a *asked) fetch() ([]store.ListRow, error) {
	var s statement
	kinds := ofKinds(a.kinds)
	s.add("SELECT "+Columns+" FROM listing AS l"+a.d.ByLead+" WHERE l."+kinds.text, kinds.args...)
	a.among(&s)
	key, nothing := a.key()
	direction, beyond := a.direction()
	if after := a.q.After; after != nil {
		switch {
		case after.Absent(a.q.Sort):
			s.add(" AND "+key+" = ? AND l.lead "+beyond+" ?", nothing, int64(after.Lead))
		case a.q.Sort == store.ByScore:
			s.add(" AND ("+key+", l.lead) "+beyond+" (?, ?)", after.Number, int64(after.Lead))
		default:
			s.add(" AND ("+key+" = ? OR ("+key+", l.lead) "+beyond+" (?, ?))", nothing, a.at(after), int64(after.Lead))
		}
	}
	s.add(" ORDER BY ")
	if a.q.Sort != store.ByScore {
		s.add("CASE WHEN "+key+" = ? THEN 1 ELSE 0 END, ", nothing)
	}
	s.add(key+" "+direction+", l.lead "+direction+" LIMIT ?", int64(a.q.Limit))
	return a.db.Rows(s.written(a.d), s.args)
}

// key is the column of the order, and what is in it of who has nothing.
func (a *asked) key() (column string, nothing any) {
	column, nothing = "l."+indexes[a.q.Sort].column, int64(0)
	if a.q.Sort.Texts() {
		nothing = ""
	}
	return column, nothing
}

func (a *asked) direction() (direction, beyond string) {
	if a.q.Descending {
		return "DESC", "<"
	}
	return "ASC", ">"
}

// AddFacts gives rows their facts.
func AddFacts(db Database, d *Dialect, rows []store.ListRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids, at := make([]lead.ID, len(rows)), make(map[lead.ID]int, len(rows))
	for i := range rows {
		ids[i] = rows[i].Lead
		at[ids[i]] = i
	}
	return db.Facts("SELECT "+FactColumns+" FROM listing_facts WHERE lead "+parameter(d, d.In)+" ORDER BY lead, name, key",
		[]any{d.Leads(ids)}, func(id lead.ID, f store.Fact) {
			r := &rows[at[id]]
			r.Facts = append(r.Facts, f)
		})
}

// parameter writes a text with one parameter.
func parameter(d *Dialect, text string) string {
	s := statement{args: []any{nil}}
	s.text.WriteString(text)
	return s.written(d)
}

// Count counts the rows of a query up to a limit.
func Count(db Database, d *Dialect, q store.ListQuery, limit int) (store.ListCount, error) {
	if limit <= 0 {
		return store.ListCount{More: true}, nil
	}
	q.After, q.Sort = nil, store.ByName // no condition is about names: each has its index
	q = q.Tidied()
	kinds := q.OfKinds()
	if len(kinds) == 0 {
		return store.ListCount{}, nil
	}
	if all := conditionsOf(&q, d, kinds); len(all) == 1 && all[0].kinded && all[0].leads.text != "" {
		// An index counts by itself, each lead once.
		var s statement
		s.add("SELECT count(*) FROM ("+all[0].leads.text, all[0].leads.args...)
		s.add(" LIMIT ?) AS n", int64(limit)+1)
		n, err := db.Number(s.written(d), s.args)
		return upTo(int(n), limit), err
	}
	a, err := begin(db, d, q)
	if err != nil || a.sparse && len(a.ids) == 0 {
		return store.ListCount{}, err
	}
	switch {
	case a.sparse && len(a.rest) == 0 && a.kinded:
		return upTo(len(a.ids), limit), nil
	case a.sparse:
		some := min(len(a.ids), a.d.Bounds.Counted)
		all := some == len(a.ids)
		a.ids = a.ids[:some]
		var s statement
		kinds := ofKinds(a.kinds)
		s.add("SELECT count(*) FROM listing AS l"+a.d.ByLead+" WHERE l."+kinds.text, kinds.args...)
		a.among(&s)
		n, err := a.db.Number(s.written(a.d), s.args)
		c := upTo(int(n), limit)
		c.More = c.More || !all
		return c, err
	}
	least := 0 // how many there are, whatever looking finds
	if a.kinded && len(a.rest) == 1 && a.common == 1 {
		least = a.least
	}
	if least > limit {
		return store.ListCount{N: limit, More: true}, nil
	}
	c, err := a.look(limit)
	if c.More {
		c.N = max(c.N, least)
	}
	return c, err
}

func upTo(n, limit int) store.ListCount {
	return store.ListCount{N: min(n, limit), More: n > limit}
}

// look counts among the first rows: of leads first, of whom most is known.
func (a *asked) look(limit int) (store.ListCount, error) {
	var all int64
	// Each condition is asked of each row, at the cost of a row.
	bound, more := int64(a.d.Bounds.Looked/max(len(a.rest), 1)), false
	if len(a.rest) == 0 {
		bound = int64(limit)
	}
	for _, kind := range slices.Backward(a.kinds) {
		there, err := a.number("SELECT count(*) FROM (SELECT 1 FROM listing WHERE kind = ? LIMIT ?) AS l", int64(kind), bound+1)
		if err != nil {
			return store.ListCount{}, err
		}
		if more = there > bound; len(a.rest) == 0 {
			all += there
		} else {
			var s statement
			s.add("SELECT count(*) FROM (SELECT * FROM listing WHERE kind = ? LIMIT ?) AS l WHERE 1 = 1", int64(kind), bound)
			a.among(&s)
			n, err := a.db.Number(s.written(a.d), s.args)
			if err != nil {
				return store.ListCount{}, err
			}
			all += n
		}
		if bound -= there; more {
			break
		}
	}
	c := upTo(int(all), limit)
	c.More = c.More || more
	return c, nil
}

func (a *asked) number(text string, args ...any) (int64, error) {
	var s statement
	s.add(text, args...)
	return a.db.Number(s.written(a.d), s.args)
}

// Groups counts the rows by kind and stage.
func Groups(db Database, d *Dialect) (map[store.ListGroup]int64, error) {
	groups := map[store.ListGroup]int64{}
	err := db.Groups("SELECT '', kind, stage, CAST(sum(people) AS bigint) FROM listing_people GROUP BY kind, stage", nil,
		func(_ string, kind store.ListKind, stage string, people int64) {
			if people != 0 {
				groups[store.ListGroup{Kind: kind, Stage: stage}] = people
			}
		})
	return groups, err
}

// Values gives the texts of a fact one after the other, each by a look at the index.
func Values(db Database, d *Dialect, name, after string, limit int) ([]string, error) {
	var values []string
	for len(values) < limit {
		var s statement
		s.add("SELECT "+FactColumns+" FROM listing_facts WHERE name = ? AND key > ? ORDER BY key, lead LIMIT 1", name, after)
		found := false
		err := db.Facts(s.written(d), s.args, func(_ lead.ID, f store.Fact) {
			values, after, found = append(values, f.Text), f.Key(), true
		})
		if err != nil || !found {
			return values, err
		}
	}
	return values, nil
}

// Stages gives the stages of the rows, likewise.
func Stages(db Database, d *Dialect) ([]string, error) {
	var stages []string
	for after := ""; len(stages) < store.MaxAsked; {
		var s statement
		s.add("SELECT "+Columns+" FROM listing WHERE stage <> '' AND stage > ? ORDER BY stage, lead LIMIT 1", after)
		rows, err := db.Rows(s.written(d), s.args)
		if err != nil || len(rows) == 0 {
			return stages, err
		}
		after = rows[0].Stage
		stages = append(stages, after)
	}
	return stages, nil
}

// Changed compares the facts of a lead as they are kept with those to be kept, and
// gives those to be taken away and those to be written. Both are tidied.
func Changed(kept, wanted []store.Fact) (gone, written []store.Fact) {
	if len(kept) == 0 {
		return nil, wanted
	}
	have := make(map[[2]string]store.Fact, len(kept))
	for _, f := range kept {
		have[[2]string{f.Name, f.Key()}] = f
	}
	for _, f := range wanted {
		at := [2]string{f.Name, f.Key()}
		was, is := have[at]
		delete(have, at)
		if is && was == f {
			continue
		}
		if is {
			gone = append(gone, was)
		}
		written = append(written, f)
	}
	for _, f := range kept {
		if _, left := have[[2]string{f.Name, f.Key()}]; left {
			gone = append(gone, f)
		}
	}
	return gone, written
}
