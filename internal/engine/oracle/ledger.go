package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// acts are the opening balances of a score, or its corrections, so far.
func (m *moment) acts(r *playbook.Rule) []contribution {
	var all []contribution
	for i := range m.events[:m.seen] {
		e := &m.events[i]
		points, ok := booked(e, r.Kind, m.plan.Scores[r.Score].Name)
		if ok {
			lap := m.lap(r, func(x exited) bool { return x.seen <= i })
			all = append(all, contribution{
				lap: lap, past: m.isPast(r, lap),
				event: e.MessageID, at: e.Occurred, points: points, turn: turn{i + 1, e.Effective(), true}, given: points != 0,
			})
		}
	}
	return all
}

// booked are the points that an act books for a score.
func booked(e *lead.Event, kind playbook.RuleKind, score string) (lead.Points, bool) {
	var said any
	switch {
	case e.Type == lead.Act && e.Name == lead.ActBalance && kind == playbook.Opening:
		said, _ = lookUp(e.Properties, []string{"scores", score})
	case e.Type == lead.Act && e.Name == lead.ActPoints && kind == playbook.Correction && e.Properties["score"] == score:
		said = e.Properties["points"]
	}
	n, ok := said.(float64)
	if !ok {
		return 0, false
	}
	return min(max(thousandths(n), -lead.MaxPoints), lead.MaxPoints), true
}

// settle leaves of the balances that were opened one after the other the last, and
// drops what is nothing.
func settle(r *playbook.Rule, all []contribution) []contribution {
	if r.Kind != playbook.Opening && r.Kind != playbook.Correction {
		return all
	}
	all = slices.Clone(all)
	for i := range all {
		if r.Kind == playbook.Opening && i < len(all)-1 {
			all[i].given = false
		}
	}
	return slices.DeleteFunc(all, func(c contribution) bool { return c.points == 0 })
}
