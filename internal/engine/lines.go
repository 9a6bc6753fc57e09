package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// ruleLines explains one rule, and gives the sum of its lines.
func (f *fold) ruleLines(r int, at lead.Time) (lines []Line, sum lead.Points) {
	rl, t := &f.plan.Rules[r], &f.trace.rules[r]
	blank := Line{Score: f.plan.Scores[rl.Score].Name, Rule: rl.Name, Label: rl.Label}
	if rl.Kind == playbook.WhileTrue {
		l := blank
		switch {
		case f.s.rules[r].holds:
			l.Event, l.At = t.event, t.at
			l.Raw = f.ruleValue(r, at)
			l.Points = l.Raw
			lines, sum = append(lines, l), l.Points
		case f.fails(rl):
			l.Failed = true
			lines = append(lines, l)
		}
	}
	for i := range t.parts[:t.past] {
		p := &t.parts[i]
		if p.reset != nil {
			continue // what it took counts nothing any more
		}
		l := f.partLine(blank, p)
		if p.refused {
			l.Limited = -l.Raw
		} else {
			l.Lapsed = -l.Raw
		}
		lines = append(lines, l)
	}
	for parts := t.parts[t.past:]; len(parts) > 0; {
		n := slices.IndexFunc(parts, func(p part) bool { return p.reset != nil })
		if n < 0 {
			n = len(parts)
		}
		given, worth := f.partLines(r, blank, parts[:n], at)
		lines = append(lines, given...)
		sum = clampSum(sum + worth)
		parts = parts[n:]
		if len(parts) == 0 {
			break
		}
		// The reset takes away what is left of all that was given before it.
		if worth != 0 {
			lines = append(lines, f.resetLine(blank, &parts[0], -worth))
			sum = clampSum(sum - worth)
		}
		parts = parts[1:]
	}
	if clamped := clamp(sum, rl.Cap, rl.Floor); clamped != sum {
		lines = append(lines, clampLine(blank.Score, rl.Name, rl.Label+", clamped", clamped-sum))
		sum = clamped
	}
	return lines, sum
}

// fails says of a rule whose points follow from attributes that it would give some if
// they could be reckoned.
func (f *fold) fails(rl *playbook.Rule) bool {
	if rl.Compute == nil || rl.When.OnLead(f.lookAt(f.s.At)) != rule.True {
		return false
	}
	_, ok := f.compute(rl, nil)
	return !ok
}

// partLines explains contributions of a rule between which there was no reset.
func (f *fold) partLines(r int, blank Line, parts []part, at lead.Time) (lines []Line, sum lead.Points) {
	rl := &f.plan.Rules[r]
	var epochs []epoch
	lost := map[int]bool{}
	if rl.Decay.Kind > playbook.Halving {
		lost = forgotten(parts)
	}
	for i, p := range parts {
		l := f.partLine(blank, &p)
		switch {
		case p.failed: // it gave nothing
		case p.refused:
			l.Limited = -l.Raw
		case rl.Decay.Kind == playbook.Lasting:
			l.Points = l.Raw
		case rl.Decay.Kind == playbook.Halving:
			epochs = addDecaying(epochs, p.points, p.at, rl.Decay.Every)
			l.Points = decayed(epochs, at, rl.Decay.Every) - sum
			l.Decayed = l.Points - l.Raw
		default:
			if !lost[i] {
				l.Points = f.stepped(r, dated{p.at, p.points}, at)
			}
			l.Decayed = l.Points - l.Raw
		}
		sum += l.Points
		lines = append(lines, l)
	}
	return lines, sum
}

// partLine is a contribution's line but for what it is worth.
func (f *fold) partLine(blank Line, p *part) Line {
	blank.Event, blank.At, blank.Raw, blank.Signal = p.event, p.at, p.points, f.signalName(p.signal)
	blank.Failed = p.failed
	if p.note != "" {
		blank.Label += ": " + p.note
	}
	return blank
}

// resetLine says which reset took so many points away, and upon what.
func (f *fold) resetLine(blank Line, p *part, points lead.Points) Line {
	return Line{
		Score: blank.Score, Rule: p.reset.Name, Label: p.reset.Label + ": " + blank.Label,
		Signal: f.signalName(p.signal), Event: p.event, At: p.at, Raw: points, Points: points,
	}
}

// signalName is "" for what no signal caused.
func (f *fold) signalName(slot int) string {
	if slot < 0 {
		return ""
	}
	return f.plan.Signals[slot].Name
}
