package playbook

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// worth reads what a rule gives or takes: points, points that are reckoned with
// their bounds, or a reset.
func (o object) worth(rl *RuleDecl) {
	if o.has("reset") {
		rl.Reset = o.reset()
		return
	}
	n := o.values["points"]
	if n == nil {
		if !o.misspelt["points"] {
			o.report(placeOf(o.node), o.path, `a rule needs the field "points", or "reset"`)
		}
		return
	}
	if reckons(follow(n)) {
		rl.Compute = o.condition("points")
		rl.Least, rl.Most = o.between()
		return
	}
	for _, field := range []string{"min", "max"} {
		if o.has(field) {
			o.report(o.at(field), o.pathOf(field), `%q bounds points that are reckoned, such as properties.seats * 2; these are written out`, field)
		}
	}
	var ok bool
	if rl.Points, ok = o.pointsOf(n, o.pathOf("points"), phrase.Verbatim(`"points"`)); ok && rl.Points == 0 {
		o.warn(o.at("points"), o.pathOf("points"), "a rule of 0 points changes no score")
	}
}

// reckons says whether points are an expression: a text that is no number.
func reckons(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		return false
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(n.Value), ",", ""), 64)
	return err != nil && strings.TrimSpace(n.Value) != ""
}

// between reads the bounds of points that are reckoned. They are of one sign: a
// rule's points only ever fade towards nothing.
func (o object) between() (least, most lead.Points) {
	low, high := o.bound("min"), o.bound("max")
	least, most = 0, lead.MaxPoints
	switch {
	case low != nil && high != nil:
		least, most = *low, *high
	case high != nil && *high <= 0:
		least, most = -lead.MaxPoints, *high
	case high != nil:
		most = *high
	case low != nil && *low < 0:
		least, most = *low, 0
	case low != nil:
		least = *low
	}
	switch {
	case least > most:
		o.report(o.at("max"), o.pathOf("max"), `"max" %v lies below "min" %v`, most, least)
	case least < 0 && most > 0:
		o.report(o.at("min"), o.pathOf("min"), `one rule either gives points or takes them: "min" %v and "max" %v are of two signs; make two rules of it`, least, most)
	case least == 0 && most == 0:
		o.report(o.at("max"), o.pathOf("max"), "between 0 and 0 no points are given")
	}
	return least, most
}

// reset reads on what reading a score is reset: "all" for any.
func (o object) reset() *Reset {
	n := follow(o.values["reset"])
	if n.Kind == yaml.ScalarNode && n.Value == "all" {
		return &Reset{}
	}
	if n.Kind != yaml.MappingNode {
		o.mismatch(n, o.pathOf("reset"), phrase.New("this does not say what is reset"), phrase.New("one of %s", `"all", {below: 0}, {above: 100}`))
		return &Reset{}
	}
	r, ok := o.object(n, o.pathOf("reset"), &resetShape)
	if !ok {
		return &Reset{}
	}
	reset := &Reset{Below: r.bound("below"), Above: r.bound("above")}
	if r.lacks("below", "above") || r.has("below") && r.has("above") {
		r.report(placeOf(n), r.path, `a reset has one of "below" and "above"; one that needs neither is written "all"`)
	}
	return reset
}

// calendar reads a period of the calendar.
func (o object) calendar(field string) Period {
	w := o.word(field, maxLabel)
	if o.oneOf(w, o.pathOf(field), phrase.Term("period of the calendar"), calendarNames) {
		for p, name := range calendarNames {
			if name == w.Text {
				return PerDay + Period(p)
			}
		}
	}
	return PerDay
}

// calendarNames are PerDay, PerWeek and PerMonth as they are written.
var calendarNames = []string{"day", "week", "month"}
