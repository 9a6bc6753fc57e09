package engine

import (
	"errors"

	"galena/internal/lead"
)

// format is the first byte of an encoded state. A state of another format, or of
// another plan, is not read but folded anew from the log.
const format = 3

// ErrForeignState is returned by Decode for bytes that are not a state of this
// engine's plan and format.
var ErrForeignState = errors.New("engine: not a state of this playbook version")

// Encode writes a state for Decode by an engine with a plan of the same version.
// Equal states give equal bytes.
func (e *Engine) Encode(s *State) []byte {
	w := writer{make([]byte, 0, 256)}
	w.b = append(w.b, format)
	w.int(int64(e.plan.Version))
	w.int(int64(len(s.attributes)))
	w.int(int64(len(s.signals)))
	w.int(int64(len(s.rules)))
	w.time(s.At)
	w.time(s.First)
	w.time(s.Last)
	w.int(s.Events)
	w.int(int64(s.reach))
	w.bool(s.grouped)
	w.int(int64(s.excluded))
	w.path(e, &s.path)
	for i := range s.attributes {
		w.value(&s.attributes[i])
		if e.plan.Attributes[i].Dated {
			w.time(s.said[i])
		}
		if e.branching[i] {
			w.int(int64(s.paths[i]))
		}
	}
	for _, seen := range s.values {
		w.values(seen)
	}
	w.consents(s.consents)
	// Most signals and rules of most leads are untouched: each that is not is
	// preceded by how many untouched ones come before it.
	skipped := int64(0)
	for i := range s.signals {
		sig := &s.signals[i]
		if sig.count == 0 {
			skipped++
			continue
		}
		w.int(skipped)
		skipped = 0
		w.int(sig.count)
		w.time(sig.last)
		w.times(sig.ring)
	}
	w.int(-1)
	skipped = 0
	for i := range s.rules {
		r := &s.rules[i]
		if r.untouched() {
			skipped++
			continue
		}
		w.int(skipped)
		skipped = 0
		w.bool(r.holds)
		w.bool(r.owed)
		w.int(r.seen)
		w.int(r.given)
		w.int(int64(r.points))
		w.int(int64(len(r.decay)))
		for _, e := range r.decay {
			w.int(e.number)
			w.int(e.weight)
		}
		w.steps(r.steps)
		w.times(r.dates)
		w.time(r.next)
		w.time(r.base)
	}
	w.int(-1)
	return w.b
}

func (r *ruleState) untouched() bool {
	return !r.holds && r.seen == 0 && r.next == 0 && r.base == 0
}

// Decode reads what Encode wrote. It fails with ErrForeignState on anything else.
func (e *Engine) Decode(b []byte) (*State, error) {
	r := reader{b: b}
	s := e.NewState()
	if r.byte() != format || r.int() != int64(e.plan.Version) || r.int() != int64(len(s.attributes)) ||
		r.int() != int64(len(s.signals)) || r.int() != int64(len(s.rules)) {
		return nil, ErrForeignState
	}
	s.At, s.First, s.Last = r.time(), r.time(), r.time()
	s.Events = r.int()
	s.reach = uint8(r.int())
	s.grouped = r.bool()
	s.excluded = int(r.int())
	s.path = r.path(e)
	for i := range s.attributes {
		s.attributes[i] = r.value()
		if e.plan.Attributes[i].Dated {
			s.said[i] = r.time()
		}
		if e.branching[i] {
			s.paths[i] = r.length(len(e.plan.Attributes[i].From))
		}
	}
	for i := range s.values {
		s.values[i] = r.values(e.plan.Memories[i].Keep)
	}
	s.consents = r.consents()
	for i := r.skip(-1, len(s.signals)); i >= 0; i = r.skip(i, len(s.signals)) {
		sig := &s.signals[i]
		sig.count, sig.last = r.int(), r.time()
		sig.ring = r.times(e.plan.Signals[i].Recall)
	}
	for i := r.skip(-1, len(s.rules)); i >= 0; i = r.skip(i, len(s.rules)) {
		rs := &s.rules[i]
		s.worth[i] = true
		rs.holds, rs.owed = r.bool(), r.bool()
		rs.seen, rs.given = r.int(), r.int()
		rs.points = lead.Points(r.int())
		n := r.length(oldest + 1)
		for range n {
			rs.decay = append(rs.decay, epoch{r.int(), r.int()})
		}
		rs.steps = r.steps()
		rs.dates = r.times(maxDates)
		rs.next, rs.base = r.time(), r.time()
	}
	if r.bad || len(r.b) != 0 ||
		s.excluded < -1 || s.excluded >= len(e.plan.Exclusions) {
		return nil, ErrForeignState
	}
	return s, nil
}
