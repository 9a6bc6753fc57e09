package oracle

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// remembered is how many contributions of a rule that fades by steps are worth
// anything: the newest.
const remembered = 400

// stepped is what each contribution of a rule that fades by steps is worth at a
// moment; they are in the order of the fold.
func stepped(r *playbook.Rule, all []contribution, at lead.Time) []lead.Points {
	worths := make([]lead.Points, len(all))
	for i, c := range all {
		newer := 0
		for j, d := range all {
			if d.at > c.at || d.at == c.at && j > i {
				newer++
			}
		}
		if newer < remembered {
			worths[i] = left(c.points, r.Decay, int64(at-c.at)/r.Decay.Every)
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
