package oracle

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// most bounds every sum.
const most = 1_000_000_000_000_000

// worths tells by rule its value, cap and floor applied, at any moment from now
// on, if nothing but time happens and no silence falls due.
type worths []func(at lead.Time) lead.Points

func (m *moment) worths() worths {
	w := make(worths, len(m.plan.Rules))
	for i := range m.plan.Rules {
		r := &m.plan.Rules[i]
		value := func(lead.Time) lead.Points { return 0 }
		if r.Kind != playbook.WhileTrue {
			standing := m.standing(r)
			value = func(at lead.Time) lead.Points { return worth(r, standing, at) }
		} else if holdsOnLead(r.When, m) {
			points, _ := m.pointsAfter(r, m.seen)
			value = func(lead.Time) lead.Points { return points }
		}
		w[i] = func(at lead.Time) lead.Points { return clamp(value(at), r.Cap, r.Floor) }
	}
	return w
}

// worth is the value of contributions of a rule.
func worth(r *playbook.Rule, all []contribution, at lead.Time) lead.Points {
	total := lead.Points(0)
	switch r.Decay.Kind {
	case playbook.Lasting:
		for _, c := range all {
			total = saturate(total + c.points)
		}
	case playbook.Halving:
		total = saturate(decayed(all, r.Decay.Every, at))
	default:
		for _, p := range stepped(r, all, at) {
			total = saturate(total + p)
		}
	}
	return total
}

// span holds every value that something takes between two moments. At a single
// moment low and high are one.
type span struct{ low, high lead.Points }

// scoreBetween is a score's span between two moments. Decay brings a rule's
// value towards nothing and never turns round, because all its contributions
// have one sign; so the ends of the interval bound it. What is above the rules
// only clamps and adds.
func (m *moment) scoreBetween(w worths, slot int, from, until lead.Time) span {
	s := &m.plan.Scores[slot]
	var sum span
	add := func(low, high lead.Points) {
		sum.low, sum.high = saturate(sum.low+low), saturate(sum.high+high)
	}
	for _, r := range s.Rules {
		a, b := w[r](from), w[r](until)
		add(min(a, b), max(a, b))
	}
	for _, part := range s.Of {
		v := m.scoreBetween(w, part, from, until)
		add(v.low, v.high)
	}
	return span{clamp(sum.low, s.Cap, s.Floor), clamp(sum.high, s.Cap, s.Floor)}
}

// score is a score's value now.
func (m *moment) score(slot int) lead.Points {
	if m.exclusion() != "" {
		return 0
	}
	return m.scoreBetween(m.worths(), slot, m.now, m.now).low
}

// given are the contributions that were not refused.
func given(all []contribution) []contribution {
	var some []contribution
	for _, c := range all {
		if c.given {
			some = append(some, c)
		}
	}
	return some
}

func clamp(p lead.Points, ceiling, floor *lead.Points) lead.Points {
	if ceiling != nil {
		p = min(p, *ceiling)
	}
	if floor != nil {
		p = max(p, *floor)
	}
	return p
}

func saturate(p lead.Points) lead.Points { return min(max(p, -most), most) }
