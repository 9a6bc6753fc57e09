package playbook

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
)

func (r *reader) track(name Word, n *yaml.Node, path string) Track {
	t := Track{Name: name, Label: name.Text}
	o, ok := r.object(n, path, &trackShape)
	if !ok {
		return t
	}
	t.Label, t.Enrol, t.Exit, t.Hours = o.label(t.Label), o.condition("enrol"), o.condition("exit"), o.hours()
	t.Limit = o.limit()
	room := MaxSteps
	t.Steps = o.steps("steps", &room, 0)
	return t
}

// steps reads a list of steps, of which so many may still be had.
func (o object) steps(field string, room *int, depth int) []Step {
	var steps []Step
	if !o.has(field) {
		return nil
	}
	before := *room
	o.list(field, MaxSteps, func(n *yaml.Node, path string) {
		if *room--; *room < 0 {
			if *room == -1 {
				o.report(placeOf(n), path, "the track has more than %d steps", MaxSteps)
			}
			return
		}
		s := o.step(n, path, room, depth)
		if k := len(steps); k > 0 && steps[k-1].Kind == "leave" {
			o.report(s.Place, path, "the track was left in the step before; nobody comes here")
		}
		steps = append(steps, s)
	})
	if *room == before && follow(o.values[field]).Kind == yaml.SequenceNode {
		o.report(o.at(field), o.pathOf(field), "there are no steps")
	}
	return steps
}

func (r *reader) step(n *yaml.Node, path string, room *int, depth int) Step {
	o, ok := r.object(n, path, &stepShape)
	s := Step{Place: placeOf(o.node)}
	if !ok {
		return s
	}
	for _, kind := range stepKinds {
		switch {
		case !o.has(kind):
		case s.Kind == "":
			s.Kind = kind
		default:
			r.report(o.at(kind), o.pathOf(kind), "a step does one thing; this one has %q already", s.Kind)
		}
	}
	if s.Kind == "" {
		if len(o.misspelt) == 0 {
			r.report(s.Place, path, "a step needs one of %s", strings.Join(stepKinds, ", "))
		}
		return s
	}
	for field, of := range map[string]string{"within": "wait_for", "text": "notify"} {
		switch {
		case s.Kind == of && o.lacks(field):
			r.report(o.at(of), o.pathOf(of), "%q needs %q", of, field)
		case s.Kind != of && o.has(field):
			r.report(o.at(field), o.pathOf(field), "%q belongs to %q", field, of)
		}
	}
	switch s.Kind {
	case "send", "notify":
		s.What, s.Text = o.text(s.Kind, maxLabel), o.text("text", maxProse)
	case "wait":
		s.Span = o.duration("wait", 1)
	case "wait_for":
		s.For, s.Span = o.word("wait_for", maxName), o.duration("within", 1)
	case "update":
		s.Sets = o.settings()
	case "webhook":
		s.What = o.address("webhook")
	case "leave":
		if !o.flag("leave") {
			r.report(o.at("leave"), o.pathOf("leave"), `"leave" is true or not there`)
		}
	case "branch":
		r.branch(o.values["branch"], o.pathOf("branch"), &s, room, depth)
	}
	return s
}

func (r *reader) branch(n *yaml.Node, path string, s *Step, room *int, depth int) {
	o, ok := r.object(n, path, &branchShape)
	if !ok {
		return
	}
	if depth == maxBranch {
		r.report(placeOf(o.node), path, "branches stand within branches at most %d deep", maxBranch)
		return
	}
	s.When = o.condition("when")
	s.Then, s.Else = o.steps("then", room, depth+1), o.steps("else", room, depth+1)
}

// settings reads what an update gives to which attribute.
func (o object) settings() []Setting {
	n := follow(o.values["update"])
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		o.mismatch(n, o.pathOf("update"), phrase.New(`"update" is written as attributes with their values`), phrase.New("an attribute with its value"))
		return nil
	}
	var sets []Setting
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], follow(n.Content[i+1])
		s := Setting{Name: Word{key.Value, placeOf(key)}, Place: placeOf(value), Value: value.Value}
		switch number, err := strconv.ParseFloat(value.Value, 64); {
		case value.Kind != yaml.ScalarNode || value.Tag == "!!null":
			o.mismatch(value, join(o.pathOf("update"), key.Value), phrase.New("an attribute is set to a plain value"), phrase.New("text, a number, true or false"))
			continue
		case value.Tag == "!!bool":
			s.Value = strings.EqualFold(value.Value, "true")
		case (value.Tag == "!!int" || value.Tag == "!!float") && err == nil:
			s.Value = number
		}
		sets = append(sets, s)
	}
	return sets
}

// address reads the address of a program that is called.
func (o object) address(field string) string {
	text := o.text(field, maxAddress)
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || slices.Contains([]string{"localhost", "127.0.0.1"}, u.Hostname()) {
		o.mismatch(follow(o.values[field]), o.pathOf(field), phrase.New("%q is not the address of another system", field), phrase.New("an address such as https://crm.example/leads, without a password"))
		return ""
	}
	return text
}
