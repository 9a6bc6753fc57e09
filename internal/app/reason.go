package app

import (
	"cmp"
	"fmt"
	"slices"

	"galena/internal/engine"
	"galena/internal/lead"
)

// Reason is one thing that a score comes from, in words.
type Reason struct {
	Label  string
	Times  int         // how often it counted
	Points lead.Points // what is left of all of them
	Last   lead.Time   // when it occurred last; 0 of what does not occur, such as a title
}

// String is the reason with its points.
func (r Reason) String() string { return fmt.Sprintf("%s (%+d)", r.words(), r.Points.Rounded()) }

// Words is the reason as somebody tells it at a moment.
func (r Reason) Words(now lead.Time) string {
	words := r.words()
	switch {
	case r.Last == 0:
		return words
	case r.Times > 1:
		return words + ", last " + ago(now, r.Last)
	}
	return words + " " + ago(now, r.Last)
}

func (r Reason) words() string {
	switch r.Times {
	case 1:
		return r.Label
	case 2:
		return r.Label + " twice"
	}
	return fmt.Sprintf("%s %d times", r.Label, r.Times)
}

// ago says how long before now a moment is.
func ago(now, then lead.Time) string {
	switch days := int64(now-then) / lead.Day; {
	case days < 1:
		return "within a day"
	case days == 1:
		return "yesterday"
	case days < 14:
		return fmt.Sprintf("%d days ago", days)
	case days < 60:
		return fmt.Sprintf("%d weeks ago", days/7)
	default:
		return fmt.Sprintf("%d months ago", days/30)
	}
}

// Reasons tells what a score comes from, the lines of one rule together, the
// weightiest first. What is worth nothing is left out, and so are clamps: they are
// no reason.
func Reasons(s *engine.ScoreLines) []Reason {
	var all []*Reason
	byRule := map[string]*Reason{}
	for _, l := range s.Lines {
		if l.Limited != 0 || l.Lapsed != 0 || l.Raw == 0 {
			continue // refused, or a clamp
		}
		key := l.Score + "\x00" + l.Rule
		r := byRule[key]
		if r == nil {
			r = &Reason{Label: cmp.Or(l.Label, l.Rule)}
			byRule[key] = r
			all = append(all, r)
		}
		r.Times++
		r.Points += l.Points
		if l.Signal != "" {
			r.Last = max(r.Last, l.At)
		}
	}
	slices.SortStableFunc(all, func(a, b *Reason) int { return cmp.Compare(b.Points.Abs(), a.Points.Abs()) })
	var reasons []Reason
	for _, r := range all {
		if r.Points.Rounded() != 0 {
			reasons = append(reasons, *r)
		}
	}
	return reasons
}
