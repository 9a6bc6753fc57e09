package engine

import (
	"encoding/binary"
	"math"

	"galena/internal/lead"
)

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

// values writes what was seen; hashes do not grow shorter by differences.
func (w *writer) values(list []valueSeen) {
	w.int(int64(len(list)))
	before := lead.Time(0)
	for _, v := range list {
		w.time(v.at - before)
		before = v.at
		w.b = binary.BigEndian.AppendUint64(w.b, v.hash)
	}
}

func (w *writer) consents(all lead.Consents) {
	w.int(int64(len(all)))
	for i := range all {
		c := &all[i]
		w.text(c.Purpose)
		w.b = append(w.b, byte(c.Standing), byte(c.Origin))
		w.time(c.Since)
		w.time(c.Last - c.Since)
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

func (r *reader) values(most int) []valueSeen {
	var list []valueSeen
	before := lead.Time(0)
	for range r.length(most) {
		before += r.time()
		if len(r.b) < 8 {
			r.fail()
			return nil
		}
		list = append(list, valueSeen{before, binary.BigEndian.Uint64(r.b)})
		r.b = r.b[8:]
	}
	return list
}

func (r *reader) consents() lead.Consents {
	var all lead.Consents
	for range r.length(lead.MaxPurposes) {
		c := lead.Consent{Purpose: r.text(), Standing: lead.Standing(r.byte()), Origin: lead.Origin(r.byte())}
		c.Since = r.time()
		c.Last = c.Since + r.time()
		all = append(all, c)
	}
	return all
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
