package engine

import (
	"cmp"
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Decay by steps (docs/adr/0003-points.md §4). All contributions of a rule are
// alike but for their dates, so a table and the dates tell what they are worth.

// stepsOf is what a contribution is worth after 0, 1, 2, … full periods, as long
// as it is worth anything; nil for rules that do not fade by steps.
func stepsOf(p lead.Points, d playbook.Decay) []lead.Points {
	var next func(left lead.Points) lead.Points
	switch d.Kind {
	case playbook.Linear:
		next = func(left lead.Points) lead.Points { return left - d.Loss }
	case playbook.Shrinking:
		// Cut towards nothing, so that it comes to an end.
		next = func(left lead.Points) lead.Points { return left * lead.Points(100-d.Percent) / 100 }
	case playbook.Expiring:
		next = func(lead.Points) lead.Points { return 0 }
	default:
		return nil
	}
	steps := []lead.Points{}
	for left := max(p, -p); left > 0; left = next(left) {
		if p < 0 {
			steps = append(steps, -left)
		} else {
			steps = append(steps, left)
		}
	}
	return steps
}

// stepped is what a contribution of a rule that fades by steps is worth at a
// moment.
func (e *Engine) stepped(r int, date, at lead.Time) lead.Points {
	steps := e.steps[r]
	if age := int64(at-date) / e.plan.Rules[r].Decay.Every; age < int64(len(steps)) {
		return steps[age]
	}
	return 0
}

// steppedSum is what all contributions that a rule remembers are worth.
func (f *fold) steppedSum(r int, at lead.Time) lead.Points {
	dates := f.s.rules[r].dates
	oldest := at.Add(-f.lifetime(r))
	var sum lead.Points
	for i := len(dates) - 1; i >= 0 && dates[i] > oldest; i-- {
		sum = clampSum(sum + f.stepped(r, dates[i], at))
	}
	return sum
}

// lifetime is the age from which on a contribution that fades by steps is worth
// nothing.
func (e *Engine) lifetime(r int) int64 {
	return int64(len(e.steps[r])) * e.plan.Rules[r].Decay.Every
}

// addStepped remembers a contribution that fades by steps. Where no limit needs
// the dates they are kept only as long as they are worth something.
func (f *fold) addStepped(r int, at lead.Time) {
	s := &f.s.rules[r]
	if f.plan.Rules[r].Limit.Period != playbook.Ever {
		return // allow has remembered it
	}
	s.remember(at)
	oldest := s.dates[len(s.dates)-1].Add(-f.lifetime(r))
	s.dates = slices.DeleteFunc(s.dates, func(t lead.Time) bool { return t <= oldest })
}

// remember keeps a date, and of more than maxDates the newest.
func (s *ruleState) remember(at lead.Time) {
	if len(s.dates) == maxDates {
		if at < s.dates[0] {
			return
		}
		s.dates = slices.Delete(s.dates, 0, 1)
	}
	if s.dates == nil {
		s.dates = make([]lead.Time, 0, fewTimes)
	}
	i, _ := slices.BinarySearch(s.dates, at)
	s.dates = slices.Insert(s.dates, i, at)
}

// forgotten marks the parts of a rule that fades by steps which are no longer
// among the newest maxDates that were given, from the first that counts on; of
// one date the later ones are newer.
func forgotten(parts []part, first int) map[int]bool {
	var given []int
	for i := first; i < len(parts); i++ {
		if !parts[i].refused {
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
