package playbook

import (
	"slices"

	"galena/internal/rule"
)

// Structure is what of a playbook leads to what: what is known and done to scores,
// scores to stages.
type Structure struct {
	// Inputs are the attributes and signals: the built-in attributes that anything
	// reads, then those of the document. Scores are followed by the totals, stages
	// by the exits.
	Inputs, Scores, Stages []Part
	// ToScores lead from inputs to scores, Through from scores to stages, Past from
	// inputs to stages that ask for them by themselves.
	ToScores, Through, Past []Flow
}

// Part is one thing of a Structure.
type Part struct {
	Kind        string // "attribute", "signal", "score", "total", "stage" or "exit"
	Name, Label string
	Role        string // of stages and exits
	Of          []string
	// Section and Group say where Describe tells of it, as the Nth, from 1, of a
	// table or list; Nth 0 is all of a group, Section "" is nowhere.
	Section, Group string
	Nth            int
	// For is what an attribute or signal is for beside scores and stages.
	For []Purpose
}

// Flow says that one part counts for another, by their places in the lists.
type Flow struct{ From, To int }

// Sections are the titles of the parts of an agreement, in English; see Describe.
func Sections() []string {
	var titles []string
	for _, s := range sections {
		if !slices.Contains(titles, s.title) {
			titles = append(titles, s.title)
		}
	}
	return titles
}

// Outline finds out what leads to what in a playbook, of which p is the plan.
func Outline(d *Document, p *Plan) *Structure {
	s := &Structure{}
	attributes := s.inputs(p)
	beside := purposes(d)
	for i := range s.Inputs {
		s.Inputs[i].For = beside[s.Inputs[i].Name]
	}
	signal := func(slot int) int { return len(s.Inputs) - len(p.Signals) + slot }
	dimensions := 0
	for i, sc := range p.Scores {
		part := Part{Kind: "score", Name: sc.Name, Label: sc.Label, Section: "What it is worth", Group: sc.Name}
		if len(sc.Of) > 0 {
			part = Part{Kind: "total", Name: sc.Name, Label: sc.Label, Section: "Totals", Nth: i - dimensions + 1}
			for _, of := range sc.Of {
				part.Of = append(part.Of, p.Scores[of].Label)
			}
		} else {
			dimensions++
		}
		s.Scores = append(s.Scores, part)
	}
	from := func(x *rule.Expr) (inputs, scores []int) {
		if x == nil {
			return nil, nil
		}
		for _, slot := range x.Fields() {
			inputs = append(inputs, attributes[slot])
		}
		for _, a := range x.Atoms() {
			switch a.Kind {
			case rule.Count, rule.Since, rule.Distinct:
				inputs = append(inputs, signal(a.Slot))
			case rule.Same:
				inputs = append(inputs, signal(a.Slot), signal(a.Other))
			case rule.Age:
				inputs = append(inputs, attributes[a.Slot])
			case rule.Score:
				scores = append(scores, a.Slot)
			}
		}
		return inputs, scores
	}
	for i := range p.Rules {
		rl := &p.Rules[i]
		if rl.Kind == Opening || rl.Kind == Correction {
			continue
		}
		inputs, _ := from(rl.When)
		for _, slot := range rl.Signals {
			inputs = append(inputs, signal(slot))
		}
		s.ToScores = leads(s.ToScores, inputs, rl.Score)
	}
	for i := range p.Stages {
		st := &p.Stages[i]
		part := Part{Kind: "stage", Name: st.Name, Label: st.Label, Role: st.Role, Section: "The stages", Nth: i + 1}
		if st.Exit {
			part.Kind, part.Section, part.Nth = "exit", "The ways out", i-p.FirstExit+1
		}
		s.Stages = append(s.Stages, part)
		for _, x := range []*rule.Expr{st.When, st.FastTrack, st.BackWhen} {
			inputs, scores := from(x)
			s.Past = leads(s.Past, inputs, i)
			s.Through = leads(s.Through, scores, i)
		}
	}
	return s
}

// inputs lists attributes and signals, and tells which slot of an attribute is
// which of them.
func (s *Structure) inputs(p *Plan) map[int]int {
	read := map[int]bool{}
	note := func(x *rule.Expr) {
		if x == nil {
			return
		}
		for _, slot := range x.Fields() {
			read[slot] = true
		}
		for _, a := range x.Atoms() {
			if a.Kind == rule.Age {
				read[a.Slot] = true
			}
		}
	}
	for i := range p.Rules {
		note(p.Rules[i].When)
	}
	for i := range p.Stages {
		note(p.Stages[i].When)
		note(p.Stages[i].FastTrack)
		note(p.Stages[i].BackWhen)
	}
	attributes, written := map[int]int{}, 0
	for i, a := range p.Attributes {
		if i < Builtins && !read[i] {
			continue
		}
		attributes[i] = len(s.Inputs)
		part := Part{Kind: "attribute", Name: a.Name, Label: a.Label}
		if i >= Builtins && i != p.Persona {
			written++
			part.Section, part.Nth = "What we know about people", written
		}
		s.Inputs = append(s.Inputs, part)
	}
	for i, sg := range p.Signals {
		s.Inputs = append(s.Inputs, Part{Kind: "signal", Name: sg.Name, Label: sg.Label, Section: "What people do", Nth: i + 1})
	}
	return attributes
}

// leads adds leads that are not there yet.
func leads(all []Flow, from []int, to int) []Flow {
	for _, f := range from {
		if l := (Flow{f, to}); !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return all
}
