package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// Worth is what one contribution of p is worth at an age, in milliseconds, to the
// thousandth as a step finds it: for pictures of a decay.
func Worth(p lead.Points, d playbook.Decay, age int64) lead.Points {
	if d.Kind == playbook.Lasting {
		return p
	}
	if d.Kind == playbook.Halving {
		return decayed(addDecaying(nil, p, 0, d.Every), lead.Time(age), d.Every)
	}
	left := p.Abs()
	for n := age / d.Every; n > 0 && left > 0; n-- {
		left = lessen(left, d)
	}
	if p < 0 {
		return -left
	}
	return left
}
