package listsql

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"galena/internal/store"
)

// A walk looks through the rows in the order of the query, all kinds beside each
// other: so many first, and then always some times as many. A condition of many fills
// a page with the first of them, whatever holds of visitors; one of few is not asked
// of more rows than were agreed.
const (
	firstLook = 200
	lookGrows = 4
)

// stretch is a part of the order: of those rows that have something to be ordered by,
// or of those that have not. Each of its parts may be empty.
type stretch struct {
	absent bool
	// within holds of all its rows, near and far say where it begins and ends.
	within, near, far part
	// after and to are near and far where these are places among rows that have
	// something to be ordered by.
	after, to *store.ListPlace
}

// walk goes along the index of the order, first through the rows that have
// something to be ordered by.
func (a *asked) walk() (p store.ListPart, err error) {
	for _, absent := range []bool{false, true} {
		s, there := a.stretch(absent)
		if !there {
			continue
		}
		if err := a.along(s, &p); err != nil {
			return store.ListPart{}, err
		}
		if len(p.Rows) == a.q.Limit || p.Stopped {
			break
		}
	}
	return p, nil
}

// stretch gives a part of the order, from the place on after which the query begins;
// false if no row is in it.
func (a *asked) stretch(absent bool) (s stretch, there bool) {
	key, nothing := a.key()
	after, b := a.q.After, a.ordered()
	if absent {
		if a.q.Sort == store.ByScore || b.Least != nil && *b.Least > 0 || b.Most != nil && *b.Most < 0 {
			return s, false
		}
		s = stretch{absent: true, within: part{key + " = ?", []any{nothing}}}
		if after != nil && after.Absent(a.q.Sort) {
			a.beginAfter(&s, *after)
		}
		return s, true
	}
	if after != nil && after.Absent(a.q.Sort) {
		return s, false
	}
	var least, most part
	if a.q.Sort.Texts() {
		least = part{key + " > ?", []any{nothing}}
	} else if first := int64(1); a.q.Sort != store.ByScore && (b.Least == nil || *b.Least < first) {
		b.Least = &first // without a moment it is 0
	}
	if b.Least != nil {
		least = part{key + " >= ?", []any{*b.Least}}
	}
	if b.Most != nil {
		most = part{key + " <= ?", []any{*b.Most}}
	}
	s.near, s.far = least, most
	if a.q.Descending {
		s.near, s.far = most, least
	}
	// One bound is enough where it begins; with two, a database may choose the wrong one.
	if after != nil && (a.q.Sort.Texts() || (b.Least == nil || after.Number >= *b.Least) && (b.Most == nil || after.Number <= *b.Most)) {
		a.beginAfter(&s, *after)
	}
	return s, true
}

// ordered gives the bounds of what the query is ordered by.
func (a *asked) ordered() (b store.ListBounds) {
	narrow := func(to store.ListBounds) {
		if to.Least != nil && (b.Least == nil || *to.Least > *b.Least) {
			b.Least = to.Least
		}
		if to.Most != nil && (b.Most == nil || *to.Most < *b.Most) {
			b.Most = to.Most
		}
	}
	switch a.q.Sort {
	case store.ByScore:
		for _, s := range a.q.Scores {
			if s.Name == "" {
				narrow(s.ListBounds)
			}
		}
	case store.ByLastSeen:
		narrow(a.q.LastSeen)
	case store.ByFirstSeen:
		narrow(a.q.FirstSeen)
	case store.ByStageSince:
		narrow(a.q.StageSince)
	}
	return b
}

// beginAfter has a stretch begin after a place, endAt end with one.
func (a *asked) beginAfter(s *stretch, p store.ListPlace) {
	_, beyond := a.direction()
	s.near = a.beside(p, s.absent, beyond)
	if !s.absent {
		s.after = &p
	}
}

func (a *asked) endAt(s *stretch, p store.ListPlace) {
	s.far = a.beside(p, s.absent, a.within())
	if !s.absent {
		s.to = &p
	}
}

// within is how what comes up to a place is beside it.
func (a *asked) within() string {
	if a.q.Descending {
		return ">="
	}
	return "<="
}

func (a *asked) beside(p store.ListPlace, absent bool, side string) part {
	if absent {
		return part{"l.lead " + side + " ?", []any{int64(p.Lead)}}
	}
	key, _ := a.key()
	return part{"(" + key + ", l.lead) " + side + " (?, ?)", []any{a.at(&p), int64(p.Lead)}}
}

// at is what the row at a place is ordered by.
func (a *asked) at(p *store.ListPlace) any {
	if a.q.Sort.Texts() {
		return p.Text
	}
	return p.Number
}

// untied takes a stretch apart, where the database finds in an index only the first
// of a pair that is compared: into those rows that are ordered by the same as the row
// where it begins, those between, and those as where it ends. Most people may have
// the same score.
func (a *asked) untied(s stretch) []stretch {
	if !a.d.Untied || s.after == nil && s.to == nil {
		return []stretch{s}
	}
	key, _ := a.key()
	_, beyond := a.direction()
	first, last := stretch{}, stretch{}
	if s.after != nil {
		first.within, first.near = part{key + " = ?", []any{a.at(s.after)}}, part{"l.lead " + beyond + " ?", []any{int64(s.after.Lead)}}
	}
	if s.to != nil {
		last.within, last.far = part{key + " = ?", []any{a.at(s.to)}}, part{"l.lead " + a.within() + " ?", []any{int64(s.to.Lead)}}
	}
	if s.after != nil && s.to != nil && a.at(s.after) == a.at(s.to) {
		first.far = last.far
		return []stretch{first}
	}
	between := stretch{near: s.near, far: s.far}
	var all []stretch
	if s.after != nil {
		between.near = part{key + " " + beyond + " ?", []any{a.at(s.after)}}
		all = append(all, first)
	}
	if s.to != nil {
		between.far = part{key + " " + strings.TrimSuffix(a.within(), "=") + " ?", []any{a.at(s.to)}}
		return append(all, between, last)
	}
	return append(all, between)
}

// along adds the rows of a stretch to a part, as far as it may look.
func (a *asked) along(s stretch, p *store.ListPart) error {
	narrowed := slices.ContainsFunc(a.all, func(c condition) bool { return !c.ordered })
	begins := a.begin(s.absent)
	size := 0 // all of them
	if narrowed {
		size = firstLook
	}
	for ; ; size *= lookGrows {
		var end *store.ListPlace
		some := s
		if narrowed {
			if a.q.Look > 0 {
				size = min(size, a.q.Look-p.Looked)
			}
			var err error
			if end, err = a.nth(s, size); err != nil {
				return err
			}
			if end != nil {
				a.endAt(&some, *end)
			}
		}
		before := len(p.Rows)
		rows, err := a.meeting(some, size, a.q.Limit-before)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, rows...)
		switch full := len(p.Rows) == a.q.Limit; {
		case !narrowed:
			return nil
		case full && before == a.q.Limit-1: // only the row that is one too many is from here
			p.Next = &begins
			return nil
		case full:
			last := p.Rows[a.q.Limit-2].Place(a.q.Sort)
			a.endAt(&some, last)
			fallthrough
		case end == nil:
			n, err := a.count(some, size)
			p.Looked += n
			return err
		}
		if p.Looked += size; p.Looked == a.q.Look {
			p.Next, p.Stopped = end, true
			return nil
		}
		begins = *end
		a.beginAfter(&s, begins)
	}
}

// begin is the place before the first row of those that have nothing to be ordered
// by, or a place that is before all others.
func (a *asked) begin(absent bool) (p store.ListPlace) {
	if a.q.Descending && absent {
		p.Lead = math.MaxInt64
	}
	return p
}

// nth is the place of the nth row of a stretch, whatever holds of it; nil if it has
// fewer.
func (a *asked) nth(s stretch, n int) (*store.ListPlace, error) {
	key, _ := a.key()
	direction, _ := a.direction()
	for _, s := range a.untied(s) {
		var t statement
		for i, kind := range a.kinds {
			if i > 0 {
				t.add(" UNION ALL ")
			}
			if a.d.Fenced { // it would sort all of every kind
				t.add("SELECT place, lead FROM (")
			}
			t.add("SELECT " + key + " AS place, l.lead AS lead")
			a.from(&t, s, "l.kind = ?", int64(kind))
			if a.d.Fenced {
				t.add(" ORDER BY "+key+" "+direction+", l.lead "+direction+" LIMIT ?) AS k"+strconv.Itoa(i), int64(n))
			}
		}
		t.add(" ORDER BY place "+direction+", lead "+direction+" LIMIT 1 OFFSET ?", int64(n-1))
		places, err := a.db.Places(t.written(a.d), t.args, a.q.Sort.Texts())
		if err != nil {
			return nil, err
		}
		if len(places) > 0 {
			return &places[0], nil
		}
		fewer, err := a.count(s, n)
		if err != nil {
			return nil, err
		}
		n -= fewer
	}
	return nil, nil
}

// count tells how many rows a stretch has, whatever holds of them: most at most.
func (a *asked) count(s stretch, most int) (all int, err error) {
	for _, s := range a.untied(s) {
		var t statement
		t.add("SELECT count(*)")
		if a.d.Fenced { // among people of the same score it would count by reading all
			a.fromKinds(&t, s, most)
		} else {
			kinds := ofKinds(a.kinds)
			a.from(&t, s, "l."+kinds.text, kinds.args...)
		}
		n, err := a.db.Number(t.written(a.d), t.args)
		if err != nil {
			return 0, err
		}
		all += int(n)
	}
	return all, nil
}

// from adds the rows of a stretch of which something is so.
func (a *asked) from(t *statement, s stretch, is string, args ...any) {
	t.add(" FROM listing AS l"+a.d.along(indexes[a.q.Sort].name)+" WHERE "+is, args...)
	for _, p := range []part{s.within, s.near, s.far} {
		if p.text != "" {
			t.add(" AND "+p.text, p.args...)
		}
	}
}

// fromKinds adds the first rows of each kind of a stretch, by a query of its own.
func (a *asked) fromKinds(t *statement, s stretch, most int) {
	key, _ := a.key()
	direction, _ := a.direction()
	t.add(" FROM (")
	for i, kind := range a.kinds {
		if i > 0 {
			t.add(" UNION ALL ")
		}
		t.add("SELECT lead FROM (SELECT l.lead AS lead")
		a.from(t, s, "l.kind = ?", int64(kind))
		t.add(" ORDER BY "+key+" "+direction+", l.lead "+direction+" LIMIT ?) AS k"+strconv.Itoa(i), int64(most))
	}
	t.add(") AS n")
}

// meeting gives the first rows of a stretch, which has so many at most, of which all
// conditions hold; 0 is any number.
func (a *asked) meeting(s stretch, size, limit int) ([]store.ListRow, error) {
	var all []store.ListRow
	for _, kind := range a.kinds {
		left := limit
		for _, s := range a.untied(s) {
			if left == 0 {
				break
			}
			some, err := a.meetingOf(kind, s, size, left)
			if err != nil {
				return nil, err
			}
			all, left = append(all, some...), left-len(some)
		}
	}
	slices.SortFunc(all, func(x, y store.ListRow) int { return a.q.Order(x.Place(a.q.Sort), y.Place(a.q.Sort)) })
	return all[:min(len(all), limit)], nil
}

// meetingOf is meeting for one kind, in one statement.
func (a *asked) meetingOf(kind store.ListKind, s stretch, size, limit int) ([]store.ListRow, error) {
	key, _ := a.key()
	direction, _ := a.direction()
	order := " ORDER BY " + key + " " + direction + ", l.lead " + direction
	var t statement
	t.add("SELECT " + Columns)
	fenced := a.d.Fenced && size > 0
	if fenced {
		t.add(" FROM (SELECT *")
	}
	a.from(&t, s, "l.kind = ?", int64(kind))
	if fenced {
		t.add(order+" LIMIT ?) AS l WHERE 1 = 1", int64(size))
	}
	for _, c := range a.all { // so many ids would be read for each kind anew
		if !c.ordered {
			t.add(" AND "+c.holds.text, c.holds.args...)
		}
	}
	t.add(order+" LIMIT ?", int64(limit))
	return a.db.Rows(t.written(a.d), t.args)
}
