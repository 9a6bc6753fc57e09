package engine

import (
	"galena/internal/playbook"
	"galena/internal/rule"
)

// recovering and fading are, for each score, the rules below it whose points
// time alone takes away: those that cost points, so that the score rises as they
// are forgotten, and those that give them.
type drift struct{ recovering, fading []int32 }

// driftOf finds them for a score; those before it are found already.
func driftOf(p *playbook.Plan, score int, before []drift) (d drift) {
	for _, r := range p.Scores[score].Rules {
		switch rl := &p.Rules[r]; {
		case rl.Decay.Kind == playbook.Lasting:
		case rl.Varies():
			d.recovering = append(d.recovering, int32(r))
			d.fading = append(d.fading, int32(r))
		case rl.Points < 0:
			d.recovering = append(d.recovering, int32(r))
		default:
			d.fading = append(d.fading, int32(r))
		}
	}
	for _, s := range p.Scores[score].Of {
		d.recovering = append(d.recovering, before[s].recovering...)
		d.fading = append(d.fading, before[s].fading...)
	}
	return d
}

// mayEverTurn says whether time alone can turn an atom the way that matters to its
// condition, of any lead: rising and falling say which way.
func (e *Engine) mayEverTurn(atom *rule.Atom, rising, falling bool) bool {
	switch atom.Kind {
	case rule.Count, rule.Distinct:
		return mayCross(atom.Op, false, atom.Window != 0, rising, falling)
	case rule.Same:
		return falling && atom.Window != 0
	case rule.Score:
		d := &e.drifts[atom.Slot]
		return mayCross(atom.Op, len(d.recovering) > 0, len(d.fading) > 0, rising, falling)
	default: // a time since
		return mayCross(atom.Op, true, false, rising, falling)
	}
}

// mayTurn says whether the points that a lead has now may turn an atom by fading. It
// asks for no sum, and is almost always false.
func (f *fold) mayTurn(atom *rule.Atom, rising, falling bool) bool {
	d := &f.drifts[atom.Slot]
	return mayCross(atom.Op, f.anyGiven(d.recovering), f.anyGiven(d.fading), rising, falling)
}

// mayCross says whether a comparison can turn the way that matters if what it compares
// can rise (up), and fall (down).
func mayCross(op rule.Op, up, down, rising, falling bool) bool {
	switch op {
	case rule.Greater, rule.GreaterOrEqual:
		return up && rising || down && falling
	case rule.Less, rule.LessOrEqual:
		return down && rising || up && falling
	}
	return up || down
}

func (f *fold) anyGiven(rules []int32) bool {
	for _, r := range rules {
		if f.s.worth[r] {
			return true
		}
	}
	return false
}
