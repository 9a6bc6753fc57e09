package oracle

import (
	"strings"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Attribute is the value of an attribute at the moment.
func (m *moment) Attribute(slot int) *lead.Value {
	switch slot {
	case playbook.BuiltinEmail:
		return text(m.email())
	case playbook.BuiltinEmailDomain:
		_, domain, _ := strings.Cut(m.email(), "@")
		return text(strings.ToLower(domain))
	case playbook.BuiltinAccount:
		return text(m.account())
	case playbook.BuiltinIdentified:
		return boolean(m.identified())
	case playbook.BuiltinReachable:
		return boolean(m.reachable())
	case playbook.BuiltinStage:
		return text(m.stage)
	case playbook.BuiltinPreviousStage:
		if len(m.decisions) == 0 {
			return &lead.Value{}
		}
		return text(m.decisions[len(m.decisions)-1].From)
	case playbook.BuiltinPastStages:
		if past := m.pastStages(); len(past) > 0 {
			return &lead.Value{Kind: lead.List, List: past}
		}
		return &lead.Value{}
	case playbook.BuiltinCycle:
		if m.cycle() == 0 {
			return &lead.Value{}
		}
		return &lead.Value{Kind: lead.Number, Num: float64(m.cycle())}
	}
	if slot == m.plan.Persona {
		for _, p := range m.plan.Personas {
			if holdsOnLead(p.When, m) {
				return text(p.Name)
			}
		}
		return &lead.Value{}
	}
	a := &m.plan.Attributes[slot]
	return m.trait(a.From, a.Kind)
}

// trait is the last word of the events on an attribute. What cannot be read as
// the attribute's kind is no word on it.
func (m *moment) trait(paths [][]string, kind lead.Kind) *lead.Value {
	for i := m.seen - 1; i >= 0; i-- {
		for place, path := range paths {
			given, present := traitOf(&m.events[i], path)
			if !present || m.isOfAnother(i) {
				continue
			}
			if m.isOverruled(i, place, paths) {
				break
			}
			if v, readable := lead.Convert(given, kind); readable {
				return &v
			}
			break
		}
	}
	return &lead.Value{}
}

// isOfAnother says that an event is of a company that was not the lead's by then.
func (m *moment) isOfAnother(i int) bool {
	e := &m.events[i]
	then := moment{story: m.story, seen: i}
	return e.Type == lead.Act && (then.account() == "" || e.Properties["account"] != then.account())
}

// isOverruled says that a group call names a path of an attribute while the same
// account, of which the lead has been since, told something by an earlier one.
func (m *moment) isOverruled(call, place int, paths [][]string) bool {
	if m.events[call].Type != lead.Group {
		return false
	}
	accountAfter := func(i int) string {
		then := moment{story: m.story, seen: i + 1}
		return then.account()
	}
	for i := call - 1; i >= 0 && accountAfter(i) == accountAfter(call); i-- {
		if e := &m.events[i]; e.Type != lead.Group && e.Type != lead.Act || m.isOfAnother(i) {
			continue
		}
		for before, path := range paths {
			if _, present := traitOf(&m.events[i], path); present {
				if before < place {
					return true
				}
				if m.events[i].Type == lead.Act {
					return false // all that the account had told by then
				}
				break
			}
		}
	}
	return false
}

// traitOf looks a path up in the traits of an event: those of a group, or of what
// the company tells, if the path begins with "account", else those of an identify.
func traitOf(e *lead.Event, path []string) (value any, present bool) {
	ofGroup := len(path) > 1 && path[0] == "account"
	switch {
	case e.Type == lead.Group && ofGroup:
		return lookUp(e.Traits, path[1:])
	case e.Type == lead.Act && e.Name == lead.ActAccount && ofGroup:
		told, _ := e.Properties["traits"].(map[string]any)
		return lookUp(told, path[1:])
	case e.Type == lead.Identify && !ofGroup:
		if v, ok := lookUp(e.Traits, path); ok {
			return v, true
		}
		inner, _ := e.Context["traits"].(map[string]any)
		return lookUp(inner, path)
	}
	return nil, false
}

func lookUp(object map[string]any, path []string) (value any, present bool) {
	value, present = object[path[0]]
	if !present || len(path) == 1 {
		return value, present
	}
	inner, _ := value.(map[string]any)
	return lookUp(inner, path[1:])
}

// email is the first address that an event named.
func (m *moment) email() string {
	for _, e := range m.events[:m.seen] {
		if e.Email != "" {
			return e.Email
		}
	}
	return ""
}

// account is the last group the lead was put in, else the company of its first
// address.
func (m *moment) account() string {
	for i := m.seen - 1; i >= 0; i-- {
		if e := &m.events[i]; e.Type == lead.Group && e.GroupID != "" {
			return e.GroupID
		}
	}
	for _, e := range m.events[:m.seen] {
		if e.Email != "" {
			return e.Company
		}
	}
	return ""
}

func (m *moment) identified() bool {
	for _, e := range m.events[:m.seen] {
		if e.UserID != "" || e.Email != "" {
			return true
		}
	}
	return false
}

func (m *moment) reachable() bool {
	phone := m.trait([][]string{{"phone"}}, lead.Text)
	linkedIn := m.trait([][]string{{"linkedin"}, {"linkedin_url"}}, lead.Text)
	return m.email() != "" || phone.Kind != lead.Missing || linkedIn.Kind != lead.Missing
}

func text(s string) *lead.Value {
	if s == "" {
		return &lead.Value{}
	}
	return &lead.Value{Kind: lead.Text, Text: s}
}

func boolean(b bool) *lead.Value {
	v := &lead.Value{Kind: lead.Bool}
	if b {
		v.Num = 1
	}
	return v
}
