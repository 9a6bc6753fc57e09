package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// ruleValue is what a rule is worth at a moment, before its cap and floor.
func (f *fold) ruleValue(r int, at lead.Time) lead.Points {
	rl, s := &f.plan.Rules[r], &f.s.rules[r]
	switch {
	case rl.Kind == playbook.WhileTrue:
		switch {
		case !s.holds:
			return 0
		case rl.Compute != nil:
			return s.points
		}
		return rl.Points
	case rl.Decay.Kind == playbook.Lasting:
		return s.points
	case rl.Decay.Kind == playbook.Halving:
		return f.decayed(s.decay, at, rl.Decay.Every)
	}
	return f.steppedSum(r, at)
}

// score is what a score reads at a moment not before the state's.
func (f *fold) score(slot int, at lead.Time) lead.Points {
	if f.excluded() >= 0 {
		return 0
	}
	return f.beneath(slot, at)
}

// beneath is score, whatever exclusion holds.
func (f *fold) beneath(slot int, at lead.Time) lead.Points {
	sc, sum := &f.plan.Scores[slot], f.given(slot, at)
	for _, s := range sc.Of {
		sum = clampSum(sum + f.beneath(s, at))
	}
	return clamp(sum, sc.Cap, sc.Floor)
}

// given is what the rules of a score are worth together.
func (f *fold) given(slot int, at lead.Time) (sum lead.Points) {
	for _, r := range f.plan.Scores[slot].Rules {
		if f.s.worth[r] {
			rl := &f.plan.Rules[r]
			sum = clampSum(sum + clamp(f.ruleValue(r, at), rl.Cap, rl.Floor))
		}
	}
	return sum
}

// rangeBeneath bounds what a score reads anywhere from a to b while nothing else
// happens, exclusions left aside. Each rule's contributions have one sign, so its
// value only moves towards nothing, and sums and clamps keep order.
func (f *fold) rangeBeneath(slot int, a, b lead.Time) (low, high lead.Points) {
	sc := &f.plan.Scores[slot]
	for _, r := range sc.Rules {
		if !f.s.worth[r] {
			continue
		}
		rl := &f.plan.Rules[r]
		l := clamp(f.ruleValue(r, a), rl.Cap, rl.Floor)
		h := l
		if rl.Decay.Kind != playbook.Lasting {
			h = clamp(f.ruleValue(r, b), rl.Cap, rl.Floor)
		}
		low, high = clampSum(low+min(l, h)), clampSum(high+max(l, h))
	}
	for _, s := range sc.Of {
		l, h := f.rangeBeneath(s, a, b)
		low, high = clampSum(low+l), clampSum(high+h)
	}
	return clamp(low, sc.Cap, sc.Floor), clamp(high, sc.Cap, sc.Floor)
}

// fading is how long after a moment time alone may change a score; 0 if it does not.
func (f *fold) fading(slot int) int64 {
	var longest int64
	for _, r := range f.plan.Scores[slot].Rules {
		if !f.s.worth[r] {
			continue
		}
		d, s := f.plan.Rules[r].Decay, &f.s.rules[r]
		switch {
		case d.Kind == playbook.Halving && len(s.decay) > 0:
			longest = max(longest, (oldest+2)*d.Every)
		case d.Kind > playbook.Halving && len(s.steps) > 0:
			longest = max(longest, f.lifetimes[r])
		}
	}
	for _, s := range f.plan.Scores[slot].Of {
		longest = max(longest, f.fading(s))
	}
	return longest
}

func clamp(p lead.Points, upper, lower *lead.Points) lead.Points {
	if upper != nil && p > *upper {
		p = *upper
	}
	if lower != nil && p < *lower {
		p = *lower
	}
	return p
}
