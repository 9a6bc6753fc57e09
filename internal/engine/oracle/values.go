package oracle

import (
	"cmp"
	"fmt"
	"slices"

	"galena/internal/lead"
	"galena/internal/rule"
)

// dateOfValue is a value and the latest date at which it stood in an event.
type dateOfValue struct {
	value string
	at    lead.Time
	place int // of that event among those of the signal
}

// values are the different values at a path of a signal's events so far.
func (m *moment) values(signal int, path string) []dateOfValue {
	var list []dateOfValue
	for i := range m.events[:m.seen] {
		v := rule.PathOf(path).Value(&m.events[i])
		if !m.occurs[i][signal] || v.Kind == lead.Missing {
			continue
		}
		one := dateOfValue{fmt.Sprintf("%v %q %v", v.Kind, v.Text, v.Num), m.events[i].Occurred, i}
		k := slices.IndexFunc(list, func(d dateOfValue) bool { return d.value == one.value })
		switch {
		case k < 0:
			list = append(list, one)
		case one.at > list[k].at:
			list[k] = one
		}
	}
	return list
}

// newestValues are those that same(…) knows of: the latest, and of one date those
// that bore it first.
func newestValues(list []dateOfValue) []dateOfValue {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b dateOfValue) int {
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.place, b.place))
	})
	return list[:min(len(list), rule.MaxSame)]
}

// inWindow are the values of a window that ends now; all of them for one of 0.
func (m *moment) inWindow(list []dateOfValue, window int64) []dateOfValue {
	return slices.DeleteFunc(slices.Clone(list), func(d dateOfValue) bool {
		return window > 0 && d.at <= m.now.Add(-window)
	})
}

// said is when the event occurred that said an attribute's present value.
func (m *moment) said(slot int) (at lead.Time, ok bool) {
	if m.Attribute(slot).Kind == lead.Missing {
		return 0, false
	}
	a := &m.plan.Attributes[slot]
	for i := m.seen - 1; i >= 0; i-- {
		for _, path := range a.From {
			given, present := traitOf(&m.events[i], path)
			if !present || m.isOfAnother(i) {
				continue
			}
			if _, readable := lead.Convert(given, a.Kind); readable {
				return m.events[i].Occurred, true
			}
			break
		}
	}
	return 0, false
}
