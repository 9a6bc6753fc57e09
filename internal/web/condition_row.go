package web

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
)

// The rows of a condition as fields of a form, and back.

// maxConditionRows bounds a form: what asks more is better read as text.
const maxConditionRows = 50

// maxChoices bounds a list from which one chooses; more is better typed.
const maxChoices = 1000

// manner is a way to ask, by the word that forms and texts have for it.
type manner struct {
	word string
	how  rule.How
	not  bool
}

var manners = []manner{
	{"is", rule.Is, false}, {"is_not", rule.IsNot, false},
	{"at_least", rule.AtLeast, false}, {"more", rule.Above, false}, {"at_most", rule.AtMost, false}, {"less", rule.Below, false},
	{"one_of", rule.OneOf, false}, {"none_of", rule.OneOf, true},
	{"contains", rule.Contains, false}, {"contains_not", rule.Contains, true},
	{"starts", rule.StartsWith, false}, {"starts_not", rule.StartsWith, true},
	{"ends", rule.EndsWith, false}, {"ends_not", rule.EndsWith, true},
	{"matches", rule.Matches, false}, {"matches_not", rule.Matches, true},
	{"item", rule.Item, false}, {"item_not", rule.Item, true},
	{"holds", rule.Holds, false}, {"holds_not", rule.Holds, true},
	{"known", rule.Known, false}, {"unknown", rule.Known, true},
}

func mannerNamed(word string) (manner, bool) {
	i := slices.IndexFunc(manners, func(m manner) bool { return m.word == word })
	if i < 0 {
		return manner{}, false
	}
	return manners[i], true
}

func mannerOf(r rule.Row) manner {
	i := slices.IndexFunc(manners, func(m manner) bool { return m.how == r.How && m.not == r.Not })
	return manners[max(i, 0)]
}

// asked is a kind of thing that is asked about.
type asked string

// The kinds; of those that the playbook knows, and of values in events, which may
// be of any kind.
const (
	askedText    asked = "text"
	askedNumber  asked = "number"
	askedBool    asked = "bool"
	askedList    asked = "list"
	askedMoment  asked = "moment"
	askedSegment asked = "segment"
	askedPoints  asked = "points" // scores, and how often
	askedSpan    asked = "span"
	askedAlike   asked = "alike" // whether two signals have the same value
	askedEvent   asked = "event"
)

// mannersOf are the ways to ask about a kind, the usual one first.
var mannersOf = map[asked][]string{
	askedText:    {"is", "is_not", "one_of", "none_of", "contains", "contains_not", "starts", "starts_not", "ends", "ends_not", "matches", "matches_not", "known", "unknown"},
	askedNumber:  {"at_least", "more", "at_most", "less", "is", "is_not", "one_of", "none_of", "known", "unknown"},
	askedBool:    {"holds", "holds_not", "is", "is_not", "known", "unknown"},
	askedList:    {"item", "item_not", "known", "unknown"},
	askedMoment:  {"known", "unknown"},
	askedSegment: {"holds", "holds_not"},
	askedPoints:  {"at_least", "more", "at_most", "less", "is", "is_not"},
	askedSpan:    {"at_least", "more", "at_most", "less"},
	askedAlike:   {"holds", "holds_not"},
	askedEvent: {"is", "is_not", "at_least", "more", "at_most", "less", "one_of", "none_of", "contains", "contains_not", "starts", "starts_not", "ends", "ends_not",
		"matches", "matches_not", "item", "item_not", "holds", "holds_not", "known", "unknown"},
}

var kindsAsked = map[lead.Kind]asked{lead.Text: askedText, lead.Number: askedNumber, lead.Bool: askedBool, lead.List: askedList, lead.Moment: askedMoment}

// inStage is the name of the time in the present stage.
const inStage = "in_stage"

// glossary is what the rows of one condition may ask about.
type glossary struct {
	event  bool
	kinds  map[string]asked // by what forms call it
	groups []view.OptionGroup
	// signals are those that can be set beside another.
	signals []view.Option
}

// glossaryFor finds what a condition may ask about.
func (q *request) glossaryFor(p *playbook.Passage, doc *playbook.Document, plan *playbook.Plan) *glossary {
	g := &glossary{event: p.OfEvent(), kinds: map[string]asked{}}
	if g.event {
		return g
	}
	segments, signals, scores := p.Reads()
	group := func(title string) *view.OptionGroup {
		g.groups = append(g.groups, view.OptionGroup{Label: q.t("condition.group." + title)})
		return &g.groups[len(g.groups)-1]
	}
	add := func(to *view.OptionGroup, value, label string, kind asked) {
		if len(to.Options) < maxChoices {
			g.kinds[value] = kind
			to.Options = append(to.Options, view.Option{Value: value, Label: label})
		}
	}
	attributes := group("attributes")
	for i, a := range plan.Attributes {
		label := a.Label
		if i < playbook.Builtins {
			label = q.voice.Tongue().Term(label)
		}
		add(attributes, "value:"+a.Name, label, kindsAsked[a.Kind])
	}
	if segments && len(doc.Segments)+len(doc.Personas) > 0 {
		to := group("segments")
		for _, s := range doc.Segments {
			add(to, "value:"+s.Name.Text, s.Label, askedSegment)
		}
		for _, s := range doc.Personas {
			add(to, "value:"+s.Name.Text, s.Label, askedSegment)
		}
	}
	if scores {
		to := group("scores")
		for _, s := range plan.Scores {
			add(to, "value:"+s.Name, s.Label, askedPoints)
		}
	}
	if signals {
		counts := group("counts")
		for _, s := range plan.Signals {
			add(counts, "count:"+s.Name, q.t("condition.count", s.Label), askedPoints)
		}
		varieties := group("varieties")
		for _, s := range plan.Signals {
			add(varieties, "distinct:"+s.Name, q.t("condition.distinct", s.Label), askedPoints)
		}
		if len(plan.Signals) > 1 {
			alike := group("alike")
			for _, s := range plan.Signals {
				add(alike, "same:"+s.Name, q.t("condition.same", s.Label), askedAlike)
				g.signals = append(g.signals, view.Option{Value: s.Name, Label: s.Label})
			}
		}
		times := group("times")
		add(times, "value:"+inStage, q.t("condition.in_stage"), askedSpan)
		for _, s := range plan.Signals {
			add(times, "since:"+s.Name, q.t("condition.since", s.Label), askedSpan)
		}
		for i, f := range plan.Catalogue.Fields {
			if !f.Ageless {
				add(times, "since:"+f.Name, q.t("condition.since_told", plan.Attributes[i].Label), askedSpan)
			}
		}
	}
	return g
}

// subjects are prefixes that tell in forms what is asked of a name.
var subjects = map[rule.Subject]string{rule.Itself: "value:", rule.Tally: "count:", rule.Variety: "distinct:", rule.Elapsed: "since:", rule.Likeness: "same:"}

// kind is what forms know of a subject; any value where they know nothing.
func (g *glossary) kind(about string) asked {
	if k := g.kinds[about]; k != "" {
		return k
	}
	return askedEvent
}

// showAll puts rows into the fields of a form, those of a group after it.
func (g *glossary) showAll(q *request, rows []rule.Row) []view.ConditionRow {
	var all []view.ConditionRow
	for _, r := range rows {
		if r.About != rule.Group {
			all = append(all, g.show(q, len(all), r))
			continue
		}
		all = append(all, view.ConditionRow{N: len(all), Group: true, Joint: jointWord(r.Joint)})
		for _, inner := range r.Rows {
			v := g.show(q, len(all), inner)
			v.Inner = true
			all = append(all, v)
		}
	}
	return all
}

// jointWord is what forms call a joint.
func jointWord(j rule.Joint) string {
	if j == rule.Any {
		return "any"
	}
	return "all"
}

func jointNamed(word string) rule.Joint {
	if word == "any" {
		return rule.Any
	}
	return rule.All
}

// show puts a row into the fields of a form.
func (g *glossary) show(q *request, n int, r rule.Row) view.ConditionRow {
	v := view.ConditionRow{N: n}
	if r.About == rule.Otherwise {
		v.CEL, v.ByCEL = r.CEL, true
		return v
	}
	about := subjects[r.About] + r.Name
	g.fill(q, &v, about, mannerOf(r).word, true)
	v.Window, v.Of = r.Window, r.Of
	g.beside(&v, r.Other)
	var lines []string
	for _, l := range r.Values {
		lines = append(lines, g.shown(about, l))
	}
	v.Value = strings.Join(lines, "\n")
	return v
}

// fill says which fields a row has and what can be chosen in them. A manner that the
// kind does not have is kept or gives way to the usual one.
func (g *glossary) fill(q *request, v *view.ConditionRow, about, chosen string, keep bool) {
	kind := g.kind(about)
	v.About = about
	if g.event {
		v.Place = strings.TrimPrefix(about, subjects[rule.Itself])
	} else {
		found := false
		for _, group := range g.groups {
			options := slices.Clone(group.Options)
			for i := range options {
				options[i].Chosen = options[i].Value == about
				found = found || options[i].Chosen
			}
			v.Subjects = append(v.Subjects, view.OptionGroup{Label: group.Label, Options: options})
		}
		if _, name, _ := strings.Cut(about, ":"); !found && name != "" {
			v.Subjects = append(v.Subjects, view.OptionGroup{Label: q.t("condition.group.other"), Options: []view.Option{{Value: about, Label: name, Chosen: true}}})
		}
	}
	words := mannersOf[kind]
	switch _, known := mannerNamed(chosen); {
	case slices.Contains(words, chosen):
	case keep && known:
		words = append(slices.Clone(words), chosen)
	default:
		chosen = words[0]
	}
	for _, w := range words {
		v.Hows = append(v.Hows, view.Option{Value: w, Label: q.t("condition.how." + w), Chosen: w == chosen})
	}
	m, _ := mannerNamed(chosen)
	s, _ := subjectOf(about)
	v.Placed, v.Windowed, v.Paired = s.Placed(), s.Windowed(), s == rule.Likeness
	v.Many = m.how == rule.OneOf
	v.Valued = m.how != rule.Known && m.how != rule.Holds
	v.Kind = string(kind)
}

// beside lets one choose the other signal of a pair; one that is not in the playbook
// stays.
func (g *glossary) beside(v *view.ConditionRow, other string) {
	if !v.Paired {
		return
	}
	found := other == ""
	for _, o := range g.signals {
		o.Chosen = o.Value == other
		found = found || o.Chosen
		v.Others = append(v.Others, o)
	}
	if !found {
		v.Others = append(v.Others, view.Option{Value: other, Label: other, Chosen: true})
	}
}

// subjectOf is what is asked of which name, by what forms call it.
func subjectOf(about string) (subject rule.Subject, name string) {
	for subject, prefix := range subjects {
		if name, ok := strings.CutPrefix(about, prefix); ok {
			return subject, name
		}
	}
	return rule.Itself, ""
}

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// typed reads one value of a form. What is in double quotes is text, whatever it
// looks like.
func (g *glossary) typed(about, text string) rule.Literal {
	text = strings.TrimSpace(text)
	if len(text) > 1 && strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`) {
		return rule.Literal{Kind: rule.TextLiteral, Text: text[1 : len(text)-1]}
	}
	l := rule.Literal{Kind: rule.TextLiteral, Text: text}
	switch g.kind(about) {
	case askedNumber, askedPoints:
		l.Kind = rule.NumberLiteral
	case askedBool:
		l.Kind = rule.TruthLiteral
	case askedSpan:
		l.Kind, l.Text = rule.SpanLiteral, rule.MeantSpan(text)
	case askedEvent:
		switch {
		case number.MatchString(text):
			l.Kind = rule.NumberLiteral
		case text == "true" || text == "false":
			l.Kind = rule.TruthLiteral
		}
	}
	return l
}

// shown is the contrary of typed.
func (g *glossary) shown(about string, l rule.Literal) string {
	if l.Kind == rule.TextLiteral && (l.Text == "" || g.typed(about, l.Text) != l) {
		return `"` + l.Text + `"`
	}
	return l.Text
}

// typedRow is a row of a form: as it is shown again, and what it says.
type typedRow struct {
	shown view.ConditionRow
	said  rule.Row
}

// writes is what keeps the row from being written, by itself; a group is no row.
func (t typedRow) writes() error {
	if t.shown.Group {
		return nil
	}
	return t.said.Flaw()
}

// rowsTyped reads the rows of a form. Rows with changed subjects have fields that
// nobody has seen yet.
func (g *glossary) rowsTyped(q *request) (rows []typedRow, changed bool) {
	n, _ := strconv.Atoi(q.PostFormValue("rows")) // 0 is none
	grouped := false
	for i := range min(max(n, 0), maxConditionRows) {
		field := func(name string) string { return q.PostFormValue(fmt.Sprintf("%s.%d", name, i)) }
		v := view.ConditionRow{N: i}
		if joint := field("group"); joint != "" {
			grouped = true
			v.Group, v.Joint = true, jointWord(jointNamed(joint))
			rows = append(rows, typedRow{shown: v, said: rule.Row{About: rule.Group, Joint: jointNamed(joint)}})
			continue
		}
		v.Inner = grouped && field("inner") != ""
		grouped = v.Inner
		if cel := q.PostForm[fmt.Sprintf("cel.%d", i)]; cel != nil {
			v.CEL, v.ByCEL = cel[0], true
			rows = append(rows, typedRow{v, rule.Row{About: rule.Otherwise, CEL: cel[0]}})
			continue
		}
		about := field("about")
		if g.event {
			about = subjects[rule.Itself] + strings.TrimSpace(field("place"))
		}
		v.Value, v.Window = strings.ReplaceAll(field("value"), "\r\n", "\n"), strings.TrimSpace(field("window"))
		v.Of = strings.TrimSpace(field("of"))
		how, was := field("how"), field("was")
		if g.kind(was) != g.kind(about) {
			changed, how = true, ""
		}
		g.fill(q, &v, about, how, was == about)
		g.beside(&v, field("other"))
		rows = append(rows, typedRow{v, g.row(about, v)})
	}
	return rows, changed
}

// joined are the rows as a condition has them, those of a group in it.
func joined(joint rule.Joint, typed []typedRow) rule.Rows {
	rows := rule.Rows{Joint: joint}
	for _, t := range typed {
		if last := len(rows.Rows) - 1; t.shown.Inner {
			rows.Rows[last].Rows = append(rows.Rows[last].Rows, t.said)
		} else {
			rows.Rows = append(rows.Rows, t.said)
		}
	}
	return rows
}

// rowAdded puts a row at the end, or at the end of the n-th when that is a group.
func rowAdded(rows []typedRow, n int, shown view.ConditionRow, said rule.Row) []typedRow {
	at := len(rows)
	if n >= 0 && n < len(rows) && rows[n].shown.Group {
		shown.Inner = true
		for at = n + 1; at < len(rows) && rows[at].shown.Inner; at++ {
		}
	}
	return slices.Insert(rows, at, typedRow{shown, said})
}

// rowTaken takes the n-th row away: a group with all that is in it, and with its last
// row the group.
func rowTaken(rows []typedRow, n int) []typedRow {
	from, to := n, n+1
	if rows[n].shown.Group {
		for to < len(rows) && rows[to].shown.Inner {
			to++
		}
	} else if rows[n].shown.Inner && rows[n-1].shown.Group && (to == len(rows) || !rows[to].shown.Inner) {
		from--
	}
	return slices.Delete(rows, from, to)
}

// row is what the fields of a row say.
func (g *glossary) row(about string, v view.ConditionRow) rule.Row {
	r := rule.Row{}
	r.About, r.Name = subjectOf(about)
	for _, o := range v.Hows {
		if m, ok := mannerNamed(o.Value); o.Chosen && ok {
			r.How, r.Not = m.how, m.not
		}
	}
	if v.Windowed {
		r.Window = rule.MeantSpan(v.Window)
	}
	if v.Placed {
		r.Of = v.Of
	}
	for _, o := range v.Others {
		if o.Chosen {
			r.Other = o.Value
		}
	}
	if !v.Valued {
		return r
	}
	lines := []string{v.Value}
	if v.Many {
		lines = strings.Split(v.Value, "\n")
	}
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			l := g.typed(about, line)
			if r.How.Textual() {
				l.Kind = rule.TextLiteral
			}
			r.Values = append(r.Values, l)
		}
	}
	return r
}
