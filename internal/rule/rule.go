// Package rule holds the conditions of playbooks: CEL text, wrapped once, typed
// against a catalogue of fields, compiled to native predicates where its shape
// allows and run in CEL under a cost limit where not.
//
// # The language
//
// Conditions are CEL expressions that give a truth value. Two scopes exist.
//
// In the scope of an event (the `where` of a signal) these names may be read:
//
//	type        text: "track", "page", …
//	name        text: the event's or the page's name
//	properties  map, as sent
//	traits      map, as sent
//	context     map, as sent
//	page        map: url, path, title, referrer, search (of a page event its
//	            properties, else context.page; path, where it is missing, is
//	            that of url)
//	campaign    map: source, medium, name, term, content (of context.campaign,
//	            where there is none of the utm_ parameters of page.url)
//
// In the scope of a lead (rules, stages, exclusions) these:
//
//	the attributes of the playbook and the built-in ones, by name
//	the segments of the playbook, by name: whether their condition holds
//	the scores and totals of the playbook, by name: only compared with a number
//	count(signal)        occurrences so far: only compared with a whole number
//	count(signal, 30d)   occurrences within the last 30 days: likewise
//	since(signal)        time since the last occurrence: only compared with a duration
//	since(attribute)     time since an event last said its value: likewise
//	distinct(signal, page.path, 30d)
//	                     different values at a path of its events: only compared
//	                     with a whole number; the window may be left out
//	same(opened, clicked, properties.message, 30d)
//	                     whether both occurred with one value at the path, which
//	                     must be among the latest 64 different ones of each
//	in_stage             time in the present stage: only compared with a duration
//	known(attribute)     whether the attribute has a value
//
// Durations are written 30d, 12h, 90m, 45s, 2w, 500ms. There is no now(): time
// enters only through these atoms, so that the engine knows the moment at which
// each can change.
//
// Truth has three values. What reads something missing, or compares different
// kinds, is unknown; `unknown || true` is true, `unknown && false` is false; a
// condition that is unknown in the end does not hold. A JSON null is a value of
// its own kind: `properties.plan == null` asks for it, every other comparison
// with it is unknown. Only known(…) and has(…) ask whether there is a value.
//
// All numbers are one kind: 50, 50.0 and the 50 of a JSON document are equal.
//
// Texts know startsWith, endsWith, contains, matches (with a written pattern),
// lowerAscii, upperAscii, trim, substring, indexOf, lastIndexOf, charAt and
// size; times getFullYear and its kin, in UTC; lists and maps size, in, all,
// exists, exists_one, filter and map. int, double, string, timestamp and
// duration convert.
//
// The package knows no playbook and no store. Compile is for people's text and
// reports every problem with its place; evaluation cannot fail and allocates
// nothing for native shapes (but to decode a utm_ parameter that has escapes, and to
// remember what a pattern says of a text).
package rule

import (
	"galena/internal/lead"
	"galena/internal/phrase"
)

// Limits of one condition.
const (
	MaxText   = 4096   // bytes; a condition is a sentence, not a program
	MaxDepth  = 64     // nesting
	MaxRegexp = 1024   // bytes of one pattern
	MaxCost   = 10_000 // CEL cost units of one part that runs in CEL; past it the part is unknown

	// MaxPattern is the size of a condition's patterns together, in steps of
	// their machines: a short pattern can be a large machine, a{1000} for one.
	MaxPattern = 1000
	// MaxMatched is the longest text, in bytes, that a pattern is tried on; on
	// what is longer the answer is unknown. With MaxPattern it bounds the time
	// that patterns take.
	MaxMatched = 2048

	// MaxSegments is how many segments a catalogue can have.
	MaxSegments = 200

	// MaxSpan is the longest duration that can be written: ten years, in milliseconds.
	MaxSpan = 3650 * lead.Day
	// MaxDistinct is the largest number that distinct(…) is compared with; as many
	// values are kept, and one.
	MaxDistinct = 100
	// MaxSame is how many values same(…) keeps of each of its signals: the latest.
	MaxSame = 64
	// MaxWindowCount is the largest number that a count within a window is
	// compared with; the engine keeps as many occurrences.
	MaxWindowCount = 1000
)

// Truth is the value of a condition.
type Truth uint8

const (
	False Truth = iota
	True
	Unknown
)

// Field is an attribute that conditions may read.
type Field struct {
	Name string
	Kind lead.Kind
	// Ageless fields follow from other things than one event, and since(…) of them is
	// a mistake.
	Ageless bool
}

// Catalogue is what the names in a lead's conditions mean. A name's slot is its
// index. Names are unique over all lists.
type Catalogue struct {
	Fields  []Field
	Signals []string
	Scores  []string
	// Segments are conditions that bear a name, at most MaxSegments. One without
	// its condition has the name already but cannot be used.
	Segments []Segment
}

// Segment is a condition by whose name others can ask for it. It is as if its
// text stood there in brackets, but that its cost is counted by itself.
type Segment struct {
	Name string
	When *Expr // of ForLeads, reads attributes only
}

// Op is a comparison.
type Op uint8

const (
	Equal Op = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

// AtomKind says what an Atom reads.
type AtomKind uint8

const (
	// Count compares the number of occurrences of Signal within Window (0: ever) with N.
	Count AtomKind = iota
	// Since compares the time since the last occurrence of Signal with N
	// milliseconds; unknown if it never occurred.
	Since
	// InStage compares the time in the present stage with N milliseconds;
	// unknown in no stage.
	InStage
	// Score compares score Slot with N thousandths of a point.
	Score
	// Distinct compares the number of different values at Path among the
	// occurrences of signal Slot within Window (0: ever) with N.
	Distinct
	// Same is whether signals Slot and Other both occurred within Window (0: ever)
	// with one value at Path. It is compared with nothing.
	Same
	// Age compares the time since an event last said the value of field Slot with N
	// milliseconds; unknown without a value.
	Age
)

// Atom is a part of a lead's condition whose truth can change by time alone, or
// that only the engine can tell.
type Atom struct {
	Kind   AtomKind
	Slot   int   // index into Catalogue.Signals, Catalogue.Scores or Catalogue.Fields
	Window int64 // milliseconds, for Count, Distinct and Same; 0: ever
	Op     Op
	N      int64
	Path   string // for Distinct and Same: see PathOf
	Other  int    // for Same: index into Catalogue.Signals
	// Memory and OtherMemory are for who keeps the values of Distinct and Same: where
	// those of Slot and Other are. Compile leaves them 0; set them before any use.
	Memory, OtherMemory int
	// Rising says that the atom's turning true can turn the condition true,
	// Falling that its turning false can.
	Rising, Falling bool
}

// Compare applies op to a and b.
func (op Op) Compare(a, b int64) bool {
	switch op {
	case Equal:
		return a == b
	case NotEqual:
		return a != b
	case Less:
		return a < b
	case LessOrEqual:
		return a <= b
	case Greater:
		return a > b
	default:
		return a >= b
	}
}

// Lead is what a condition in the scope of a lead is evaluated on.
type Lead interface {
	// Attribute is the value of the field in a slot of the catalogue.
	Attribute(slot int) *lead.Value
	// Holds tells the truth of an atom.
	Holds(a *Atom) Truth
}

// Problem is something wrong with a condition's text, told to the person who
// wrote it.
type Problem struct {
	Offset int // bytes from the start of the text
	Length int // bytes; 0 if only a place is known
	// Message is one sentence. Found, Expected and Suggestion complete it where
	// they are known, else they are zero.
	Message    phrase.Phrase
	Found      phrase.Phrase
	Expected   phrase.Phrase
	Suggestion phrase.Phrase
}
