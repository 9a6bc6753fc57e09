package engine

import (
	"cmp"
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Decay by steps (docs/adr/0003-points.md §4). Where all contributions of a rule
// are alike but for their dates, a table tells what they are worth.

// stepsOf is what a contribution is worth after 0, 1, 2, … full periods, as long
// as it is worth anything; nil for rules that do not fade by steps.
func stepsOf(p lead.Points, d playbook.Decay) []lead.Points {
	if d.Kind <= playbook.Halving {
		return nil
	}
	steps := []lead.Points{}
	for left := max(p, -p); left > 0; left = lessen(left, d) {
		if p < 0 {
			steps = append(steps, -left)
		} else {
			steps = append(steps, left)
		}
	}
	return steps
}

// lessen takes one step: what is left, a positive number, after a full period.
func lessen(left lead.Points, d playbook.Decay) lead.Points {
	switch d.Kind {
	case playbook.Linear:
		return max(left-d.Loss, 0)
	case playbook.Shrinking:
		// Cut towards nothing, so that it comes to an end.
		return left * lead.Points(100-d.Percent) / 100
	}
	return 0
}

// stepped is what a contribution of a rule that fades by steps is worth at a
// moment.
func (e *Engine) stepped(r int, c dated, at lead.Time) lead.Points {
	rl := &e.plan.Rules[r]
	age := int64(at-c.at) / rl.Decay.Every
	if !rl.Varies() {
		if steps := e.steps[r]; age < int64(len(steps)) {
			return steps[age]
		}
		return 0
	}
	left := max(c.points, -c.points)
	if rl.Decay.Kind == playbook.Linear {
		if age >= int64((left+rl.Decay.Loss-1)/rl.Decay.Loss) {
			return 0
		}
		left -= lead.Points(age) * rl.Decay.Loss
	} else {
		for ; age > 0 && left > 0; age-- {
			left = lessen(left, rl.Decay)
		}
	}
	if c.points < 0 {
		return -left
	}
	return left
}

// steppedSum is what all contributions that a rule remembers are worth.
func (f *fold) steppedSum(r int, at lead.Time) lead.Points {
	given := f.s.rules[r].steps
	oldest := at.Add(-f.lifetimes[r])
	var sum lead.Points
	for i := len(given) - 1; i >= 0 && given[i].at > oldest; i-- {
		sum = clampSum(sum + f.stepped(r, given[i], at))
	}
	return sum
}

// longestLife bounds a lifetime, so that no moment overflows.
const longestLife = 1000 * 365 * lead.Day

// lifetimeOf is the age from which on a contribution of a rule that fades by steps
// is worth nothing, however large it was; steps is the rule's table.
func lifetimeOf(rl *playbook.Rule, steps []lead.Points) int64 {
	periods := int64(len(steps))
	if rl.Varies() {
		periods = rl.Decay.Periods(max(rl.Most, -rl.Least))
	}
	if periods > longestLife/max(rl.Decay.Every, 1) {
		return longestLife
	}
	return periods * rl.Decay.Every
}

// addStepped remembers a contribution that fades by steps, as long as it is worth
// something.
func (f *fold) addStepped(r int, points lead.Points, at lead.Time) {
	s := &f.s.rules[r]
	if len(s.steps) == maxDates {
		if at < s.steps[0].at {
			return
		}
		s.steps = slices.Delete(s.steps, 0, 1)
	}
	i := len(s.steps)
	for i > 0 && s.steps[i-1].at > at {
		i--
	}
	s.steps = slices.Insert(s.steps, i, dated{at, points})
	oldest := s.steps[len(s.steps)-1].at.Add(-f.lifetimes[r])
	s.steps = slices.DeleteFunc(s.steps, func(c dated) bool { return c.at <= oldest })
}

// forgotten marks the parts of a rule that fades by steps which are no longer
// among the newest maxDates that were given; of one date the later ones are newer.
func forgotten(parts []part) map[int]bool {
	var given []int
	for i := range parts {
		if !parts[i].refused && !parts[i].failed {
			given = append(given, i)
		}
	}
	slices.SortStableFunc(given, func(i, j int) int { return cmp.Compare(parts[i].at, parts[j].at) })
	lost := map[int]bool{}
	for _, i := range given[:max(len(given)-maxDates, 0)] {
		lost[i] = true
	}
	return lost
}
