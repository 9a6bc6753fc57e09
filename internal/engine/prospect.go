package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// Prospect is a stage ahead of a lead with the criteria that lead into it.
type Prospect struct {
	Stage, Label, Role string
	Ways               []Way
	// Barred says that the condition holds that leads out of the stage again, so
	// that no criterion leads into it.
	Barred bool
}

// Way is one criterion of a stage.
type Way struct {
	FastTrack bool
	// Marked says that it holds, but has since the lead was put where it is: it must
	// turn true anew to count.
	Marked bool
	Check
}

// Check is a condition, or a part of one, as it stands with a lead.
type Check struct {
	Text  string
	Truth rule.Truth
	Joint rule.Joint
	Parts []Check
	// Atom is what is compared, where a part compares one score, count or time and
	// nothing else; Have is its present value, in the units of Atom.N, if Known.
	Atom  *rule.Atom
	Have  int64
	Known bool
	// Field is the slot of the attribute that a part reads, where it reads one and
	// nothing else; -1 for none.
	Field int
}

// Met says whether it holds.
func (c *Check) Met() bool { return c.Truth == rule.True }

// Prospects tells of the stages ahead of a lead, in the funnel's order, what of
// their criteria holds at the state's own moment and what is missing. Who has left
// by a final exit, or is excluded, has none. For those of a later moment, Step
// there first.
func (e *Engine) Prospects(s *State) []Prospect {
	f := newFold(e)
	f.s = s
	if f.stands() {
		return nil
	}
	v := f.lookAt(s.At)
	var all []Prospect
	for i := f.nextAhead(); i < e.plan.FirstExit; i++ {
		st := &e.plan.Stages[i]
		p := Prospect{Stage: st.Name, Label: st.Label, Role: st.Role, Barred: f.holds(&e.conditions[i].backWhen, v)}
		if st.When != nil {
			p.Ways = append(p.Ways, Way{Marked: s.path.held.when.has(i), Check: f.check(e.outline(st.When), v)})
		}
		if st.FastTrack != nil {
			p.Ways = append(p.Ways, Way{FastTrack: true, Marked: s.path.held.fastTrack.has(i), Check: f.check(e.outline(st.FastTrack), v)})
		}
		all = append(all, p)
	}
	return all
}

// outline takes a condition apart, once for as long as the engine lives.
func (e *Engine) outline(x *rule.Expr) *rule.Outline {
	if o, known := e.outlines.Load(x); known {
		return o.(*rule.Outline)
	}
	o, _ := e.outlines.LoadOrStore(x, x.Outline())
	return o.(*rule.Outline)
}

func (f *fold) check(o *rule.Outline, v *view) Check {
	c := Check{Text: o.Text(), Truth: o.OnLead(v), Joint: o.Joint, Field: -1}
	for _, part := range o.Parts {
		c.Parts = append(c.Parts, f.check(part, v))
	}
	if len(c.Parts) > 0 {
		return c
	}
	switch atoms, fields := o.Atoms(), o.Fields(); {
	case len(atoms) == 1 && len(fields) == 0 && atoms[0].Kind != rule.Same:
		c.Atom = &atoms[0]
		if c.Have, c.Known = v.value(c.Atom); !c.Known {
			c.Have = 0
		}
	case len(atoms) == 0 && len(fields) == 1:
		c.Field = fields[0]
	}
	return c
}

// Suppose goes on from a state as if a signal occurred at a moment, by an event of
// which nothing else is known, and returns the decisions made.
func (e *Engine) Suppose(s *State, signal int, at lead.Time) []lead.Decision {
	f := newFold(e)
	f.s = s
	f.matched = append([]int32{int32(signal)}, e.unions[signal]...)
	slices.Sort(f.matched)
	f.happen(at, at, "", &lead.Event{Type: lead.Track, Occurred: at, Received: at}, nil)
	return f.decisions
}

// Tell goes on from a state as if the person's attributes became others at a moment;
// a value of Missing clears one. It returns the decisions made.
func (e *Engine) Tell(s *State, attributes map[int]lead.Value, at lead.Time) []lead.Decision {
	f := newFold(e)
	f.s = s
	f.advance(max(at, s.At))
	s.At = max(at, s.At)
	for slot, value := range attributes {
		if slot < playbook.Builtins || slot >= len(s.attributes) {
			continue // those follow from other things
		}
		s.attributes[slot] = value
		if f.plan.Attributes[slot].Dated {
			s.said[slot] = at
		}
	}
	f.refreshHolds("")
	f.evaluate(s.At, "")
	return f.decisions
}
