package engine

import (
	"strings"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// attributes applies what an event says about the person and says whether
// anything changed.
func (f *fold) attributes(e *lead.Event, occurred lead.Time) bool {
	s := f.s
	if !s.news(e) {
		return false
	}
	changed := false
	set := func(slot int, v lead.Value) {
		if !s.attributes[slot].Equal(v) {
			s.attributes[slot] = v
			changed = true
		}
	}
	join := func(account string) {
		if v := text(account); !s.attributes[playbook.BuiltinAccount].Equal(v) {
			set(playbook.BuiltinAccount, v)
			clear(s.paths)
		}
	}
	if e.Email != "" && s.attributes[playbook.BuiltinEmail].Kind == lead.Missing {
		set(playbook.BuiltinEmail, text(e.Email))
		_, domain, _ := strings.Cut(e.Email, "@")
		set(playbook.BuiltinEmailDomain, text(domain))
		if !s.grouped {
			join(e.Company)
		}
	}
	if e.Type == lead.Group && e.GroupID != "" {
		s.grouped = true
		join(e.GroupID)
	}
	var traits, fallback map[string]any
	switch e.Type {
	case lead.Identify:
		traits = e.Traits
		fallback, _ = e.Context["traits"].(map[string]any)
		s.reach = reach(s.reach, reachPhone, traits, fallback, "phone")
		s.reach = reach(s.reach, reachLinkedIn, traits, fallback, "linkedin", "linkedin_url")
	case lead.Group:
		traits = e.Traits
	}
	if len(traits)+len(fallback) > 0 {
		for slot := playbook.Builtins; slot < len(f.plan.Attributes); slot++ {
			a := &f.plan.Attributes[slot]
			if raw, path := find(a.From, e.Type, traits, fallback); path >= 0 && (e.Type != lead.Group || s.hears(slot, path)) {
				if v, ok := lead.Convert(raw, a.Kind); ok {
					set(slot, v)
					if a.Dated {
						// A condition may read its age, though it is the same value.
						changed = changed || s.said[slot] != occurred
						s.said[slot] = occurred
					}
				}
			}
		}
	}
	known := e.UserID != "" || e.Email != ""
	if known {
		set(playbook.BuiltinIdentified, truth(true))
	} else if s.attributes[playbook.BuiltinIdentified].Kind == lead.Missing {
		set(playbook.BuiltinIdentified, truth(false))
	}
	set(playbook.BuiltinReachable, truth(s.reach != 0 || s.attributes[playbook.BuiltinEmail].Kind != lead.Missing))
	return changed
}

// news says whether an event may tell of the person what is not known: most do
// not.
func (s *State) news(e *lead.Event) bool {
	if e.Email != "" || e.Type == lead.Identify || e.Type == lead.Group {
		return true
	}
	identified := &s.attributes[playbook.BuiltinIdentified]
	return identified.Kind == lead.Missing || e.UserID != "" && identified.Num == 0
}

func text(s string) lead.Value {
	v, _ := lead.Convert(s, lead.Text)
	return v
}

func truth(b bool) lead.Value {
	v := lead.Value{Kind: lead.Bool}
	if b {
		v.Num = 1
	}
	return v
}

// reach sets or clears a flag by whether the first of the names that is present is not empty.
func reach(flags, flag uint8, traits, fallback map[string]any, names ...string) uint8 {
	for _, n := range names {
		raw, ok := traits[n]
		if !ok {
			raw, ok = fallback[n]
		}
		if ok {
			switch v, readable := lead.Convert(raw, lead.Text); {
			case !readable:
				return flags
			case v.Kind == lead.Missing:
				return flags &^ flag
			}
			return flags | flag
		}
	}
	return flags
}

// find gives the first of the paths that is present, and which it is, -1 if none is.
// Of a group event only paths that begin with "account" are looked for, of an
// identify all others.
func find(paths [][]string, t lead.Type, traits, fallback map[string]any) (value any, path int) {
	for i, p := range paths {
		if playbook.OfAccount(p) != (t == lead.Group) {
			continue
		}
		if t == lead.Group {
			p = p[1:]
		}
		if v, ok := lookup(traits, p); ok {
			return v, i
		}
		if v, ok := lookup(fallback, p); ok {
			return v, i
		}
	}
	return nil, -1
}

// hears says whether what the lead's own group call says of an attribute by one of
// its paths counts: not while the company has told something by an earlier path,
// since that is what the company's other people go by. It remembers the path.
func (s *State) hears(slot, path int) bool {
	if s.paths == nil {
		return true
	}
	if had := s.paths[slot]; had > 0 && had-1 < path {
		return false
	}
	s.paths[slot] = path + 1
	return true
}

func lookup(m map[string]any, path []string) (any, bool) {
	for i, name := range path {
		v, ok := m[name]
		if !ok {
			return nil, false
		}
		if i == len(path)-1 {
			return v, true
		}
		if m, ok = v.(map[string]any); !ok {
			return nil, false
		}
	}
	return nil, false
}

// findPersona sets the attribute that tells the first persona that holds.
func (f *fold) findPersona(v *view) {
	if f.plan.Persona == 0 {
		return
	}
	f.s.attributes[f.plan.Persona] = lead.Value{}
	for i := range f.plan.Personas {
		if p := &f.plan.Personas[i]; p.When.OnLead(v) == rule.True {
			f.s.attributes[f.plan.Persona] = lead.Value{Kind: lead.Text, Text: p.Name}
			return
		}
	}
}

// Segments are the slots of those in which a lead is, ascending. It moves only with
// what is known of the person, never with time alone.
func (e *Engine) Segments(s *State) []int {
	if len(e.plan.Segments) == 0 {
		return nil
	}
	f := e.take(s)
	v := f.lookAt(s.At)
	var in []int
	for i := range e.plan.Segments {
		if e.plan.Segments[i].When.OnLead(v) == rule.True {
			in = append(in, i)
		}
	}
	e.giveBack(f)
	return in
}

// refreshHolds asks the conditions that depend on attributes alone again, because
// of an event.
func (f *fold) refreshHolds(event string) {
	v := f.lookAt(f.s.At)
	f.findPersona(v)
	for _, r := range f.whileTrue {
		rl, rs := &f.plan.Rules[r], &f.s.rules[r]
		holds := rl.When.OnLead(v) == rule.True
		worth := lead.Points(0)
		if holds && rl.Compute != nil {
			worth, _ = f.compute(rl, nil)
			holds = worth != 0
		}
		if rs.holds != holds || rs.points != worth {
			rs.holds, rs.points = holds, worth
			f.s.worth[r] = true
			if f.trace != nil {
				f.trace.turned(int(r), holds, event, f.s.At)
			}
		}
	}
	f.forget()
	f.s.excluded = -1
	for i := range f.plan.Exclusions {
		if f.plan.Exclusions[i].When.OnLead(v) == rule.True {
			f.s.excluded = i
			break
		}
	}
}
