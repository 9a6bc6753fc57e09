package playbook

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
	"galena/internal/rule"
)

func (r *reader) stage(n *yaml.Node, path string) StageDecl {
	o, ok := r.object(n, path, &stageShape)
	if !ok {
		return StageDecl{}
	}
	s := StageDecl{
		Name: o.word("name", maxLabel), Role: o.word("role", maxLabel),
		When: o.condition("when"), FastTrack: o.condition("fast_track"), BackWhen: o.condition("back_when"),
		ByHand: o.flag("by_hand"), Side: o.flag("side"), Back: o.flag("back"),
	}
	if o.has("back_to") {
		s.BackTo = o.word("back_to", maxLabel)
	}
	s.Label = o.label(s.Name.Text)
	r.oneOf(s.Role, o.pathOf("role"), phrase.Term("role"), Roles)
	switch {
	case s.ByHand && (o.has("when") || o.has("fast_track")):
		r.report(o.at("by_hand"), o.pathOf("by_hand"), `a stage that is entered by hand has no criterion; a person may put leads into the others, too`)
	case !s.ByHand && o.lacks("when", "fast_track", "by_hand"):
		r.report(placeOf(o.node), path, `a stage needs "when", its criterion, or "by_hand: true"`)
	}
	switch {
	case s.Back && o.has("back_when"):
		r.report(o.at("back"), o.pathOf("back"), `a stage has either "back: true", when its criterion no longer holds, or "back_when"`)
	case s.Back && s.ByHand:
		r.report(o.at("back"), o.pathOf("back"), `a stage that is entered by hand has no criterion that could cease to hold; it takes "back_when"`)
	case o.has("back_to") && !s.Back && o.lacks("back", "back_when"):
		r.report(o.at("back_to"), o.pathOf("back_to"), `"back_to" says where to and needs "back: true" or "back_when", which say when`)
	}
	return s
}

func (r *reader) exit(n *yaml.Node, path string) ExitDecl {
	o, ok := r.object(n, path, &exitShape)
	if !ok {
		return ExitDecl{}
	}
	x := ExitDecl{
		Name: o.word("name", maxLabel), Role: o.word("role", maxLabel), When: o.condition("when"),
		ByHand: o.flag("by_hand"), Reasons: o.words("reasons", maxLabel), Final: o.flag("final"),
	}
	x.Label = o.label(x.Name.Text)
	r.oneOf(x.Role, o.pathOf("role"), phrase.Term("role of an exit"), ExitRoles)
	if x.CoolDown = o.duration("cool_down", 1); x.CoolDown > rule.MaxSpan {
		r.report(o.at("cool_down"), o.pathOf("cool_down"), "a cool-down is at most ten years; an exit that nothing but a person leads out of is \"final: true\"")
	}
	switch {
	case x.ByHand && o.has("when"):
		r.report(o.at("by_hand"), o.pathOf("by_hand"), `an exit has either "when" or "by_hand: true"; a person may put leads into the others, too`)
	case !x.ByHand && o.lacks("when", "by_hand"):
		r.report(placeOf(o.node), path, `an exit needs "when", its condition, or "by_hand: true"`)
	case x.Final && o.has("cool_down"):
		r.report(o.at("cool_down"), o.pathOf("cool_down"), "nothing but a person leads out of a final exit, so it needs no cool-down")
	}
	return x
}

// flag reads a truth value; false where there is none.
func (o object) flag(field string) bool {
	n := o.values[field]
	if n == nil {
		return false
	}
	n = follow(n)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		o.mismatch(n, o.pathOf(field), phrase.New("%q is neither true nor false", field), phrase.New("true or false"))
		return false
	}
	return strings.EqualFold(n.Value, "true")
}
