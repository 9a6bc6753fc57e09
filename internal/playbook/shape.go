package playbook

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
)

// fragment is a piece of JSON Schema.
type fragment = map[string]any

// shape says what an object of the document may hold. The parser refuses what is
// not in it, and Schema prints it.
type shape struct {
	name   string        // in the schema's $defs
	title  phrase.Phrase // in messages, with its article
	fields []field
	also   fragment // what the schema says beyond its fields
}

type field struct {
	name     string
	required bool
	doc      string
	value    fragment
}

func (s *shape) names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}

// Limits of a document's content.
const (
	maxName        = 64   // of a name, in bytes
	maxLabel       = 200  // of a label or the name of a stage, test or playbook, in characters
	maxProse       = 5000 // of the description, in characters
	MaxRules       = 2000
	MaxSignals     = 2000
	MaxAttributes  = 500
	MaxScores      = 100 // dimensions and totals
	MaxStages      = 50
	MaxExits       = 10 // with MaxStages below 64, so that a word of bits holds them all
	MaxExclusions  = 500
	MaxTests       = 500
	MaxTestEvents  = 1000 // of one test
	maxItems       = 1000 // of any other list
	maxPathDepth   = 16   // parts of an attribute's path
	maxOccurrences = 1_000_000
)

const (
	namePattern     = `^[a-z][a-z0-9_]*$`
	durationPattern = `^[0-9]+(ms|s|m|h|d|w)$`
	limitPattern    = `^(once|[0-9]+|[0-9]+ per (day|week|month|[0-9]+(ms|s|m|h|d|w)))$`
)

var (
	textValue      = fragment{"type": "string", "minLength": 1, "maxLength": lead.MaxText}
	labelValue     = fragment{"type": "string", "minLength": 1, "maxLength": maxLabel}
	nameValue      = fragment{"type": "string", "pattern": namePattern, "maxLength": maxName}
	durationValue  = fragment{"type": "string", "pattern": durationPattern}
	conditionValue = fragment{"type": []string{"string", "boolean"}, "description": "A condition in CEL."}
	pointsValue    = fragment{"type": "number", "minimum": -1_000_000, "maximum": 1_000_000, "multipleOf": 0.001}
	decayValue     = fragment{"oneOf": []any{ref(&decayShape), fragment{"const": "none"}}}
	stopValue      = fragment{"oneOf": []any{ref(&stopShape), fragment{"const": "none"}}}
	openValue      = fragment{"type": "object"}
	momentValue    = fragment{"type": "string", "format": "date-time"}
)

func ref(s *shape) fragment { return fragment{"$ref": "#/$defs/" + s.name} }

func oneOrMore(item fragment) fragment {
	return fragment{"oneOf": []any{item, fragment{"type": "array", "items": item, "minItems": 1, "maxItems": maxItems}}}
}

func listOf(s *shape, most int) fragment {
	return fragment{"type": []string{"array", "null"}, "items": ref(s), "maxItems": most}
}

func mapOf(value fragment, most int) fragment {
	return fragment{"type": []string{"object", "null"}, "propertyNames": nameValue, "additionalProperties": value, "maxProperties": most}
}

func oneOf(words []string) fragment { return fragment{"type": "string", "enum": words} }

// shapes are all of them, the whole document first.
var shapes = slices.Concat([]*shape{
	&playbookShape, &attributeShape, &signalShape, &segmentShape, &personaShape, &scoreShape, &ruleShape, &resetShape, &decayShape, &stopShape, &balanceShape,
	&totalShape, &stageShape, &exitShape, &exclusionShape, &gradeShape, &lettersShape, &numbersShape, &testShape, &eventShape, &expectShape,
}, agreementShapes)

var playbookShape = shape{name: "playbook", title: phrase.Term("a playbook"), fields: slices.Concat([]field{
	{"galena", true, "The version of the format: 1.", fragment{"const": 1}},
	{"name", true, "What the playbook is called.", labelValue},
	{"description", false, "What it is for, in prose.", fragment{"type": "string", "maxLength": maxProse}},
	{"time_zone", true, "Where days, weeks and months begin: a name of the IANA database.", labelValue},
	{"attributes", false, "What is known about people.", mapOf(fragment{"oneOf": []any{oneOf(kindNames()), ref(&attributeShape)}}, MaxAttributes)},
	{"signals", false, "The vocabulary of interest.", mapOf(ref(&signalShape), MaxSignals)},
	{"segments", false, "Conditions on people that others ask for by name.", mapOf(ref(&segmentShape), rule.MaxSegments)},
	{"personas", false, "Kinds of people, the first that holds first.", mapOf(ref(&personaShape), rule.MaxSegments)},
	{"scores", false, "The dimensions in which points are given.", mapOf(ref(&scoreShape), MaxScores)},
	{"totals", false, "Sums over dimensions.", mapOf(ref(&totalShape), MaxScores)},
	{"stages", false, "The steps of the funnel, in order.", listOf(&stageShape, MaxStages)},
	{"exits", false, "The ways out of the funnel.", listOf(&exitShape, MaxExits)},
	{"hand_raise", false, "The signals by which somebody asks for us: they lift a hold and a cool-down.", oneOrMore(nameValue)},
	{"exclusions", false, "Who is recorded but never scored.", mapOf(ref(&exclusionShape), MaxExclusions)},
	{"grade", false, "Marks by scores, such as A1.", ref(&gradeShape)},
	{"tests", false, "Examples of what must come of whom.", listOf(&testShape, MaxTests)},
}, agreementFields)}

var attributeShape = shape{name: "attribute", title: phrase.Term("an attribute"), fields: []field{
	{"type", true, "The kind of value.", oneOf(kindNames())},
	{"label", false, "The attribute in words; its name unless given.", labelValue},
	{"from", false, "The paths of the traits that fill it; its name unless given.", oneOrMore(textValue)},
}}

var signalShape = shape{name: "signal", title: phrase.Term("a signal"), fields: []field{
	{"label", false, `The signal in words that complete "the lead …".`, labelValue},
	{"event", false, "Names of track events.", oneOrMore(textValue)},
	{"type", false, "Types of events; track where event is given.", oneOrMore(oneOf(typeNames()))},
	{"name", false, "Names of pages or screens.", oneOrMore(textValue)},
	{"where", false, "A condition on the event.", conditionValue},
	{"any", false, "The signals that this one is the union of.", oneOrMore(nameValue)},
}, also: fragment{"oneOf": []any{
	fragment{"required": []string{"any"}, "propertyNames": fragment{"enum": []string{"any", "label"}}},
	fragment{"anyOf": []any{fragment{"required": []string{"event"}}, fragment{"required": []string{"type"}}}, "not": fragment{"required": []string{"any"}}},
}}}

var segmentShape = shape{name: "segment", title: phrase.Term("a segment"), fields: []field{
	{"label", false, `In words that complete "the lead …"; its name unless given.`, labelValue},
	{"when", true, "A condition on attributes.", conditionValue},
}}

var personaShape = shape{name: "persona", title: phrase.Term("a persona"), fields: []field{
	{"label", false, `In words that complete "the lead …"; its name unless given.`, labelValue},
	{"description", false, "Who they are, in prose.", fragment{"type": "string", "minLength": 1, "maxLength": maxProse}},
	{"when", true, "A condition on attributes.", conditionValue},
}}

var scoreShape = shape{name: "score", title: phrase.Term("a score"), fields: []field{
	{"label", false, "The score in words; its name unless given.", labelValue},
	{"each_cycle", false, "Whether what was given counts nothing once the lead has left the funnel.", boolValue},
	{"decay", false, "How the points of its rules fade.", decayValue},
	{"stop", false, "When the points of its rules that give them over time are refused.", stopValue},
	{"balance", false, "How an opening balance fades.", ref(&balanceShape)},
	{"cap", false, "The most it reads.", pointsValue},
	{"floor", false, "The least it reads.", pointsValue},
	{"rules", true, "What gives points.", fragment{"type": "array", "items": ref(&ruleShape), "minItems": 1, "maxItems": MaxRules}},
}}

var ruleShape = shape{name: "rule", title: phrase.Term("a rule"), fields: []field{
	{"name", false, "Unique within the score; the signal's name unless given.", nameValue},
	{"label", false, "The rule in words; the signal's label unless given.", labelValue},
	{"when", false, "Gives its points as long as this condition on attributes holds; with on, only to signals at whose moment this condition holds.", conditionValue},
	{"on", false, "Gives its points each time one of these signals occurs.", oneOrMore(nameValue)},
	{"silence", false, "Gives its points each time so long passes without a signal.", durationValue},
	{"of", false, "The signals that end a silence.", oneOrMore(nameValue)},
	{"every", false, "Resets at the first moment of each day, week or month of the calendar.", oneOf(calendarNames)},
	{"points", false, "How many points, at most three decimals; may be negative. Or an expression in CEL that reckons them.", fragment{"oneOf": []any{
		pointsValue, fragment{"type": "string", "pattern": `[^0-9.,+\- ]`, "maxLength": rule.MaxText},
	}}},
	{"min", false, "The least that reckoned points are; 0 unless given.", pointsValue},
	{"max", false, "The most that reckoned points are; a million unless given.", pointsValue},
	{"reset", false, "Takes away what the score's rules gave over time, in place of giving points.", fragment{"oneOf": []any{fragment{"const": "all"}, ref(&resetShape)}}},
	{"limit", false, "How often it gives them.", fragment{"oneOf": []any{
		fragment{"type": "string", "pattern": limitPattern},
		fragment{"type": "integer", "minimum": 1, "maximum": maxOccurrences},
	}}},
	{"minimum", false, "From which occurrence on it gives them.", fragment{"type": "integer", "minimum": 1, "maximum": maxOccurrences}},
	{"decay", false, "How its points fade; as its score says unless given.", decayValue},
	{"stop", false, "When its points are refused; as its score says unless given.", stopValue},
	{"cap", false, "The most it gives in sum.", pointsValue},
	{"floor", false, "The least it gives in sum.", pointsValue},
}, also: fragment{"oneOf": []any{
	fragment{"required": []string{"when", "name", "points"}, "not": without("on", "silence", "of", "every", "limit", "minimum", "decay", "stop", "reset")},
	fragment{"required": []string{"on", "points"}, "not": without("silence", "of", "every", "reset")},
	fragment{"required": []string{"silence", "of", "name", "points"}, "not": without("when", "on", "every", "reset")},
	fragment{"required": []string{"on", "reset"}, "not": without(slices.Concat([]string{"silence", "of", "every"}, givers)...)},
	fragment{"required": []string{"silence", "of", "name", "reset"}, "not": without(slices.Concat([]string{"when", "on", "every"}, givers)...)},
	fragment{"required": []string{"every", "name", "reset"}, "not": without(slices.Concat([]string{"when", "on", "silence", "of"}, givers)...)},
}}}

// givers are the fields of rules that give points, and not of resets.
var givers = []string{"points", "min", "max", "limit", "minimum", "decay", "stop", "cap", "floor"}

// without is what an object is not that has none of the fields.
func without(fields ...string) fragment {
	var any []any
	for _, f := range fields {
		any = append(any, fragment{"required": []string{f}})
	}
	return fragment{"anyOf": any}
}

var resetShape = shape{name: "reset", title: phrase.Term("a reset"), fields: []field{
	{"below", false, "Only if the score reads less than this.", pointsValue},
	{"above", false, "Only if the score reads more than this.", pointsValue},
}, also: fragment{"minProperties": 1, "maxProperties": 1}}

var decayShape = shape{name: "decay", title: phrase.Term("a decay"), fields: []field{
	{"half_life", false, "After how long points are worth half.", durationValue},
	{"linear", false, "How many points are lost each time, towards 0.", fragment{"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000, "multipleOf": 0.001}},
	{"percent", false, "How many hundredths of what is left are lost each time.", fragment{"type": "integer", "minimum": 1, "maximum": 99}},
	{"every", false, "After how long points lose what linear or percent says, each time.", durationValue},
	{"expires", false, "After how long points are worth nothing.", durationValue},
}, also: fragment{"oneOf": []any{
	only("half_life"), only("linear", "every"), only("percent", "every"), only("expires"),
}}}

// only is an object that has these fields and no others.
func only(fields ...string) fragment {
	return fragment{"required": fields, "propertyNames": fragment{"enum": fields}}
}

var balanceShape = shape{name: "balance", title: phrase.Term("a balance"), fields: []field{
	{"decay", true, "How points that were brought along fade, from the date of the balance.", decayValue},
}}

var stopShape = shape{name: "stop", title: phrase.Term("a stop"), fields: []field{
	{"score", true, "The score or total that is read.", nameValue},
	{"above", true, "Points are refused for good once it reads more than this.", pointsValue},
}}

var totalShape = shape{name: "total", title: phrase.Term("a total"), fields: []field{
	{"label", false, "The total in words; its name unless given.", labelValue},
	{"sum", true, "The scores it sums.", oneOrMore(nameValue)},
	{"balance", false, "How an opening balance fades.", ref(&balanceShape)},
	{"cap", false, "The most it reads.", pointsValue},
	{"floor", false, "The least it reads.", pointsValue},
}}

var exclusionShape = shape{name: "exclusion", title: phrase.Term("an exclusion"), fields: []field{
	{"label", false, `In words that complete "whoever …".`, labelValue},
	{"when", true, "A condition on attributes.", conditionValue},
}}

var gradeShape = shape{name: "grade", title: phrase.Term("a grade"), fields: []field{
	{"letters", false, "The letters, by a score.", ref(&lettersShape)},
	{"numbers", false, "The numbers after them, by a score.", ref(&numbersShape)},
}, also: fragment{"minProperties": 1}}

var (
	lettersShape = scaleShape("letters", phrase.Term("a scale of letters"), "A", "B", "C", "D", "E", "F")
	numbersShape = scaleShape("numbers", phrase.Term("a scale of numbers"), "1", "2", "3", "4", "5", "6", "7", "8", "9")
)

func scaleShape(name string, title phrase.Phrase, marks ...string) shape {
	s := shape{name: name, title: title, fields: []field{
		{"score", true, "The score or total that is marked.", nameValue},
	}, also: fragment{"minProperties": 2}}
	for _, m := range marks {
		s.fields = append(s.fields, field{m, false, "From how many points on this mark is given.", pointsValue})
	}
	return s
}

var testShape = shape{name: "test", title: phrase.Term("a test"), fields: []field{
	{"name", true, "What the example shows.", labelValue},
	{"events", true, "What the lead did, in order.", fragment{"type": "array", "items": ref(&eventShape), "minItems": 1, "maxItems": MaxTestEvents}},
	{"after", false, "How long after the last event to look.", durationValue},
	{"expect", true, "What must have come of it.", ref(&expectShape)},
}}

var eventShape = shape{name: "test_event", title: phrase.Term("an event of a test"), fields: []field{
	{"at", false, "When it happens, with its zone.", momentValue},
	{"after", false, "How long after the event before.", durationValue},
	{"type", false, "Its type; track where event is given.", oneOf(typeNames())},
	{"event", false, "The name of a track event.", textValue},
	{"name", false, "The name of a page or screen.", textValue},
	{"user", false, "The user id.", textValue},
	{"anonymous", false, "The anonymous id.", textValue},
	{"group", false, "The group id.", textValue},
	{"properties", false, "As the sender would send them.", openValue},
	{"traits", false, "As the sender would send them.", openValue},
	{"context", false, "As the sender would send it.", openValue},
	{"stage", false, "The stage or exit into which a person puts the lead.", labelValue},
	{"reason", false, "Why, when a person does.", labelValue},
}, also: fragment{"anyOf": []any{
	fragment{"required": []string{"event"}}, fragment{"required": []string{"type"}}, fragment{"required": []string{"stage"}},
}}}

var expectShape = shape{name: "expectation", title: phrase.Term("an expectation"), fields: []field{
	{"stage", false, "The name of the stage; empty for none.", fragment{"type": "string"}},
	{"scores", false, "Scores and totals by name, to the thousandth.", fragment{"type": "object", "propertyNames": nameValue, "additionalProperties": pointsValue}},
	{"excluded", false, "The name of the exclusion that applies; empty for none.", fragment{"type": "string"}},
	{"grade", false, "The grade; empty for none.", fragment{"type": "string"}},
	{"cycle", false, "Which pass through the funnel it is.", fragment{"type": "integer", "minimum": 1, "maximum": maxOccurrences}},
	{"reason", false, "Why it is where it is, of an exit or a person; empty for none.", fragment{"type": "string"}},
	{"entered", false, "The stages and exits in the order in which they were entered.", fragment{"type": "array", "items": labelValue, "maxItems": MaxTestEvents}},
}, also: fragment{"minProperties": 1}}

func kindNames() []string {
	var names []string
	for k := lead.Text; k <= lead.List; k++ {
		names = append(names, k.String())
	}
	return names
}

func typeNames() []string {
	var names []string
	for t := lead.Type(1); t < lead.Act; t++ {
		names = append(names, t.String())
	}
	return names
}
