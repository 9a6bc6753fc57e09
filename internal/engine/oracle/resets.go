package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// reset is one that took place. The walk writes them down, like what was read
// before: on that it depends whether there was one.
type reset struct {
	by     *playbook.Rule
	turn   turn
	signal string // "" for time
	event  string // "" for time
	at     lead.Time
}

// resetsUpon writes down the resets of which an event is a signal.
func (m *moment) resetsUpon(event int) {
	e := &m.events[event]
	for i := range m.plan.Rules {
		r := &m.plan.Rules[i]
		if r.Reset == nil || r.Kind != playbook.PerSignal {
			continue
		}
		if slot, hit := m.firstOf(event, r.Signals); hit && m.met(r, event) && calls(r, m.readBefore[event]) {
			m.resets = append(m.resets, reset{r, turn{event + 1, e.Effective(), false}, m.plan.Signals[slot].Name, e.MessageID, e.Occurred})
		}
	}
}

// resetsDue writes down the resets that fall due now.
func (m *moment) resetsDue() {
	for i := range m.plan.Rules {
		r := &m.plan.Rules[i]
		if r.Reset == nil || !calls(r, m.readBeforeDue[m.now]) {
			continue
		}
		due := r.Kind == playbook.PerPeriod && m.periodOf(r.Every, m.now) != m.periodOf(r.Every, m.now-1)
		if r.Kind == playbook.PerSilence {
			for _, t := range m.silences(r) {
				due = due || t == m.now
			}
		}
		if due {
			m.resets = append(m.resets, reset{by: r, turn: turn{m.seen, m.now, false}, at: m.now})
		}
	}
}

// calls says whether a reset's score read so, before, that it resets.
func calls(r *playbook.Rule, before readings) bool {
	switch {
	case r.Reset.Below != nil:
		return before[r.Score] < *r.Reset.Below
	case r.Reset.Above != nil:
		return before[r.Score] > *r.Reset.Above
	}
	return true
}

// nextPeriod is the first moment of the next period of any reset by the calendar.
func (m *moment) nextPeriod() (first lead.Time, ok bool) {
	for i := range m.plan.Rules {
		r := &m.plan.Rules[i]
		if r.Kind != playbook.PerPeriod {
			continue
		}
		// No period is as short as a quarter of a day.
		low, high := m.now, m.now.Add(lead.Day/4)
		for m.periodOf(r.Every, high) == m.periodOf(r.Every, m.now) {
			low, high = high, high.Add(lead.Day/4)
		}
		for high-low > 1 {
			if middle := low + (high-low)/2; m.periodOf(r.Every, middle) == m.periodOf(r.Every, m.now) {
				low = middle
			} else {
				high = middle
			}
		}
		if !ok || high < first {
			first, ok = high, true
		}
	}
	return first, ok
}

// past are the contributions of laps that are over.
func (m *moment) past(r *playbook.Rule) []contribution {
	var past []contribution
	for rest := m.contributions(r); len(rest) > 0 && rest[0].past; {
		n := 0
		for n < len(rest) && rest[n].lap == rest[0].lap {
			n++
		}
		chapters, _ := m.divide(r, rest[:n])
		past = append(past, slices.Concat(chapters...)...)
		rest = rest[n:]
	}
	return past
}

// chapters are the contributions of a rule in the lap that goes on; see divide.
func (m *moment) chapters(r *playbook.Rule) (chapters [][]contribution, between []reset) {
	return m.divide(r, m.current(r))
}

// current are the contributions of the lap that goes on.
func (m *moment) current(r *playbook.Rule) []contribution {
	return slices.DeleteFunc(m.contributions(r), func(c contribution) bool { return c.past })
}

// divide divides contributions of a rule by the resets that took any of them away;
// there is one more chapter than resets.
func (m *moment) divide(r *playbook.Rule, rest []contribution) (chapters [][]contribution, between []reset) {
	for _, x := range m.resets {
		if x.by.Score != r.Score {
			continue
		}
		n := 0
		for n < len(rest) && rest[n].turn.before(x.turn) {
			n++
		}
		chapter := settle(r, rest[:n])
		if len(given(chapter)) == 0 {
			continue // nothing to take away; refused ones stay where they are
		}
		chapters, between = append(chapters, chapter), append(between, x)
		rest = rest[n:]
	}
	return append(chapters, settle(r, rest)), between
}

// standing are the contributions that no reset has taken away.
func (m *moment) standing(r *playbook.Rule) []contribution {
	chapters, _ := m.chapters(r)
	return given(chapters[len(chapters)-1])
}
