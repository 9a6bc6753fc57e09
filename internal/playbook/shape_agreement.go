package playbook

import "galena/internal/phrase"

const (
	hourPattern  = `^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$`
	datePattern  = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	moneyPattern = `^[0-9]+(\.[0-9]+)? [A-Z]{3}$`
)

// Limits of the sections on what is agreed beside scores and stages.
const (
	MaxRoutes  = 200
	MaxRungs   = 20
	MaxTracks  = 100
	MaxSteps   = 200 // of a track, branches included
	maxPeople  = 500 // of a round
	maxBranch  = 8   // branches within branches
	MaxModels  = 20
	MaxGoals   = 100
	MaxCosts   = 2000
	maxAddress = 2000
)

var (
	countValue = fragment{"type": "integer", "minimum": 1, "maximum": maxOccurrences}
	dateValue  = fragment{"type": "string", "pattern": datePattern}
	hourValue  = fragment{"type": "string", "pattern": hourPattern}
	moneyValue = fragment{"type": "string", "pattern": moneyPattern}
	proseValue = fragment{"type": "string", "minLength": 1, "maxLength": maxProse}
)

// agreementFields are those of the playbook that are checked and described, and
// acted on by a later version.
var agreementFields = []field{
	{"handoff", false, "The pass from marketing to sales.", ref(&handoffShape)},
	{"nurture", false, "Tracks of steps for leads that are not ready.", mapOf(ref(&trackShape), MaxTracks)},
	{"attribution", false, "How touches are credited.", ref(&attributionShape)},
	{"goals", false, "What is to be reached, and by when.", listOf(&goalShape, MaxGoals)},
	{"costs", false, "What is spent.", listOf(&costShape, MaxCosts)},
	{"review", false, "The day on which the agreement is looked at again.", dateValue},
}

var agreementShapes = []*shape{
	&handoffShape, &routeShape, &targetShape, &rungShape, &questionShape, &hoursShape,
	&trackShape, &stepShape, &branchShape, &attributionShape, &modelShape, &goalShape, &costShape,
}

var handoffShape = shape{name: "handoff", title: phrase.Term("a handoff"), fields: []field{
	{"on", true, "The stages whose entry hands a lead to sales.", oneOrMore(labelValue)},
	{"owner_first", false, "Whether the owner of the lead's account goes before all routes.", boolValue},
	{"routes", false, "Whose a lead becomes: the first that fits.", listOf(&routeShape, MaxRoutes)},
	{"fallback", true, "Who gets what no route fits, and what nobody has room for.", ref(&targetShape)},
	{"capacity", false, "How many open handoffs one person may have.", countValue},
	{"wait", false, "How long routing may wait for what is still missing.", durationValue},
	{"hours", false, "When sales works; always unless given.", ref(&hoursShape)},
	{"holidays", false, "Days on which sales does not work.", oneOrMore(dateValue)},
	{"clock", false, "From what the clocks run; qualification unless given.", oneOf(clocks)},
	{"accept_within", false, "The working time within which sales accepts or rejects.", durationValue},
	{"reach_within", false, "The working time within which sales first reaches out.", durationValue},
	{"ladder", false, "What happens when a handoff has waited.", listOf(&rungShape, MaxRungs)},
	{"context", false, "What of the lead sales is told: attributes, signals, segments, scores.", oneOrMore(nameValue)},
	{"questions", false, "What sales asks, and records.", listOf(&questionShape, maxItems)},
	{"reject_reasons", false, "The reasons for which sales may reject.", oneOrMore(labelValue)},
}}

var routeShape = shape{name: "route", title: phrase.Term("a route"), fields: []field{
	{"name", false, "What the route is called.", labelValue},
	{"when", false, "Whom it fits; all unless given.", conditionValue},
	{"to", true, "Who gets them.", ref(&targetShape)},
}}

var targetShape = shape{name: "target", title: phrase.Term("a target"), fields: []field{
	{"owner", false, "A person.", labelValue},
	{"team", false, "A team.", labelValue},
	{"queue", false, "A queue that people take from.", labelValue},
	{"round_robin", false, "People in turn, each with a weight.", fragment{"type": "object", "additionalProperties": countValue, "minProperties": 1, "maxProperties": maxPeople}},
}, also: fragment{"minProperties": 1, "maxProperties": 1}}

var rungShape = shape{name: "rung", title: phrase.Term("a rung"), fields: []field{
	{"after", true, "The working time after which it is reached.", durationValue},
	{"do", true, "What happens.", oneOf(rungDeeds)},
	{"to", false, "Who is told, or gets the lead.", labelValue},
}}

var questionShape = shape{name: "question", title: phrase.Term("a question"), fields: []field{
	{"name", true, "A name for the answer.", nameValue},
	{"ask", true, "The question as it is asked.", labelValue},
	{"type", false, "The kind of the answer; text unless given.", oneOf(kindNames())},
	{"choices", false, "The answers there are.", oneOrMore(labelValue)},
	{"required", false, "Whether a lead counts as vetted only with an answer.", boolValue},
}}

var hoursShape = shape{name: "hours", title: phrase.Term("hours"), fields: []field{
	{"days", false, "The days of the week; Monday to Friday unless given.", oneOrMore(oneOf(weekdays))},
	{"from", true, "From this time of day, in the playbook's zone.", hourValue},
	{"to", true, "To this time of day.", hourValue},
}}

var trackShape = shape{name: "track", title: phrase.Term("a track"), fields: []field{
	{"label", false, "The track in words; its name unless given.", labelValue},
	{"enrol", true, "Whom it takes in.", conditionValue},
	{"exit", false, "Whom it lets go before its end.", conditionValue},
	{"hours", false, "When it sends; always unless given.", ref(&hoursShape)},
	{"limit", false, "How often it sends to one person.", fragment{"type": "string", "pattern": limitPattern}},
	{"steps", true, "What it does, in order.", stepsValue},
}}

var stepsValue = fragment{"type": "array", "items": fragment{"$ref": "#/$defs/step"}, "minItems": 1, "maxItems": MaxSteps}

var stepShape = shape{name: "step", title: phrase.Term("a step"), fields: []field{
	{"send", false, "Sends the mail of this name.", labelValue},
	{"wait", false, "Waits so long.", durationValue},
	{"wait_for", false, "Waits until this signal occurs.", nameValue},
	{"within", false, "How long wait_for waits at most.", durationValue},
	{"branch", false, "Goes one way or the other.", fragment{"$ref": "#/$defs/branch"}},
	{"notify", false, "Tells this person, team or owner.", labelValue},
	{"text", false, "What notify says.", proseValue},
	{"update", false, "Sets attributes.", fragment{"type": "object", "propertyNames": nameValue, "minProperties": 1, "maxProperties": MaxAttributes,
		"additionalProperties": fragment{"type": []string{"string", "number", "boolean"}}}},
	{"webhook", false, "Calls this address.", fragment{"type": "string", "pattern": "^https://", "maxLength": maxAddress}},
	{"leave", false, "Leaves the track.", fragment{"const": true}},
}, also: fragment{"oneOf": []any{
	only("send"), only("wait"), only("wait_for", "within"), only("branch"), only("notify", "text"), only("update"), only("webhook"), only("leave"),
}}}

var branchShape = shape{name: "branch", title: phrase.Term("a branch"), fields: []field{
	{"when", true, "Which way.", conditionValue},
	{"then", true, "The steps if it holds.", stepsValue},
	{"else", false, "The steps otherwise; none unless given.", stepsValue},
}}

var attributionShape = shape{name: "attribution", title: phrase.Term("attribution"), fields: []field{
	{"touches", true, "The signals that are touches.", oneOrMore(nameValue)},
	{"window", false, "How old a touch may be; any age unless given.", durationValue},
	{"models", true, "How credit is divided.", mapOf(ref(&modelShape), MaxModels)},
}}

var modelShape = shape{name: "model", title: phrase.Term("a model"), fields: []field{
	{"label", false, "The model in words; its name unless given.", labelValue},
	{"kind", true, "How it divides.", oneOf(modelKinds)},
	{"anchors", true, "The stages whose reaching is credited.", oneOrMore(labelValue)},
	{"half_life", false, "For time_decay: after how long a touch counts half.", durationValue},
	{"weights", false, "For custom: hundredths for first, last, others and stages.", fragment{"type": "object",
		"additionalProperties": fragment{"type": "integer", "minimum": 1, "maximum": 100}, "minProperties": 1, "maxProperties": MaxStages}},
}}

var goalShape = shape{name: "goal", title: phrase.Term("a goal"), fields: []field{
	{"name", true, "What it is called.", labelValue},
	{"from", true, "The first day.", dateValue},
	{"to", true, "The last day.", dateValue},
	{"revenue", false, "Money to be won, such as 250000 EUR.", moneyValue},
	{"stage", false, "The stage that so many leads are to reach.", labelValue},
	{"count", false, "How many.", countValue},
}}

var costShape = shape{name: "cost", title: phrase.Term("a cost"), fields: []field{
	{"name", true, "What it is for.", labelValue},
	{"source", false, "As in campaign.source.", labelValue},
	{"medium", false, "As in campaign.medium.", labelValue},
	{"campaign", false, "As in campaign.name.", labelValue},
	{"vendor", false, "Who sells the leads.", labelValue},
	{"amount", true, "The money, such as 1200.50 EUR.", moneyValue},
	{"per", false, "For each of what; once within the days unless given.", oneOf(costsPer)},
	{"from", true, "The first day.", dateValue},
	{"to", false, "The last day; open unless given.", dateValue},
}}
