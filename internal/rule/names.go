package rule

import (
	"galena/internal/lead"
)

// function is what may be called in conditions.
type function struct {
	name     string
	member   bool   // x.f() rather than f(x)
	min, max int    // arguments besides x
	usage    string // how it is written
	scope    scope
	macro    bool // expanded by CEL's parser
}

// scope says where a name or function has a meaning.
type scope uint8

const (
	everywhere scope = iota
	inEvents
	inLeads
	// inBoth sees an event and the attributes of the lead whose it is; nothing that
	// time or the engine tells.
	inBoth
)

// sees says whether what belongs to one scope is seen in another.
func (s scope) sees(f function) bool {
	return f.scope == everywhere || f.scope == s || s == inBoth && (f.scope == inEvents || f.name == "known")
}

// functions are all there are; what CEL knows beyond them is refused.
var functions = []function{
	{name: "count", min: 1, max: 2, usage: "count(signal) or count(signal, 30d)", scope: inLeads},
	{name: "since", min: 1, max: 1, usage: "since(signal)", scope: inLeads},
	{name: "distinct", min: 2, max: 3, usage: "distinct(signal, properties.asset, 30d)", scope: inLeads},
	{name: "same", min: 3, max: 4, usage: "same(signal, other, properties.message, 30d)", scope: inLeads},
	{name: "known", min: 1, max: 1, usage: "known(attribute)", scope: inLeads},

	{name: "has", min: 1, max: 1, usage: "has(properties.plan)", scope: inEvents, macro: true},
	{name: "all", member: true, min: 2, max: 2, usage: "list.all(x, …)", macro: true},
	{name: "exists", member: true, min: 2, max: 2, usage: "list.exists(x, …)", macro: true},
	{name: "exists_one", member: true, min: 2, max: 2, usage: "list.exists_one(x, …)", macro: true},
	{name: "filter", member: true, min: 2, max: 2, usage: "list.filter(x, …)", macro: true},
	{name: "map", member: true, min: 2, max: 3, usage: "list.map(x, …)", macro: true},

	{name: "startsWith", member: true, min: 1, max: 1, usage: `text.startsWith("…")`},
	{name: "endsWith", member: true, min: 1, max: 1, usage: `text.endsWith("…")`},
	{name: "contains", member: true, min: 1, max: 1, usage: `text.contains("…")`},
	{name: "matches", member: true, min: 1, max: 1, usage: `text.matches("…")`},
	{name: "lowerAscii", member: true, usage: "text.lowerAscii()"},
	{name: "upperAscii", member: true, usage: "text.upperAscii()"},
	{name: "trim", member: true, usage: "text.trim()"},
	{name: "substring", member: true, min: 1, max: 2, usage: "text.substring(from, to)"},
	{name: "indexOf", member: true, min: 1, max: 2, usage: `text.indexOf("…")`},
	{name: "lastIndexOf", member: true, min: 1, max: 2, usage: `text.lastIndexOf("…")`},
	{name: "charAt", member: true, min: 1, max: 1, usage: "text.charAt(0)"},
	{name: "size", member: true, usage: "list.size()"},
	{name: "size", min: 1, max: 1, usage: "size(list)"},

	// The forms with a time zone would read the zone's file.
	{name: "getFullYear", member: true, usage: "time.getFullYear()"},
	{name: "getMonth", member: true, usage: "time.getMonth()"},
	{name: "getDate", member: true, usage: "time.getDate()"},
	{name: "getDayOfMonth", member: true, usage: "time.getDayOfMonth()"},
	{name: "getDayOfWeek", member: true, usage: "time.getDayOfWeek()"},
	{name: "getDayOfYear", member: true, usage: "time.getDayOfYear()"},
	{name: "getHours", member: true, usage: "time.getHours()"},
	{name: "getMinutes", member: true, usage: "time.getMinutes()"},
	{name: "getSeconds", member: true, usage: "time.getSeconds()"},

	{name: "min", min: 2, max: mostCompared, usage: "min(x, 100)"},
	{name: "max", min: 2, max: mostCompared, usage: "max(x, 0)"},
	{name: "int", min: 1, max: 1, usage: "int(x)"},
	{name: "double", min: 1, max: 1, usage: "double(x)"},
	{name: "string", min: 1, max: 1, usage: "string(x)"},
	{name: "timestamp", min: 1, max: 1, usage: `timestamp("2026-01-31T09:00:00Z")`},
	{name: "duration", min: 1, max: 1, usage: "30d"},
}

// inStage is the name of the time in the present stage.
const inStage = "in_stage"

// eventNames are what the scope of an event can read.
var eventNames = []string{"type", "name", "properties", "traits", "context", "page", "campaign"}

// languageWords are names that mean something to CEL, or that would be taken for
// operators.
var languageWords = []string{
	"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for",
	"function", "if", "import", "let", "loop", "package", "namespace", "return",
	"var", "void", "while",
	"bool", "bytes", "dyn", "list", "null_type", "uint", "google", "existsOne",
	"and", "or", "not", "now",
}

var reserved = func() map[string]bool {
	words := map[string]bool{inStage: true}
	for _, f := range functions {
		words[f.name] = true
	}
	for _, list := range [][]string{eventNames, languageWords} {
		for _, w := range list {
			words[w] = true
		}
	}
	return words
}()

// Reserved says whether a name has a meaning of its own in conditions, so that
// no attribute, signal or score can bear it.
func Reserved(name string) bool { return reserved[name] }

// meaning is what a name of a catalogue stands for.
type meaning uint8

const (
	fieldMeaning meaning = iota + 1
	signalMeaning
	scoreMeaning
	segmentMeaning
)

// symbol is a name of a catalogue.
type symbol struct {
	meaning meaning
	slot    int
	kind    lead.Kind // of a field
	segment *Expr     // nil if it cannot be used
}

func (c Catalogue) symbols() map[string]symbol {
	table := make(map[string]symbol, len(c.Fields)+len(c.Signals)+len(c.Scores))
	for i, f := range c.Fields {
		table[f.Name] = symbol{meaning: fieldMeaning, slot: i, kind: f.Kind}
	}
	for i, name := range c.Signals {
		table[name] = symbol{meaning: signalMeaning, slot: i}
	}
	for i, name := range c.Scores {
		table[name] = symbol{meaning: scoreMeaning, slot: i}
	}
	for i, s := range c.Segments {
		table[s.Name] = symbol{meaning: segmentMeaning, slot: i, segment: s.When}
	}
	return table
}
