package playbook

import "galena/internal/phrase"

var boolValue = fragment{"type": "boolean"}

var stageShape = shape{name: "stage", title: phrase.Term("a stage"), fields: []field{
	{"name", true, "What the teams call it.", labelValue},
	{"label", false, "The stage in words; its name unless given.", labelValue},
	{"role", true, "Which of the canonical roles it plays.", oneOf(Roles)},
	{"when", false, "The criterion under which a lead enters it.", conditionValue},
	{"fast_track", false, "A second criterion, enough by itself.", conditionValue},
	{"by_hand", false, "Only people put leads into it.", boolValue},
	{"side", false, "A side entrance: who goes past it has not been in it.", boolValue},
	{"back", false, "Leads go back when no criterion holds any more.", boolValue},
	{"back_when", false, "Leads go back when this holds, and do not enter while it does.", conditionValue},
	{"back_to", false, "The earlier stage to which they go back; unless given the furthest whose criterion holds.", labelValue},
}, also: fragment{"anyOf": []any{
	fragment{"required": []string{"when"}}, fragment{"required": []string{"fast_track"}}, fragment{"required": []string{"by_hand"}},
}}}

var exitShape = shape{name: "exit", title: phrase.Term("an exit"), fields: []field{
	{"name", true, "What the teams call it.", labelValue},
	{"label", false, "The reason in words when a condition leads to it; its name unless given.", labelValue},
	{"role", true, "Which of the canonical roles it plays.", oneOf(ExitRoles)},
	{"when", false, "The condition under which a lead leaves the funnel.", conditionValue},
	{"by_hand", false, "Only people put leads into it.", boolValue},
	{"reasons", false, "The reasons that a person may give; any unless given.", oneOrMore(labelValue)},
	{"cool_down", false, "For how long no criterion leads back into the funnel.", durationValue},
	{"final", false, "Only a person leads back into the funnel.", boolValue},
}, also: fragment{"anyOf": []any{fragment{"required": []string{"when"}}, fragment{"required": []string{"by_hand"}}}}}
