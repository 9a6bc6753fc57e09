package generate

import (
	"fmt"

	"pgregory.net/rapid"
)

// aboutPerson is a condition that reads attributes only. Its text has no single
// quote in it.
func (d *draft) aboutPerson(t *rapid.T, stage bool) string {
	return join(t, func(t *rapid.T) string { return fact(t, stage) })
}

// aboutLead is a condition that reads everything.
func (d *draft) aboutLead(t *rapid.T) string {
	return join(t, d.atom)
}

// join makes a condition of one to three parts.
func join(t *rapid.T, part func(*rapid.T) string) string {
	text := part(t)
	for range max(rapid.IntRange(-1, 2).Draw(t, "more parts"), 0) {
		op := rapid.SampledFrom([]string{"&&", "||"}).Draw(t, "operator")
		text = fmt.Sprintf("(%s) %s (%s)", text, op, part(t))
	}
	return text
}

var facts = []string{
	`title == "VP"`,
	`title.startsWith("V")`,
	`title in ["VP", "CTO"]`,
	`employees >= 50`,
	`employees < 200`,
	`employees != 50`,
	`vip`,
	`vip == true`,
	`"hot" in tags`,
	`tier == "pro"`,
	`known(title)`,
	`known(employees)`,
	`known(email)`,
	`email_domain == "corp.example"`,
	`email.endsWith(".example")`,
	`account == "corp.example"`,
	`account in ["g1", "g2"]`,
	`identified`,
	`reachable`,
}

func fact(t *rapid.T, stage bool) string {
	choices := facts
	if stage {
		choices = append([]string{`stage == "Lead"`, `stage in ["MQL", "SAL"]`, `known(stage)`, `stage != "Lead"`}, facts...)
	}
	return negate(t, rapid.SampledFrom(choices).Draw(t, "fact"))
}

func negate(t *rapid.T, text string) string {
	if oneIn(t, 4, "not") {
		return "!(" + text + ")"
	}
	return text
}

// atom is a part of a stage's condition.
func (d *draft) atom(t *rapid.T) string {
	signal := rapid.SampledFrom(d.signals).Draw(t, "signal")
	op := rapid.SampledFrom([]string{">=", ">", "<", "<=", "==", "!="}).Draw(t, "comparison")
	switch rapid.SampledFrom([]string{"score", "count in", "count", "since", "fact", "stage", "score"}).Draw(t, "atom") {
	case "count":
		return negate(t, fmt.Sprintf("count(%s) %s %d", signal, op, rapid.IntRange(0, 4).Draw(t, "n")))
	case "count in":
		return negate(t, fmt.Sprintf("count(%s, %s) %s %d", signal, d.duration(t, "window"), op, rapid.IntRange(0, 4).Draw(t, "n")))
	case "since":
		return negate(t, fmt.Sprintf("since(%s) %s %s", signal, op, d.duration(t, "age")))
	case "fact":
		return fact(t, d.SelfReference)
	case "stage":
		if !d.SelfReference {
			// True only some time after the entry, never by it.
			op := rapid.SampledFrom([]string{">=", ">"}).Draw(t, "comparison")
			return fmt.Sprintf("in_stage %s %s", op, d.duration(t, "stay"))
		}
		return negate(t, fmt.Sprintf("in_stage %s %s", op, d.duration(t, "stay")))
	}
	score := rapid.SampledFrom(d.scores).Draw(t, "score")
	n := rapid.SampledFrom([]string{"0", "1", "4.999", "5", "10", "15", "-1", "-5", "0.001", "2.5", "7.5", "-0.002"}).Draw(t, "threshold")
	return negate(t, fmt.Sprintf("%s %s %s", score, op, n))
}
