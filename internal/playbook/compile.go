package playbook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
)

// builtins are the attributes that every playbook has, in the order of their slots.
var builtins = [Builtins]Attribute{
	BuiltinEmail:       {Name: "email", Label: "email address", Kind: lead.Text},
	BuiltinEmailDomain: {Name: "email_domain", Label: "domain of the email address", Kind: lead.Text},
	BuiltinAccount:     {Name: "account", Label: "account", Kind: lead.Text},
	BuiltinIdentified:  {Name: "identified", Label: "identified", Kind: lead.Bool},
	BuiltinReachable:   {Name: "reachable", Label: "reachable", Kind: lead.Bool},
	BuiltinStage:       {Name: "stage", Label: "stage", Kind: lead.Text},

	BuiltinPreviousStage: {Name: "previous_stage", Label: "stage before", Kind: lead.Text},
	BuiltinPastStages:    {Name: "past_stages", Label: "stages that it left", Kind: lead.List},
	BuiltinCycle:         {Name: "cycle", Label: "cycle", Kind: lead.Number},
}

// BuiltIn are the attributes that every playbook has.
func BuiltIn() []Attribute { return slices.Clone(builtins[:]) }

// Compile resolves names and compiles conditions. The Plan is nil if there is an
// error among the problems.
func (d *Document) Compile(version int) (*Plan, []Problem) {
	c := &collector{}
	plan := compile(d, version, c)
	problems := orderly(c.problems)
	if Failed(problems) {
		return nil, problems
	}
	return plan, problems
}

// personaAttribute is the attribute of playbooks with personas: which one somebody is.
const personaAttribute = "persona"

// nameKind says what a name of the one namespace stands for.
type nameKind string

const (
	attributeName nameKind = "attribute"
	signalName    nameKind = "signal"
	scoreName     nameKind = "score"
	totalName     nameKind = "total"
	segmentName   nameKind = "segment"
	personaName   nameKind = "persona"
)

// meaning is what a name stands for and its slot among its like.
type meaning struct {
	kind  nameKind
	slot  int
	place Place
}

// compiler turns a document into a plan. It goes on after a problem, so that the
// plan may be useless at the end but the list of problems is whole.
type compiler struct {
	*collector
	d          *Document
	plan       *Plan
	names      map[string]meaning
	lists      map[nameKind][]string // see named
	refused    map[string]nameKind   // names that are given, and cannot be
	source     *source
	leads      *rule.Env
	both       *rule.Env    // of points that are reckoned upon a signal
	conditions int          // bytes of conditions so far
	used       map[int]bool // slots of the signals that something reads
}

func compile(d *Document, version int, problems *collector) *Plan {
	c := &compiler{
		collector: problems, d: d, names: map[string]meaning{}, lists: map[nameKind][]string{}, refused: map[string]nameKind{}, used: map[int]bool{}, source: newSource(d.source),
		plan: &Plan{Version: version, Name: d.Name, Zone: time.UTC},
	}
	c.zone()
	c.attributes()
	c.signals()
	c.scores()
	c.segments()
	c.rules()
	c.ledgers()
	c.stages()
	c.exclusions()
	c.grade()
	c.agreement()
	c.tests()
	c.unused()
	c.plan.index()
	return c.plan
}

// zone finds the time zone.
func (c *compiler) zone() {
	name := c.d.TimeZone.Text
	if name == "" {
		return // reported by the parser
	}
	if zone, ok := zoneNamed(name); ok {
		c.plan.Zone = zone
		return
	}
	p := Problem{Line: c.d.TimeZone.Place.Line, Column: c.d.TimeZone.Place.Column, Path: "time_zone",
		Message: phrase.New("unknown time zone %s", quote(name)), Expected: phrase.New("UTC or a name of the IANA database such as Europe/Berlin")}
	city := titled(name[strings.LastIndex(name, "/")+1:])
	for _, region := range []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic"} {
		if _, ok := zoneNamed(region + "/" + city); ok {
			p.Suggestion = didYouMean(region + "/" + city)
			break
		}
	}
	c.add(p)
}

// titled writes a city as the IANA database does: "new york" becomes "New_York".
func titled(city string) string {
	words := strings.FieldsFunc(strings.ToLower(city), func(r rune) bool { return r == ' ' || r == '_' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "_")
}

// zoneNamed finds a zone that means the same on every machine: neither the
// machine's own nor those with leap seconds.
func zoneNamed(name string) (*time.Location, bool) {
	if name == "" || name == "Local" || strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix") {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// declare gives a name its meaning; false (and reported) if it has one already.
func (c *compiler) declare(name Word, kind nameKind, slot int, section string) bool {
	path := join(section, name.Text)
	before, taken := c.names[name.Text]
	switch {
	case !isName(name.Text):
		if c.d.source == nil { // else the parser has reported it
			c.report(name.Place, path, "%s cannot be a name", quote(name.Text))
		}
	case taken && before.kind == attributeName && before.slot < Builtins:
		c.report(name.Place, path, "%s is the name of a built-in attribute; choose another", quote(name.Text))
	case taken && before.kind == kind && c.d.source != nil:
		// A key that is given twice; the parser has reported it.
	case taken:
		c.report(name.Place, path, "the %s %s bears the name of the %s declared in line %d; attributes, signals, segments, personas, scores and totals share their names",
			kind.said(), quote(name.Text), before.kind.said(), before.place.Line)
	case rule.Reserved(name.Text):
		c.report(name.Place, path, "%s has a meaning of its own in conditions; choose another name", quote(name.Text))
	default:
		c.names[name.Text] = meaning{kind, slot, name.Place}
		return true
	}
	c.refused[name.Text] = kind
	return false
}

func (c *compiler) attributes() {
	add := func(a Attribute) {
		c.plan.Attributes = append(c.plan.Attributes, a)
		c.plan.Catalogue.Fields = append(c.plan.Catalogue.Fields, rule.Field{Name: a.Name, Kind: a.Kind, Ageless: len(a.From) == 0})
	}
	for slot, a := range builtins {
		c.names[a.Name] = meaning{kind: attributeName, slot: slot}
		add(a)
	}
	if len(c.d.Personas) > 0 {
		c.plan.Persona = len(c.plan.Attributes)
		c.names[personaAttribute] = meaning{attributeName, c.plan.Persona, c.d.Personas[0].Name.Place}
		add(Attribute{Name: personaAttribute, Label: personaAttribute, Kind: lead.Text})
	}
	for _, a := range c.d.Attributes {
		if c.declare(a.Name, attributeName, len(c.plan.Attributes), "attributes") {
			add(Attribute{Name: a.Name.Text, Label: a.Label, Kind: a.Kind, From: a.From})
		}
	}
}

// resolve finds the slots of names that must be of one kind, ascending.
func (c *compiler) resolve(words []Word, kind nameKind, path string) []int {
	var slots []int
	for _, w := range words {
		m, ok := c.names[w.Text]
		if ok && m.kind == kind {
			slots = append(slots, m.slot)
			continue
		}
		if refused, there := c.refused[w.Text]; there && refused == kind {
			continue // what is wrong with the name is told where it is given
		}
		p := Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path, Message: phrase.New("unknown %s %s", kind.said(), quote(w.Text))}
		if ok {
			p.Message = phrase.New("%s is %s, not %s", quote(w.Text), m.kind.one(), kind.one())
		} else {
			p.Suggestion = c.suggest(w.Text, c.named(kind))
		}
		c.add(p)
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

// said is the kind in words.
func (k nameKind) said() phrase.Phrase { return phrase.Term(string(k)) }

// one is a thing of that kind in words.
func (k nameKind) one() phrase.Phrase {
	switch k {
	case attributeName:
		return attributeShape.title
	case signalName:
		return signalShape.title
	case scoreName:
		return scoreShape.title
	case totalName:
		return totalShape.title
	case segmentName:
		return segmentShape.title
	}
	return personaShape.title
}

// named lists the names of a kind. It is asked only when all of them are declared.
func (c *compiler) named(kind nameKind) []string {
	if names, ok := c.lists[kind]; ok {
		return names
	}
	names := []string{}
	for name, m := range c.names {
		if m.kind == kind {
			names = append(names, name)
		}
	}
	c.lists[kind] = names
	return names
}

func (c *compiler) exclusions() {
	for _, x := range c.d.Exclusions {
		path := join("exclusions", x.Name.Text)
		when := c.onAttributes(x.When, join(path, "when"), phrase.Term("the condition of an exclusion"))
		c.plan.Exclusions = append(c.plan.Exclusions, Exclusion{Name: x.Name.Text, Label: x.Label, When: when})
	}
}

// tests checks the names in what the tests expect.
func (c *compiler) tests() {
	known := map[string][]string{"stage": {}, "exclusion": {}, "score": slices.Concat(c.named(scoreName), c.named(totalName))}
	for _, s := range c.plan.Stages {
		known["stage"] = append(known["stage"], s.Name)
	}
	for _, x := range c.d.Exclusions {
		known["exclusion"] = append(known["exclusion"], x.Name.Text)
	}
	check := func(w *Word, what, path string) {
		if w == nil || w.Text == "" || slices.Contains(known[what], w.Text) {
			return
		}
		c.add(Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path, Message: phrase.New("unknown %s %s", phrase.Term(what), quote(w.Text)),
			Suggestion: c.suggest(w.Text, known[what])})
	}
	first := map[string]Word{}
	for i, t := range c.d.Tests {
		path := fmt.Sprintf("tests[%d]", i)
		if before, again := first[t.Name.Text]; again && t.Name.Text != "" {
			c.report(t.Name.Place, path+".name", "two tests are named %s, the first in line %d", quote(t.Name.Text), before.Place.Line)
		}
		first[t.Name.Text] = t.Name
		check(t.Expect.Stage, "stage", path+".expect.stage")
		for j := range t.Expect.Entered {
			check(&t.Expect.Entered[j], "stage", fmt.Sprintf("%s.expect.entered[%d]", path, j))
		}
		for j := range t.Events {
			c.testAct(&t.Events[j], fmt.Sprintf("%s.events[%d]", path, j), known["stage"])
		}
		c.expectedGrade(t.Expect.Grade, path+".expect.grade")
		check(t.Expect.Excluded, "exclusion", path+".expect.excluded")
		for _, s := range t.Expect.Scores {
			check(&s.Name, "score", join(path+".expect.scores", s.Name.Text))
		}
	}
}

// unused warns of signals that nothing reads. Among errors it is silent: what
// reads the signal may be one of them.
func (c *compiler) unused() {
	if Failed(c.problems) {
		return
	}
	for slot, s := range c.plan.Signals {
		if !c.used[slot] {
			place := c.names[s.Name].place
			c.warn(place, join("signals", s.Name), "no rule, condition or other signal reads the signal %s", quote(s.Name))
		}
	}
}

// index prepares Candidates.
func (p *Plan) index() {
	p.byName = map[string][]int{}
	for slot, s := range p.Signals {
		for _, name := range s.Names {
			p.byName[name] = append(p.byName[name], slot)
		}
		if len(s.Names) == 0 {
			for _, t := range s.Types {
				p.byType[t] = append(p.byType[t], slot)
			}
		}
	}
}

// widen makes the plan remember what a condition asks for: of signals that are
// counted within windows one occurrence more than the number compared with,
// likewise of values.
func (c *compiler) widen(atoms []rule.Atom) {
	for i := range atoms {
		switch a := &atoms[i]; a.Kind {
		case rule.Count:
			c.used[a.Slot] = true
			if a.Window > 0 {
				s := &c.plan.Signals[a.Slot]
				s.Recall = max(s.Recall, int(a.N)+1)
			}
		case rule.Since:
			c.used[a.Slot] = true
		case rule.Age:
			c.plan.Attributes[a.Slot].Dated = true
		case rule.Distinct:
			a.Memory = c.memory(a.Slot, a.Path, int(a.N)+1)
		case rule.Same:
			a.Memory = c.memory(a.Slot, a.Path, rule.MaxSame)
			a.OtherMemory = c.memory(a.Other, a.Path, rule.MaxSame)
		}
	}
}

// memory finds the memory of a signal's values at a path, made if there is none,
// and large enough. Same and distinct of one path share it: same(…) never sees
// more than the newest of what it may.
func (c *compiler) memory(signal int, path string, keep int) int {
	c.used[signal] = true
	for i := range c.plan.Memories {
		if m := &c.plan.Memories[i]; m.Signal == signal && m.text == path {
			m.Keep = max(m.Keep, keep)
			return i
		}
	}
	c.plan.Memories = append(c.plan.Memories, Memory{Signal: signal, Path: rule.PathOf(path), Keep: keep, text: path})
	return len(c.plan.Memories) - 1
}
