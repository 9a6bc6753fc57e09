package oracle

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// remembered is how many contributions of a rule that fades by steps are worth
// anything: the newest.
const remembered = 400

// stepped is what each contribution of a rule that fades by steps is worth at a
// moment; the dates are in the order of the fold.
func stepped(r *playbook.Rule, dates []lead.Time, at lead.Time) []lead.Points {
	worths := make([]lead.Points, len(dates))
	for i, t := range dates {
		newer := 0
		for j, u := range dates {
			if u > t || u == t && j > i {
				newer++
			}
		}
		if newer < remembered {
			worths[i] = left(r.Points, r.Decay, int64(at-t)/r.Decay.Every)
		}
	}
	return worths
}

// left is what remains of points after so many full periods.
func left(p lead.Points, d playbook.Decay, periods int64) lead.Points {
	if p < 0 {
		return -left(-p, d, periods)
	}
	switch d.Kind {
	case playbook.Linear:
		return max(p-min(lead.Points(periods), p)*d.Loss, 0)
	case playbook.Shrinking:
		for ; periods > 0 && p > 0; periods-- {
			p -= (p*lead.Points(d.Percent) + 99) / 100
		}
		return p
	default: // playbook.Expiring
		if periods > 0 {
			return 0
		}
		return p
	}
}
