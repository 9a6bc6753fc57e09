package engine

import (
	"encoding/binary"
	"errors"
	"math"

	"galena/internal/lead"
)

// format is the first byte of an encoded state. A state of another format, or of
// another plan, is not read but folded anew from the log.
const format = 2

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
	w.int(int64(s.path.stage))
	w.time(s.path.since)
	w.int(int64(s.path.cycle))
	for i := range s.attributes {
		w.value(&s.attributes[i])
	}
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
	s.path.stage = int(r.int())
	s.path.since = r.time()
	s.path.cycle = int(r.int())
	for i := range s.attributes {
		s.attributes[i] = r.value()
	}
	for i := r.skip(-1, len(s.signals)); i >= 0; i = r.skip(i, len(s.signals)) {
		sig := &s.signals[i]
		sig.count, sig.last = r.int(), r.time()
		sig.ring = r.times(e.plan.Signals[i].Recall)
	}
	for i := r.skip(-1, len(s.rules)); i >= 0; i = r.skip(i, len(s.rules)) {
		rs := &s.rules[i]
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
		s.excluded < -1 || s.excluded >= len(e.plan.Exclusions) || s.path.stage < -1 || s.path.stage >= len(e.plan.Stages) {
		return nil, ErrForeignState
	}
	return s, nil
}

type writer struct{ b []byte }

func (w *writer) int(n int64)      { w.b = binary.AppendVarint(w.b, n) }
func (w *writer) time(t lead.Time) { w.int(int64(t)) }

func (w *writer) bool(b bool) {
	n := byte(0)
	if b {
		n = 1
	}
	w.b = append(w.b, n)
}

func (w *writer) text(s string) {
	w.int(int64(len(s)))
	w.b = append(w.b, s...)
}

// times writes ascending moments as differences.
func (w *writer) times(ts []lead.Time) {
	w.int(int64(len(ts)))
	before := lead.Time(0)
	for _, t := range ts {
		w.time(t - before)
		before = t
	}
}

// steps writes contributions as differences of their dates and points: most of a
// rule's are alike.
func (w *writer) steps(list []dated) {
	w.int(int64(len(list)))
	var before dated
	for _, d := range list {
		w.time(d.at - before.at)
		w.int(int64(d.points - before.points))
		before = d
	}
}

func (w *writer) value(v *lead.Value) {
	w.b = append(w.b, byte(v.Kind))
	switch v.Kind {
	case lead.Text:
		w.text(v.Text)
	case lead.Number, lead.Moment:
		w.b = binary.BigEndian.AppendUint64(w.b, math.Float64bits(v.Num))
	case lead.Bool:
		w.bool(v.Num == 1)
	case lead.List:
		w.int(int64(len(v.List)))
		for _, s := range v.List {
			w.text(s)
		}
	}
}

// reader reads what writer wrote; after the first fault everything reads as zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() { r.bad, r.b = true, nil }

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) int() int64 {
	n, used := binary.Varint(r.b)
	if used <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[used:]
	return n
}

func (r *reader) time() lead.Time { return lead.Time(r.int()) }
func (r *reader) bool() bool      { return r.byte() == 1 }

// length reads a length and refuses one above most.
func (r *reader) length(most int) int {
	n := r.int()
	if n < 0 || n > int64(most) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.length(lead.MaxText)
	if n > len(r.b) {
		r.fail()
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) times(most int) []lead.Time {
	n := r.length(most)
	if n == 0 {
		return nil
	}
	ts := make([]lead.Time, 0, n)
	before := lead.Time(0)
	for range n {
		before += r.time()
		ts = append(ts, before)
	}
	return ts
}

func (r *reader) steps() []dated {
	n := r.length(maxDates)
	if n == 0 {
		return nil
	}
	list := make([]dated, 0, n)
	var before dated
	for range n {
		before.at += r.time()
		before.points += lead.Points(r.int())
		list = append(list, before)
	}
	return list
}

// skip reads how many entries after i were untouched and gives the next index;
// -1 at the end.
func (r *reader) skip(i, n int) int {
	skipped := r.int()
	if skipped < 0 || r.bad {
		return -1
	}
	if next := int64(i) + 1 + skipped; next < int64(n) && next > int64(i) {
		return int(next)
	}
	r.fail()
	return -1
}

func (r *reader) value() lead.Value {
	v := lead.Value{Kind: lead.Kind(r.byte())}
	switch v.Kind {
	case lead.Missing:
	case lead.Text:
		v.Text = r.text()
	case lead.Number, lead.Moment:
		if len(r.b) < 8 {
			r.fail()
			return lead.Value{}
		}
		v.Num = math.Float64frombits(binary.BigEndian.Uint64(r.b))
		r.b = r.b[8:]
	case lead.Bool:
		if r.bool() {
			v.Num = 1
		}
	case lead.List:
		for range r.length(lead.MaxItems) {
			v.List = append(v.List, r.text())
		}
	default:
		r.fail()
	}
	return v
}
