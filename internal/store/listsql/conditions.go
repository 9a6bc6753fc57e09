package listsql

import (
	"slices"
	"strings"

	"galena/internal/store"
)

// condition is a part of a query: what holds of a row l, and, where an index can
// tell, which leads these are.
type condition struct {
	holds, leads part
	// kinded says that the leads are of the query's kinds.
	kinded bool
	// ordered says that it bounds what the query is ordered by: a walk begins and ends
	// there.
	ordered bool
}

type part struct {
	text string
	args []any
}

// index is the index of an order: its column, and its name.
type index struct{ column, name string }

var indexes = [...]index{
	store.ByScore:      {"score", "listing_score"},
	store.ByLastSeen:   {"last_seen", "listing_last_seen"},
	store.ByFirstSeen:  {"first_seen", "listing_first_seen"},
	store.ByStageSince: {"stage_since", "listing_stage_since"},
	store.ByName:       {"name_key", "listing_name"},
	store.ByEmail:      {"email_key", "listing_email"},
	store.ByAccount:    {"account", "listing_account"},
}

// ofKinds is the condition that a row is of one of the kinds.
func ofKinds(kinds []store.ListKind) part {
	return part{"kind IN (" + marks(len(kinds)) + ")", anys(kinds, func(k store.ListKind) int64 { return int64(k) })}
}

// conditionsOf takes a query apart, but for its kinds.
func conditionsOf(q *store.ListQuery, d *Dialect, kinds []store.ListKind) []condition {
	var all []condition
	within := ofKinds(kinds)
	// An index of an order begins with the kind. Along that of the query's own order
	// nothing is listed.
	along := func(by store.ListSort, b store.ListBounds) {
		holds, bounded := bounds(indexes[by].column, b)
		if !bounded {
			return
		}
		c := condition{holds: part{"l." + holds.text, holds.args}, ordered: by == q.Sort}
		if !c.ordered {
			c.leads = part{"SELECT lead FROM listing WHERE " + within.text + " AND " + holds.text, slices.Concat(within.args, holds.args)}
			c.kinded = true
		}
		all = append(all, c)
	}
	if len(q.Stages) > 0 {
		c := condition{holds: oneOf("l.stage", q.Stages)}
		if !slices.Contains(q.Stages, "") {
			p := oneOf("stage", q.Stages)
			c.leads = part{"SELECT lead FROM listing WHERE stage <> '' AND " + p.text, p.args}
			c.kinded = true
		}
		all = append(all, c)
	}
	if len(q.Accounts) > 0 {
		p := oneOf("account", q.Accounts)
		all = append(all, condition{holds: part{"l." + p.text, p.args}, kinded: true,
			leads: part{"SELECT lead FROM listing WHERE " + within.text + " AND " + p.text, slices.Concat(within.args, p.args)}})
	}
	if len(q.Grades) > 0 {
		all = append(all, condition{holds: oneOf("l.grade", q.Grades)})
	}
	for _, s := range q.Scores {
		if s.Name == "" {
			along(store.ByScore, s.ListBounds)
		} else if p, bounded := bounds("CAST(l.scores ->> ? AS bigint)", s.ListBounds); bounded {
			all = append(all, condition{holds: part{p.text, append([]any{s.Name}, p.args...)}})
		}
	}
	for _, t := range []struct {
		by store.ListSort
		store.ListBounds
	}{{store.ByFirstSeen, q.FirstSeen}, {store.ByLastSeen, q.LastSeen}, {store.ByStageSince, q.StageSince}} {
		along(t.by, t.ListBounds)
	}
	switch {
	case q.Excluded == nil:
	case *q.Excluded:
		all = append(all, condition{holds: part{text: "l.exclusion <> ''"}, leads: part{text: "SELECT lead FROM listing WHERE exclusion <> ''"}})
	default:
		all = append(all, condition{holds: part{text: "l.exclusion = ''"}})
	}
	for i := range q.Facts {
		all = append(all, aboutFact(&q.Facts[i], d))
	}
	for _, word := range q.Words {
		all = append(all, beginning(word))
	}
	return all
}

func oneOf(column string, values []string) part {
	return part{column + " IN (" + marks(len(values)) + ")", anys(values, text)}
}

// bounds is the condition on a number; false for none.
func bounds(number string, b store.ListBounds) (part, bool) {
	switch {
	case b.Least != nil && b.Most != nil:
		return part{number + " BETWEEN ? AND ?", []any{*b.Least, *b.Most}}, true
	case b.Least != nil:
		return part{number + " >= ?", []any{*b.Least}}, true
	case b.Most != nil:
		return part{number + " <= ?", []any{*b.Most}}, true
	}
	return part{}, false
}

// Of a row it is asked with an offset, for which both planners ask each row by
// itself: they would join, and read all of a fact for one page.
const (
	ofRow  = "EXISTS (SELECT 1 FROM listing_facts AS f WHERE f.lead = l.lead AND f.name = ?"
	endRow = " LIMIT 1 OFFSET 0)"
	ofFact = "SELECT lead FROM listing_facts AS f WHERE f.name = ?"
)

// aboutFact is a condition on a fact. No index lists who does not meet one.
func aboutFact(c *store.FactCondition, d *Dialect) condition {
	if c.Not {
		opposite := *c
		opposite.Not = false
		asked := aboutFact(&opposite, d)
		return condition{holds: part{"NOT (" + asked.holds.text + ")", asked.holds.args}}
	}
	is := func(more string, args ...any) condition {
		args = append([]any{c.Name}, args...)
		return condition{holds: part{ofRow + more + endRow, args}, leads: part{ofFact + more, args}}
	}
	not := func(c condition) condition {
		return condition{holds: part{"NOT " + c.holds.text, c.holds.args}}
	}
	switch c.Op {
	case store.FactIs:
		if len(c.Or) > 0 {
			p := oneOf("f.key", c.Texts())
			return is(" AND "+p.text, p.args...)
		}
		return is(" AND f.key = ?", c.Text)
	case store.FactIsNot:
		return not(is(" AND f.key = ?", c.Text))
	case store.FactContains:
		found := is(" AND "+d.Contains, c.Text)
		found.leads = part{} // no index knows
		return found
	case store.FactAtLeast:
		return number(is(" AND f.number >= ?", c.Number))
	case store.FactAtMost:
		return number(is(" AND f.number <= ?", c.Number))
	case store.FactFrom:
		return is(" AND f.key >= ?", c.Text)
	case store.FactSet:
		return is("")
	default:
		return not(is(""))
	}
}

// number is a condition on a number, which is asked of a row by the row's facts: for
// the index of numbers SQLite would read all there are of it.
func number(c condition) condition {
	c.holds.text = strings.Replace(c.holds.text, "f.number", "+f.number", 1)
	return c
}

// beginning is the condition that a word of the lead's begins with one.
func beginning(word string) condition {
	more, args := " AND f.key >= ?", []any{"", word}
	if end := store.EndOfText(word); end != "" {
		more, args = more+" AND f.key < ?", append(args, end)
	}
	return condition{holds: part{ofRow + more + endRow, args}, leads: part{ofFact + more, args}}
}
