package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// Opening balances and corrections (docs/adr/0016-the-score-language.md §5): points
// that no rule of the document gives, booked by acts.

// book books what an act says about points. What names no score of this plan, or
// gives no number, says nothing.
func (f *fold) book(e *lead.Event) {
	switch e.Name {
	case lead.ActBalance:
		scores, _ := e.Properties["scores"].(map[string]any)
		if len(scores) == 0 {
			return
		}
		for slot := range f.plan.Scores {
			if points, ok := booked(scores[f.plan.Scores[slot].Name]); ok {
				f.open(slot, points, e)
			}
		}
	case lead.ActPoints:
		name, _ := e.Properties["score"].(string)
		points, ok := booked(e.Properties["points"])
		for slot := range f.plan.Scores {
			if ok && points != 0 && f.plan.Scores[slot].Name == name {
				r := f.ledger(slot, playbook.Correction)
				f.note(r, points, e)
				f.give(r, points, e.Occurred)
			}
		}
	}
}

func booked(v any) (lead.Points, bool) {
	n, ok := v.(float64)
	if !ok {
		return 0, false
	}
	return lead.PointsWithin(n, -lead.MaxPoints, lead.MaxPoints)
}

// open opens a score's balance. A lead has one for each score: a new one takes the
// place of the one before.
func (f *fold) open(slot int, points lead.Points, e *lead.Event) {
	r := f.ledger(slot, playbook.Opening)
	s := &f.s.rules[r]
	s.points, s.decay, s.steps, s.owed = 0, s.decay[:0], s.steps[:0], false
	if f.trace != nil {
		t := &f.trace.rules[r]
		for i := len(t.parts) - 1; i >= t.past && t.parts[i].reset == nil; i-- {
			t.parts[i].refused = true
		}
	}
	if points != 0 {
		f.note(r, points, e)
		f.give(r, points, e.Occurred)
	}
}

// ledger is the rule of a score that books a kind of acts.
func (f *fold) ledger(slot int, kind playbook.RuleKind) int {
	rules := f.plan.Scores[slot].Rules
	if kind == playbook.Opening {
		return rules[len(rules)-2]
	}
	return rules[len(rules)-1]
}

// note counts what is booked, and tells whose it is and why.
func (f *fold) note(r int, points lead.Points, e *lead.Event) {
	f.s.rules[r].seen++
	if f.trace == nil {
		return
	}
	reason, _ := e.Properties["reason"].(string)
	if author, _ := e.Properties["author"].(string); author != "" && reason != "" {
		reason += " (" + author + ")"
	} else {
		reason += author
	}
	f.trace.contributed(r, part{signal: -1, event: e.MessageID, at: e.Occurred, points: points, note: reason})
}
