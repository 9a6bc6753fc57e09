package generate

import (
	"strings"

	"pgregory.net/rapid"
)

// ofEvents and ofPeople are points that are reckoned, some of them with nothing to
// reckon from.
var (
	ofEvents = []string{
		`properties.n * 2`, `properties.n / 3`, `min(properties.n, 2)`, `properties.n * 0.0005`,
		`properties.n > 2 ? properties.n : 0`, `has(properties.path) ? 3 : properties.n`, `properties.n - employees`,
		`max(properties.n, employees / 100, 1)`,
	}
	ofPeople = []string{
		`employees / 7`, `employees * 0.00025`, `vip ? 5 : employees / 100`, `max(employees, 60) / 10`, `known(title) ? 4 : 2`,
		`size(tags) * 2`, `employees - 50`,
	}
)

func (d *draft) points(t *rapid.T, kind string) {
	if !oneIn(t, 3, "reckoned") {
		points := among(t, []string{"1", "2", "5", "10", "-1", "-5", "-10", "0.5", "0.001", "-0.003", "15.25", "-7.777"}, "points")
		d.line("        points: %s", points)
		return
	}
	text := among(t, ofPeople, "reckoned")
	if kind == "on" && !oneIn(t, 3, "of people") {
		text = among(t, ofEvents, "reckoned")
	}
	switch between(t, 1, 4, "bounds") {
	case 1:
		d.line("        points: '-(%s)'", text)
		d.line("        max: 0")
		d.line("        min: -20")
	case 2:
		d.line("        points: '%s'", text)
		d.line("        min: 0.5")
		d.line("        max: 4.25")
	default:
		d.line("        points: '%s'", text)
		d.line("        max: 20")
	}
}

// met makes the rule ask for more than its signals.
func (d *draft) met(t *rapid.T) {
	if oneIn(t, 3, "condition") {
		d.line("        when: '%s'", join(t, d.atomOfNow))
	}
}

// atomOfNow is an atom of anything but points and the way through the funnel.
func (d *draft) atomOfNow(t *rapid.T) string {
	scores := d.scores
	defer func() { d.scores, d.apart = scores, false }()
	d.scores, d.apart = nil, true
	return d.atom(t)
}

func (d *draft) silence(t *rapid.T) {
	d.line("        silence: %dms", d.stretched(d.scale*int64(between(t, 1, 6, "silence"))))
	d.line("        of: [%s]", strings.Join(some(t, d.signals, "of"), ", "))
}

func (d *draft) reset(t *rapid.T) {
	d.line("        reset: %s", among(t, []string{"all", "{below: 0}", "{above: 5}", "{below: 3}", "{above: 0.5}"}, "reset"))
	switch among(t, []string{"on", "silence", "every", "every"}, "reset by") {
	case "on":
		d.line("        on: [%s]", strings.Join(some(t, d.signals, "on"), ", "))
		d.met(t)
	case "silence":
		d.silence(t)
	case "every":
		d.line("        every: %s", among(t, []string{"day", "week", "month", "day"}, "every"))
	}
}
