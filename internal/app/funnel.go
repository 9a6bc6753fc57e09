package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"galena/internal/engine"
	"galena/internal/lead"
)

// Funnel counts people by how far they came.
type Funnel struct {
	Visitors, Contacts, Excluded int
	Stages                       []StageCount
}

// StageCount counts one stage.
type StageCount struct {
	Name, Role string
	// Here is how many are in it now, Reached how many came at least this far, in
	// whatever cycle, and wherever they are now. Who went past a side entrance, and
	// who did not leave by an exit, has not reached it.
	Here, Reached int
	Side, Exit    bool
}

// Funnel counts everybody, as of now.
func (r *Reader) Funnel(ctx context.Context) (*Funnel, error) {
	f := &Funnel{}
	slot := map[string]int{}
	for i, st := range r.Plan().Stages {
		f.Stages = append(f.Stages, StageCount{Name: st.Name, Role: st.Role, Side: st.Side, Exit: st.Exit})
		slot[st.Name] = i
	}
	err := r.Leads(ctx, func(l *Lead) error {
		if l.Excluded != "" {
			f.Excluded++
		}
		switch l.Kind {
		case "visitor":
			f.Visitors++
		case "contact":
			f.Contacts++
		default:
			f.Stages[slot[l.Stage]].Here++
			f.reached(l.Been, slot)
		}
		return nil
	})
	return f, err
}

// reached counts a lead that was in some stages.
func (f *Funnel) reached(been []string, slot map[string]int) {
	furthest := -1
	for _, name := range been {
		if st := &f.Stages[slot[name]]; st.Side || st.Exit {
			st.Reached++
		}
		if !f.Stages[slot[name]].Exit {
			furthest = max(furthest, slot[name])
		}
	}
	for i := 0; i <= furthest; i++ {
		if !f.Stages[i].Side {
			f.Stages[i].Reached++
		}
	}
}

// Hot is a lead with its score and the reasons for it.
type Hot struct {
	Lead    *Lead
	Score   lead.Points
	Reasons []string // see Reasons
}

// MainScore is the slot of the score by which leads are ranked: the last one of
// the playbook, which is its total where it has one.
func (r *Reader) MainScore() int { return len(r.Plan().Scores) - 1 }

// Hottest gives the n leads with the highest main score, as of now, without those
// that have left the funnel; of equal ones those that were seen last.
func (r *Reader) Hottest(ctx context.Context, n int) ([]Hot, error) {
	main := r.MainScore()
	var top []Hot
	err := r.Leads(ctx, func(l *Lead) error {
		if l.Kind != "lead" || l.Excluded != "" || l.Out {
			return nil
		}
		h := Hot{Lead: l, Score: l.Scores[main]}
		i, _ := slices.BinarySearchFunc(top, h, func(a, b Hot) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Lead.LastSeen, a.Lead.LastSeen), cmp.Compare(a.Lead.ID, b.Lead.ID))
		})
		if i < n {
			top = slices.Insert(top, i, h)[:min(len(top)+1, n)]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range top {
		_, x, err := r.Explain(ctx, Ref{ID: top[i].Lead.ID}, 0)
		if err != nil {
			return nil, err
		}
		top[i].Reasons = Reasons(&x.Scores[main])
	}
	return top, nil
}

// Reasons tells in words what a score comes from, the lines of one rule
// together, the weightiest first. What is worth nothing is left out, and so are
// clamps: they are no reason.
func Reasons(s *engine.ScoreLines) []string {
	type reason struct {
		label  string
		times  int
		points lead.Points
	}
	var all []*reason
	byRule := map[string]*reason{}
	for _, l := range s.Lines {
		if l.Limited != 0 || l.Lapsed != 0 || l.Raw == 0 {
			continue // refused, of a cycle that is over, or a clamp
		}
		key := l.Score + "\x00" + l.Rule
		if byRule[key] == nil {
			byRule[key] = &reason{label: l.Label}
			all = append(all, byRule[key])
		}
		byRule[key].times++
		byRule[key].points += l.Points
	}
	slices.SortStableFunc(all, func(a, b *reason) int { return cmp.Compare(b.points.Abs(), a.points.Abs()) })
	var words []string
	for _, r := range all {
		rounded := r.points.Rounded()
		if rounded == 0 {
			continue
		}
		text := r.label
		if r.times > 1 {
			text += fmt.Sprintf(" %d times", r.times)
		}
		words = append(words, fmt.Sprintf("%s (%+d)", text, rounded))
	}
	return words
}
