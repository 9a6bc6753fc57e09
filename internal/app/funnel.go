package app

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/lead"
)

// Funnel counts people by how far they came.
type Funnel struct {
	Visitors, Contacts, Excluded int
	// Outside are leads in stages of earlier versions that the playbook in force
	// does not have.
	Outside int
	Stages  []StageCount
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
			if at, known := slot[l.Stage]; known {
				f.Stages[at].Here++
			} else {
				f.Outside++
			}
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
		at, known := slot[name]
		if !known {
			continue // of an earlier version
		}
		st := &f.Stages[at]
		if st.Side || st.Exit {
			st.Reached++
		}
		if !st.Exit {
			furthest = max(furthest, at)
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
	Reasons []Reason // see Reasons
}

// MainScore is the slot of the score by which leads are ranked: the last one of
// the playbook, which is its total where it has one.
func (r *Reader) MainScore() int { return len(r.Plan().Scores) - 1 }

// Hottest gives the n leads with the highest main score, as of now; of equal
// ones those that were seen last. Customers are left out, and who has left the
// funnel: there is nothing to win.
func (r *Reader) Hottest(ctx context.Context, n int) ([]Hot, error) {
	main := r.MainScore()
	var top []Hot
	won := map[string]bool{}
	for _, st := range r.Plan().Stages {
		won[st.Name] = st.Role == "customer"
	}
	err := r.Leads(ctx, func(l *Lead) error {
		if l.Kind != "lead" || l.Excluded != "" || l.Out || won[l.Stage] {
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
