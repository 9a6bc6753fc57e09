package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// beginAnew begins the rules of those scores anew that count each cycle by
// itself: what was given counts nothing any more and uses up no limit. What holds
// of a person, and since when there is silence, stays.
func (f *fold) beginAnew(now lead.Time) {
	f.forget()
	for i := range f.plan.Scores {
		if !f.plan.Scores[i].EachCycle {
			continue
		}
		for _, r := range f.plan.Scores[i].Rules {
			if f.plan.Rules[r].Kind == playbook.WhileTrue {
				continue
			}
			s := &f.s.rules[r]
			s.seen, s.given, s.points, s.decay, s.steps, s.dates, s.owed = 0, 0, 0, nil, nil, nil, false
			if f.plan.Rules[r].Kind == playbook.PerSilence && s.base != 0 {
				f.schedule(r, now)
			}
			if f.trace != nil {
				t := &f.trace.rules[r]
				t.past = len(t.parts)
			}
		}
	}
}
