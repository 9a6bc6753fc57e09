package rule

import (
	"slices"

	"galena/internal/lead"
)

// function is what may be called in conditions.
type function struct {
	name     string
	member   bool   // x.f() rather than f(x)
	min, max int    // arguments besides x
	usage    string // how it is written
	help     string // what it gives
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
	{name: "count", min: 1, max: 2, usage: "count(signal) or count(signal, 30d)", help: "how often the signal occurred, ever or within a time", scope: inLeads},
	{name: "since", min: 1, max: 1, usage: "since(signal)", help: "how long ago the signal last occurred or the attribute was last told", scope: inLeads},
	{name: "distinct", min: 2, max: 3, usage: "distinct(signal, properties.asset, 30d)", help: "how many different values stood at a place of the events", scope: inLeads},
	{name: "same", min: 3, max: 4, usage: "same(signal, other, properties.message, 30d)", help: "whether both signals occurred with one value at a place", scope: inLeads},
	{name: "known", min: 1, max: 1, usage: "known(attribute)", help: "whether there is a value", scope: inLeads},

	{name: "has", min: 1, max: 1, usage: "has(properties.plan)", help: "whether the event has this value", scope: inEvents, macro: true},
	{name: "all", member: true, min: 2, max: 2, usage: "list.all(x, …)", help: "whether it holds for all items", macro: true},
	{name: "exists", member: true, min: 2, max: 2, usage: "list.exists(x, …)", help: "whether it holds for an item", macro: true},
	{name: "exists_one", member: true, min: 2, max: 2, usage: "list.exists_one(x, …)", help: "whether it holds for exactly one item", macro: true},
	{name: "filter", member: true, min: 2, max: 2, usage: "list.filter(x, …)", help: "the items for which it holds", macro: true},
	{name: "map", member: true, min: 2, max: 3, usage: "list.map(x, …)", help: "another value for each item", macro: true},

	{name: "startsWith", member: true, min: 1, max: 1, usage: `text.startsWith("…")`, help: "whether the text begins so"},
	{name: "endsWith", member: true, min: 1, max: 1, usage: `text.endsWith("…")`, help: "whether the text ends so"},
	{name: "contains", member: true, min: 1, max: 1, usage: `text.contains("…")`, help: "whether the text stands within it"},
	{name: "matches", member: true, min: 1, max: 1, usage: `text.matches("…")`, help: "whether the pattern (RE2) fits somewhere"},
	{name: "lowerAscii", member: true, usage: "text.lowerAscii()", help: "the text in small letters"},
	{name: "upperAscii", member: true, usage: "text.upperAscii()", help: "the text in capitals"},
	{name: "trim", member: true, usage: "text.trim()", help: "the text without space around it"},
	{name: "substring", member: true, min: 1, max: 2, usage: "text.substring(from, to)", help: "a part of the text"},
	{name: "indexOf", member: true, min: 1, max: 2, usage: `text.indexOf("…")`, help: "where a text first stands in it; -1 for nowhere"},
	{name: "lastIndexOf", member: true, min: 1, max: 2, usage: `text.lastIndexOf("…")`, help: "where a text last stands in it; -1 for nowhere"},
	{name: "charAt", member: true, min: 1, max: 1, usage: "text.charAt(0)", help: "the character at a place"},
	{name: "size", member: true, usage: "list.size()", help: "how long it is"},
	{name: "size", min: 1, max: 1, usage: "size(list)", help: "how long it is"},

	// The forms with a time zone would read the zone's file.
	{name: "getFullYear", member: true, usage: "time.getFullYear()", help: "the year, in UTC"},
	{name: "getMonth", member: true, usage: "time.getMonth()", help: "the month from 0, in UTC"},
	{name: "getDate", member: true, usage: "time.getDate()", help: "the day of the month from 1, in UTC"},
	{name: "getDayOfMonth", member: true, usage: "time.getDayOfMonth()", help: "the day of the month from 0, in UTC"},
	{name: "getDayOfWeek", member: true, usage: "time.getDayOfWeek()", help: "the day of the week from 0 for Sunday, in UTC"},
	{name: "getDayOfYear", member: true, usage: "time.getDayOfYear()", help: "the day of the year from 0, in UTC"},
	{name: "getHours", member: true, usage: "time.getHours()", help: "the hour, in UTC"},
	{name: "getMinutes", member: true, usage: "time.getMinutes()", help: "the minute, in UTC"},
	{name: "getSeconds", member: true, usage: "time.getSeconds()", help: "the second, in UTC"},

	{name: "min", min: 2, max: mostCompared, usage: "min(x, 100)", help: "the least of them"},
	{name: "max", min: 2, max: mostCompared, usage: "max(x, 0)", help: "the greatest of them"},
	{name: "int", min: 1, max: 1, usage: "int(x)", help: "a whole number of it"},
	{name: "double", min: 1, max: 1, usage: "double(x)", help: "a number of it"},
	{name: "string", min: 1, max: 1, usage: "string(x)", help: "a text of it"},
	{name: "timestamp", min: 1, max: 1, usage: `timestamp("2026-01-31T09:00:00Z")`, help: "a moment"},
	{name: "duration", min: 1, max: 1, usage: "30d", help: "a time; 30d alone says the same"},
}

// Function is what conditions can call.
type Function struct {
	Name   string
	Usage  string // how it is written
	Help   string // what it gives, in a line
	Member bool   // behind a dot
	// OfLeads and OfEvents say where it can be called.
	OfLeads, OfEvents bool
}

// Functions are all that conditions can call.
func Functions() []Function {
	var all []Function
	for _, f := range functions {
		all = append(all, Function{Name: f.name, Usage: f.usage, Help: f.help, Member: f.member, OfLeads: inLeads.sees(f), OfEvents: inEvents.sees(f)})
	}
	return all
}

// EventNames are what conditions on events can read.
func EventNames() []string { return slices.Clone(eventNames) }

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
