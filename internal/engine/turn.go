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

// mayTurn says whether time alone can turn an atom the way that matters to its
// condition: rising and falling say which way. It asks for no sum and no window, and is almost always false.
func (f *fold) mayTurn(atom *rule.Atom, rising, falling bool) bool {
	var up, down bool // whether what the atom compares can rise, and fall
	switch atom.Kind {
	case rule.Count, rule.Distinct:
		down = atom.Window != 0
	case rule.Same:
		return falling && atom.Window != 0
	case rule.Score:
		up = f.anyGiven(f.drifts[atom.Slot].recovering)
		down = f.anyGiven(f.drifts[atom.Slot].fading)
	default: // a time since
		up = true
	}
	switch atom.Op {
	case rule.Greater, rule.GreaterOrEqual:
		return up && rising || down && falling
	case rule.Less, rule.LessOrEqual:
		return down && rising || up && falling
	}
	return up || down
}

func (f *fold) anyGiven(rules []int32) bool {
	for _, r := range rules {
		if s := &f.s.rules[r]; s.given > 0 || s.owed {
			return true
		}
	}
	return false
}
