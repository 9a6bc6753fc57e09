package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// Most scores are far from the numbers that conditions compare them with. So when
// one is summed, it is remembered between what it stays from then on: points fade
// towards nothing, and what is given besides can be added.

// bound is between what a score reads, exclusions left aside, from when it was
// summed until forget is called.
type bound struct {
	known     bool
	low, high lead.Points
}

// holdsOfScore says whether a score's comparison holds at a moment not before the
// state's. It is not asked of the excluded, whose scores read nothing: only stages
// and exits hang on points, and for them these stand still.
func (f *fold) holdsOfScore(a *rule.Atom, at lead.Time) bool {
	if b := &f.bounds[a.Slot]; b.known && a.Op >= rule.Less {
		holds := a.Op.Compare(int64(b.low), a.N)
		if holds == a.Op.Compare(int64(b.high), a.N) {
			return holds
		}
	}
	return a.Op.Compare(int64(f.sum(a.Slot, at)), a.N)
}

// sum is beneath, and remembers the bounds.
func (f *fold) sum(slot int, at lead.Time) lead.Points {
	sc := &f.plan.Scores[slot]
	var sum, low, high lead.Points
	for _, r := range sc.Rules {
		if !f.s.worth[r] {
			continue
		}
		rl := &f.plan.Rules[r]
		now := clamp(f.ruleValue(r, at), rl.Cap, rl.Floor)
		least, most := now, now
		if rl.Decay.Kind != playbook.Lasting {
			faded := clamp(0, rl.Cap, rl.Floor)
			least, most = min(now, faded), max(now, faded)
		}
		sum, low, high = clampSum(sum+now), clampSum(low+least), clampSum(high+most)
	}
	for _, s := range sc.Of {
		sum = clampSum(sum + f.sum(s, at))
		low, high = clampSum(low+f.bounds[s].low), clampSum(high+f.bounds[s].high)
	}
	f.bounds[slot] = bound{true, clamp(low, sc.Cap, sc.Floor), clamp(high, sc.Cap, sc.Floor)}
	return clamp(sum, sc.Cap, sc.Floor)
}

// rounded is by how much more than itself a contribution may change a score, since
// sums are rounded, not their parts.
const rounded = lead.Points(1)

// widen moves the bounds of a score, and of the totals above it, by what is given.
func (f *fold) widen(score int, points lead.Points) {
	for _, slot := range f.above[score] {
		if b := &f.bounds[slot]; b.known {
			sc := &f.plan.Scores[slot]
			if points > 0 {
				b.high = clamp(clampSum(b.high+points+rounded), sc.Cap, sc.Floor)
			} else {
				b.low = clamp(clampSum(b.low+points-rounded), sc.Cap, sc.Floor)
			}
		}
		f.settled = f.settled && f.isClear(slot)
	}
}

// aboveOf lists a score and the totals that it is in, directly or not, each as often
// as it is.
func aboveOf(p *playbook.Plan, score int) []int {
	above := []int{score}
	for s := score + 1; s < len(p.Scores); s++ {
		for _, of := range p.Scores[s].Of {
			for _, a := range above {
				if a == of {
					above = append(above, s)
				}
			}
		}
	}
	return above
}
