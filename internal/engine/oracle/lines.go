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
	if r.Reset != nil {
		return nil // what it took away stands among the lines of those who gave it
	}
	if r.Kind == playbook.WhileTrue {
		points, ok := m.worthWhile(r)
		if !ok {
			lines = append(lines, Line{Failed: true})
		}
		if points != 0 || r.Compute == nil && holdsOnLead(r.When, m) {
			event, at := m.turnedTrue(r)
			lines = append(lines, Line{Event: event, At: at, Raw: points, Points: points})
		}
	} else {
		lines = lapsedLines(m.past(r))
		chapters, resets := m.chapters(r)
		for i, all := range chapters {
			chapter := m.chapterLines(r, all)
			if i < len(resets) {
				x := resets[i]
				if taken := -sum(chapter); taken != 0 {
					chapter = append(chapter, Line{Rule: x.by.Name, Signal: x.signal, Event: x.event, At: x.at, Raw: taken, Points: taken})
				}
			}
			lines = append(lines, chapter...)
		}
	}
	if change := clampOf(lines, r.Cap, r.Floor); change != 0 {
		lines = append(lines, Line{Capped: change, Points: change})
	}
	for i := range lines {
		lines[i].Score = s.Name
		if lines[i].Rule == "" {
			lines[i].Rule = r.Name
		}
	}
	return lines
}

// worthWhile is what a rule that holds is worth; nothing if it does not. It is false
// of one that holds and cannot be reckoned.
func (m *moment) worthWhile(r *playbook.Rule) (points lead.Points, ok bool) {
	if !holdsOnLead(r.When, m) {
		return 0, true
	}
	return m.pointsAfter(r, m.seen)
}

// lapsedLines are the lines of contributions of laps that are over.
func lapsedLines(all []contribution) []Line {
	var lines []Line
	for _, c := range all {
		line := Line{Signal: c.signal, Event: c.event, At: c.at, Raw: c.points, Failed: c.failed}
		if c.given {
			line.Lapsed = -line.Raw
		} else {
			line.Limited = -line.Raw
		}
		lines = append(lines, line)
	}
	return lines
}

// chapterLines are the lines of contributions between which there was no reset.
func (m *moment) chapterLines(r *playbook.Rule, all []contribution) []Line {
	var lines []Line
	adds := additions(r, given(all), m.now)
	for _, c := range all {
		line := Line{Signal: c.signal, Event: c.event, At: c.at, Raw: c.points, Failed: c.failed}
		if c.given {
			line.Points, adds = adds[0], adds[1:]
			line.Decayed = line.Points - line.Raw
		} else {
			line.Limited = -line.Raw
		}
		lines = append(lines, line)
	}
	return lines
}

// additions are what each of a rule's contributions, in the order of the fold,
// adds to its value.
func additions(r *playbook.Rule, all []contribution, at lead.Time) []lead.Points {
	if r.Decay.Kind != playbook.Lasting && r.Decay.Kind != playbook.Halving {
		return stepped(r, all, at)
	}
	adds := make([]lead.Points, len(all))
	for i := range all {
		adds[i] = worth(r, all[:i+1], at) - worth(r, all[:i], at)
	}
	return adds
}

// turnedTrue is the event by which a rule, which holds now, last began to be worth
// what it is, and when it took effect. Such a rule reads attributes only.
func (m *moment) turnedTrue(r *playbook.Rule) (event string, at lead.Time) {
	then := *m
	is := func(m *moment) lead.Points { points, _ := m.worthWhile(r); return points }
	for holdsOnLead(r.When, &then) && is(&then) == is(m) {
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
