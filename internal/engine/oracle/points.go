package oracle

import (
	"math/big"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// pointsUpon are what a rule gives for an event, by its number: its own points, or
// those that it reckons from the event and the attributes right after it.
func (m *moment) pointsUpon(r *playbook.Rule, event int) (points lead.Points, ok bool) {
	return m.reckon(r, &m.events[event], event+1)
}

// pointsAfter are what a rule gives without an event, when so many have taken
// effect.
func (m *moment) pointsAfter(r *playbook.Rule, events int) (points lead.Points, ok bool) {
	return m.reckon(r, nil, events)
}

func (m *moment) reckon(r *playbook.Rule, e *lead.Event, events int) (points lead.Points, ok bool) {
	if r.Compute == nil {
		return r.Points, true
	}
	then := *m
	then.seen = events
	x, ok := r.Compute.ByCEL(e, &then)
	if !ok {
		return 0, false
	}
	return min(max(thousandths(x), r.Least), r.Most), true
}

// thousandths rounds a number of points to thousandths, half to even.
func thousandths(x float64) lead.Points {
	exact := new(big.Rat).SetFloat64(x)
	exact.Mul(exact, big.NewRat(1000, 1))
	// ⌊2x⌋ tells on which side of the half x lies, and the rest whether on it.
	twice := new(big.Rat).Mul(exact, big.NewRat(2, 1))
	floor := new(big.Int).Div(twice.Num(), twice.Denom()) // Euclidean: downwards
	n := new(big.Int).Rsh(floor, 1)
	if floor.Bit(0) == 1 && (!twice.IsInt() || n.Bit(0) == 1) {
		n.Add(n, big.NewInt(1))
	}
	if !n.IsInt64() || n.CmpAbs(big.NewInt(most)) > 0 {
		return lead.Points(exact.Sign() * most)
	}
	return lead.Points(n.Int64())
}

// met says whether the condition of a rule that receives signals held at an event:
// at its effective moment, with its attributes and signals, before its points.
func (m *moment) met(r *playbook.Rule, event int) bool {
	if r.When == nil {
		return true
	}
	then := &moment{story: m.story, seen: event + 1, now: m.events[event].Effective()}
	return holdsOnLead(r.When, then)
}

// turnOf is the turn of what fell due at a moment: before an event that takes
// effect at that very moment.
func (m *moment) turnOf(due lead.Time) turn {
	n := 0
	for n < m.seen && m.events[n].Effective() < due {
		n++
	}
	return turn{n, due, true}
}
