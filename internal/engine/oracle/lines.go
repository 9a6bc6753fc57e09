package oracle

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// read gives every score with its lines.
func (m *moment) read() []Score {
	scores := make([]Score, len(m.plan.Scores))
	excluded := m.exclusion() != ""
	for slot := range m.plan.Scores {
		s := &m.plan.Scores[slot]
		scores[slot].Name = s.Name
		if excluded {
			continue
		}
		var lines []Line
		for _, r := range s.Rules {
			lines = append(lines, m.ruleLines(s, &m.plan.Rules[r])...)
		}
		for _, part := range s.Of {
			lines = append(lines, scores[part].Lines...)
		}
		if change := clampOf(lines, s.Cap, s.Floor); change != 0 {
			name := "cap"
			if change > 0 {
				name = "floor"
			}
			lines = append(lines, Line{Score: s.Name, Rule: name, Capped: change, Points: change})
		}
		scores[slot].Lines, scores[slot].Points = lines, sum(lines)
	}
	return scores
}

// ruleLines are a rule's lines and, if its cap or floor changed its value, the
// line that says so.
func (m *moment) ruleLines(s *playbook.Score, r *playbook.Rule) []Line {
	var lines []Line
	if r.Kind == playbook.WhileTrue {
		if holdsOnLead(r.When, m) {
			event, at := m.turnedTrue(r)
			lines = append(lines, Line{Event: event, At: at, Raw: r.Points, Points: r.Points})
		}
	} else {
		all := m.contributions(r)
		adds := additions(r, given(all), m.now)
		for _, c := range all {
			line := Line{Signal: c.signal, Event: c.event, At: c.at, Raw: r.Points}
			switch {
			case !c.given:
				line.Limited = -line.Raw
			case c.past:
				line.Lapsed = -line.Raw
			default:
				line.Points, adds = adds[0], adds[1:]
				line.Decayed = line.Points - line.Raw
			}
			lines = append(lines, line)
		}
	}
	if change := clampOf(lines, r.Cap, r.Floor); change != 0 {
		lines = append(lines, Line{Capped: change, Points: change})
	}
	for i := range lines {
		lines[i].Score, lines[i].Rule = s.Name, r.Name
	}
	return lines
}

// additions are what each of a rule's contributions, in the order of the fold,
// adds to its value.
func additions(r *playbook.Rule, dates []lead.Time, at lead.Time) []lead.Points {
	if r.Decay.Kind != playbook.Lasting && r.Decay.Kind != playbook.Halving {
		return stepped(r, dates, at)
	}
	adds := make([]lead.Points, len(dates))
	for i := range dates {
		adds[i] = worth(r, dates[:i+1], at) - worth(r, dates[:i], at)
	}
	return adds
}

// turnedTrue is the event by which the condition of a rule, which holds now,
// last began to, and when it took effect. Such a condition reads attributes
// only.
func (m *moment) turnedTrue(r *playbook.Rule) (event string, at lead.Time) {
	then := *m
	for holdsOnLead(r.When, &then) {
		cause := &m.events[then.seen-1]
		event, at = cause.MessageID, cause.Effective()
		then.seen--
	}
	return event, at
}

// clampOf is what a cap and floor add to the sum of lines.
func clampOf(lines []Line, ceiling, floor *lead.Points) lead.Points {
	return clamp(sum(lines), ceiling, floor) - sum(lines)
}

func sum(lines []Line) lead.Points {
	var total lead.Points
	for _, l := range lines {
		total = saturate(total + l.Points)
	}
	return total
}
