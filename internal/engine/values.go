package engine

import (
	"math"
	"slices"

	"galena/internal/lead"
	"galena/internal/rule"
)

// keep remembers the value that stands in an event, dated at, at a memory's path. Of one date
// the value that bore it first counts as the newer, so that one that was let go
// does not come back by a date that it had already.
func (f *fold) keep(m int, e *lead.Event, at lead.Time) {
	memory := &f.plan.Memories[m]
	v := memory.Path.Value(e)
	if v.Kind == lead.Missing {
		return
	}
	seen := f.s.values[m]
	hash := hashOf(&v)
	known := slices.IndexFunc(seen, func(s valueSeen) bool { return s.hash == hash })
	switch {
	case known >= 0 && at <= seen[known].at:
		return
	case known >= 0:
		seen = slices.Delete(seen, known, known+1)
	case len(seen) == memory.Keep && at <= seen[0].at:
		return
	case len(seen) == memory.Keep:
		seen = slices.Delete(seen, 0, 1)
	}
	i, _ := slices.BinarySearchFunc(seen, at, func(s valueSeen, at lead.Time) int { return int(s.at - at) })
	f.s.values[m] = slices.Insert(seen, i, valueSeen{at, hash})
}

// hashOf is 64 bits of a value: two different ones of a lead's few hundred fall
// together once in some 10^14 leads.
func hashOf(v *lead.Value) uint64 {
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	add := func(b byte) { h = (h ^ uint64(b)) * prime }
	add(byte(v.Kind))
	if v.Kind == lead.Text {
		for i := range len(v.Text) {
			add(v.Text[i])
		}
	} else {
		bits := math.Float64bits(v.Num + 0) // no negative zero
		for range 8 {
			add(byte(bits))
			bits >>= 8
		}
	}
	// FNV leaves its highest bits badly mixed; so does not this.
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// distinct counts the values of a memory in a window that ends at a moment; all of
// them for a window of 0.
func (s *State) distinct(memory int, window int64, at lead.Time) int64 {
	n := int64(0)
	for _, v := range s.values[memory] {
		if window == 0 || v.at > at.Add(-window) {
			n++
		}
	}
	return n
}

// sameUntil is the last date by which a value was in both memories of an atom,
// among the latest rule.MaxSame of each; false if none was.
func (s *State) sameUntil(a *rule.Atom) (last lead.Time, ok bool) {
	ones, others := newest(s.values[a.Memory]), newest(s.values[a.OtherMemory])
	for _, one := range ones {
		for _, other := range others {
			if one.hash == other.hash && (!ok || min(one.at, other.at) > last) {
				last, ok = min(one.at, other.at), true
			}
		}
	}
	return last, ok
}

func newest(seen []valueSeen) []valueSeen { return seen[max(len(seen)-rule.MaxSame, 0):] }

// same says whether a value was in both within the atom's window.
func (s *State) same(a *rule.Atom, at lead.Time) bool {
	last, ok := s.sameUntil(a)
	return ok && (a.Window == 0 || last > at.Add(-a.Window))
}
