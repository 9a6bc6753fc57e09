package generate

import (
	"fmt"

	"pgregory.net/rapid"
)

// aboutPerson is a condition that reads attributes only. Its text has no single
// quote in it.
func (d *draft) aboutPerson(t *rapid.T) string {
	return join(t, d.fact)
}

// aboutLead is a condition that reads everything. Most begin to matter only when
// something has occurred, or every lead would enter at its first event.
func (d *draft) aboutLead(t *rapid.T) string {
	text := join(t, d.atom)
	if oneIn(t, 4, "at once") {
		return text
	}
	return fmt.Sprintf("%s && (%s)", d.occurred(t), text)
}

// occurred says that some signal has, so many times.
func (d *draft) occurred(t *rapid.T) string {
	signal := among(t, d.signals, "signal")
	return fmt.Sprintf("count(%s) >= %d", signal, among(t, []int{1, 2, 1, 3}, "n"))
}

// join makes a condition of one to three parts.
func join(t *rapid.T, part func(*rapid.T) string) string {
	if oneIn(t, 10, "choice") {
		return fmt.Sprintf("(%s) ? (%s) : (%s)", part(t), part(t), part(t))
	}
	text := part(t)
	for range max(between(t, -1, 2, "more parts"), 0) {
		op := among(t, []string{"&&", "||"}, "operator")
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
	// No native predicate has these shapes.
	`size(title) == 2`,
	`tags.exists(tag, tag == "new")`,
}

func (d *draft) fact(t *rapid.T) string {
	if len(d.segments) > 0 && oneIn(t, 4, "segment") {
		return negate(t, among(t, d.segments, "segment"))
	}
	return negate(t, among(t, facts, "fact"))
}

func negate(t *rapid.T, text string) string {
	if oneIn(t, 4, "not") {
		return "!(" + text + ")"
	}
	return text
}

// paths are where distinct and same look for values.
var paths = []string{"properties.n", "properties.asset", "properties.asset", "page.path", `properties["asset"]`}

// window is the last argument of a function, or none.
func (d *draft) window(t *rapid.T) string {
	if oneIn(t, 4, "ever") {
		return ""
	}
	return ", " + d.duration(t, "window")
}

// atom is a part of a stage's condition.
func (d *draft) atom(t *rapid.T) string {
	signal := among(t, d.signals, "signal")
	op := among(t, []string{">=", ">", "<", "<=", "==", "!="}, "comparison")
	switch between(t, 1, 17, "atom") {
	case 14:
		return negate(t, fmt.Sprintf("distinct(%s, %s%s) %s %d", signal, among(t, paths, "path"), d.window(t), op, between(t, 0, 3, "n")))
	case 15:
		if other := among(t, d.signals, "other"); other != signal {
			return negate(t, fmt.Sprintf("same(%s, %s, %s%s)", signal, other, among(t, paths, "path"), d.window(t)))
		}
		return d.fact(t)
	case 16:
		return negate(t, fmt.Sprintf("since(%s) %s %s", among(t, []string{"title", "employees", "vip", "tier"}, "aged"), op, d.duration(t, "age")))
	case 1:
		return d.fact(t)
	case 2:
		return negate(t, fmt.Sprintf("count(%s) %s %d", signal, op, between(t, 1, 4, "n")))
	case 3:
		return negate(t, fmt.Sprintf("count(%s, %s) %s %d", signal, d.duration(t, "window"), op, between(t, 0, 4, "n")))
	case 4:
		return negate(t, fmt.Sprintf("since(%s) %s %s", signal, op, d.duration(t, "age")))
	case 5:
		// A window that empties, and a while that passes: these turn true by time.
		return fmt.Sprintf("count(%s, %s) < %d", signal, d.duration(t, "window"), between(t, 1, 3, "n"))
	case 6:
		return fmt.Sprintf("since(%s) > %s", signal, d.duration(t, "age"))
	case 7, 8:
		if d.apart {
			return d.fact(t)
		}
		if rapid.Bool().Draw(t, "passage") {
			return passage(t)
		}
		return negate(t, fmt.Sprintf("in_stage %s %s", op, d.duration(t, "stay")))
	}
	if len(d.scores) == 0 {
		return d.fact(t)
	}
	score := among(t, d.scores, "score")
	n := among(t, []string{"0", "1", "4.999", "5", "10", "15", "-1", "-5", "0.001", "2.5", "7.5", "-0.002"}, "threshold")
	return negate(t, fmt.Sprintf("%s %s %s", score, op, n))
}
