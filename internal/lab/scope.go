package lab

import (
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// scope tells what some playbooks read of an event, by its type and name, so that
// no more of its body need be opened. Most of what a body says, no playbook reads.
type scope struct {
	plans []*playbook.Plan
	named map[title]*scoped
}

type title struct {
	of   lead.Type
	name string
}

type scoped struct {
	reads *rule.Reads
	parts lead.Parts
}

// maxTitles is how many types and names are remembered; strangers choose names.
const maxTitles = 4096

func newScope(plans []*playbook.Plan) *scope { return &scope{plans, map[title]*scoped{}} }

func (s *scope) about(e *lead.Event) *scoped {
	t := title{e.Type, e.Name}
	known := s.named[t]
	if known == nil {
		reads := engine.SignalReads(e.Type, e.Name, s.plans...)
		known = &scoped{reads, reads.Parts() | engine.PersonParts(e.Type)}
		if len(s.named) < maxTitles {
			s.named[t] = known
		}
	}
	return known
}

// Opener gives what opens of events no more than some playbooks read of them, and
// what an act or an identify says of the person.
func Opener(plans []*playbook.Plan) func(events []lead.Event) error { return newScope(plans).open }

// open opens what the playbooks read of events.
func (s *scope) open(events []lead.Event) error {
	for i := range events {
		if err := events[i].OpenParts(s.about(&events[i]).parts); err != nil {
			return err
		}
	}
	return nil
}
