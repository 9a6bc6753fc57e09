package playbook

import (
	"encoding/json"
	"fmt"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// Describe writes the playbook as an agreement in Markdown, in words that
// marketing and sales can sign. Equal documents have equal descriptions, and those
// in two languages have the same parts in the same order.
func Describe(d *Document, in phrase.Tongue) string {
	w := &agreement{d: d, words: wordsFor(d, in)}
	w.line("# " + prose(d.Name))
	if d.Description != "" {
		w.line(prose(d.Description))
	}
	w.tell("Days, weeks and months begin in the time zone %s.", code(d.TimeZone.Text))
	w.attributes()
	w.signals()
	w.segments()
	w.personas()
	w.scores()
	w.totals()
	w.stages()
	w.exits()
	w.exclusions()
	w.grade()
	w.agreement()
	w.examples()
	return w.text.String()
}

// agreement is a description being written.
type agreement struct {
	words
	text   strings.Builder
	d      *Document
	indent string // of what belongs to an item; see under
}

// item writes an item of a list that has begun with a line.
func (w *agreement) item(text string) { w.text.WriteString(text + "\n") }

// point is item for what stands in no order, said in the language.
func (w *agreement) point(english string, args ...any) { w.item("- " + w.say(english, args...)) }

// line writes a paragraph.
func (w *agreement) line(text string) {
	if w.text.Len() > 0 {
		w.text.WriteByte('\n')
	}
	w.item(text)
}

// tell is line for what is said in the language.
func (w *agreement) tell(english string, args ...any) { w.line(w.say(english, args...)) }

// heading begins a part of the agreement.
func (w *agreement) heading(english string) { w.line("## " + w.term(english)) }

// table writes a table; its cells are Markdown already, but for the bars in code.
func (w *agreement) table(head []string, rows [][]string) {
	w.line("| " + strings.Join(head, " | ") + " |\n|" + strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = bars.Replace(cell)
		}
		w.item("| " + strings.Join(row, " | ") + " |")
	}
}

// bars keeps a bar in a cell from ending it; one in prose is kept already.
var bars = strings.NewReplacer(`\|`, `\|`, "|", `\|`)

var inert = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "#", `\#`,
	"\r", " ", "\n", " ",
)

// prose shows a text of the author's as it is, whatever Markdown would make of it.
func prose(s string) string { return inert.Replace(s) }

// code shows a text as code.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}

func (w *agreement) attributes() {
	if len(w.d.Attributes) == 0 {
		return
	}
	w.heading("What we know about people")
	var rows [][]string
	for _, a := range w.d.Attributes {
		var from []string
		for _, path := range a.From {
			from = append(from, code(strings.Join(path, ".")))
		}
		rows = append(rows, []string{prose(a.Label), code(a.Name.Text), w.kind(a.Kind), strings.Join(from, ", ")})
	}
	w.table([]string{w.say("What"), w.say("Name"), w.say("Kind"), w.say("Taken from")}, rows)
}

func (w *agreement) signals() {
	if len(w.d.Signals) == 0 {
		return
	}
	w.heading("What people do")
	var rows [][]string
	for _, s := range w.d.Signals {
		rows = append(rows, []string{w.say("the lead %s", prose(s.Label)), code(s.Name.Text), w.signal(&s)})
	}
	w.table([]string{w.say("Signal"), w.say("Name"), w.say("How we see it")}, rows)
}

func (w *agreement) signal(s *SignalDecl) string {
	if len(s.Any) > 0 {
		var parts []string
		for _, part := range s.Any {
			parts = append(parts, prose(w.label(part.Text)))
		}
		return w.say("any of: %s", strings.Join(parts, "; "))
	}
	var types, names []string
	for _, t := range s.Types {
		types = append(types, t.String())
	}
	for _, n := range s.Names {
		names = append(names, w.quoted(prose(n)))
	}
	seen := w.say("an event of type %s", w.anyOf(types))
	if len(names) > 0 {
		seen = w.say("the %s event %s", w.anyOf(types), w.anyOf(names))
	}
	if s.Where.Text != "" {
		return w.say("%s where %s", seen, code(s.Where.Text))
	}
	return seen
}

func (w *agreement) segments() {
	if len(w.d.Segments) == 0 {
		return
	}
	w.heading("Whom we mean")
	var rows [][]string
	for _, s := range w.d.Segments {
		rows = append(rows, []string{w.say("the lead %s", prose(s.Label)), code(s.Name.Text), code(s.When.Text)})
	}
	w.table([]string{w.say("Segment"), w.say("Name"), w.say("As long as")}, rows)
}

func (w *agreement) personas() {
	if len(w.d.Personas) == 0 {
		return
	}
	w.heading("Kinds of people")
	w.tell("Of several that hold, the first is somebody's persona.")
	var rows [][]string
	for _, p := range w.d.Personas {
		rows = append(rows, []string{w.say("the lead %s", prose(p.Label)), code(p.Name.Text), code(p.When.Text), prose(p.Description)})
	}
	w.table([]string{w.say("Persona"), w.say("Name"), w.say("As long as"), w.say("Who")}, rows)
}

func (w *agreement) scores() {
	if len(w.d.Scores) == 0 {
		return
	}
	w.heading("What it is worth")
	for _, s := range w.d.Scores {
		w.line(fmt.Sprintf("### %s (%s)", prose(s.Label), code(s.Name.Text)))
		if bounds := w.bounded(s.Cap, s.Floor); bounds != "" {
			w.tell("It reads %s.", bounds)
		}
		if s.EachCycle {
			w.tell("What was given counts nothing any more once the lead has left the funnel.")
		}
		if s.Balance.Kind != Lasting {
			w.tell("Points that were brought along fade: %s.", w.decay(s.Balance))
		}
		var rows [][]string
		for _, r := range s.Rules {
			rows = append(rows, w.rule(&r))
		}
		w.table([]string{w.say("Rule"), w.say("Points"), w.say("How often"), w.say("Fading")}, rows)
	}
}

// rule is a row of a score's table.
func (w *agreement) rule(r *RuleDecl) []string {
	points := w.given(r.Points)
	if r.Compute.Text != "" {
		points = code(r.Compute.Text) + ", " + w.bounded(&r.Most, &r.Least)
	}
	often, fading := w.limit(r.Limit, r.Minimum), w.say("never")
	what := prose(r.Label)
	if r.Reset != nil {
		points, often, fading = w.reset(r.Reset), w.say("each time"), ""
	}
	switch r.Kind {
	case PerPeriod:
		often = map[Period]string{
			PerDay: w.say("at the beginning of each day"), PerWeek: w.say("at the beginning of each week"), PerMonth: w.say("at the beginning of each month"),
		}[r.Every]
	case WhileTrue:
		often, what = w.say("as long as it holds"), what+": "+code(r.When.Text)
	case PerSignal:
		if len(r.On) > 1 {
			what += ": " + w.signalLabels(r.On)
		}
		if clause, ok := w.condition(r.When.Text); ok && r.When.Text != "" {
			what = w.say("%s, when the lead %s", what, prose(clause))
		}
		if r.When.Text != "" {
			what += " (" + code(r.When.Text) + ")"
		}
	case PerSilence:
		what += " (" + w.say("%s without: %s", w.span(r.Silence), w.signalLabels(r.On)) + ")"
	}
	if bounds := w.bounded(r.Cap, r.Floor); bounds != "" {
		often = w.say("%s, in sum %s", often, bounds)
	}
	if r.Stop != nil {
		often = w.say("%s, no more once %s is above %s", often, prose(w.label(r.Stop.Score.Text)), w.points(r.Stop.Above))
	}
	if r.Decay.Kind != Lasting {
		fading = w.decay(r.Decay)
	}
	return []string{what, points, often, fading}
}

// reset says when a reset takes points away.
func (w words) reset(r *Reset) string {
	switch {
	case r.Below != nil:
		return w.say("back to nothing if below %s", w.points(*r.Below))
	case r.Above != nil:
		return w.say("back to nothing if above %s", w.points(*r.Above))
	}
	return w.say("back to nothing")
}

func (w *agreement) signalLabels(signals []Word) string {
	var labels []string
	for _, s := range signals {
		labels = append(labels, prose(w.label(s.Text)))
	}
	return strings.Join(labels, "; ")
}

func (w *agreement) totals() {
	if len(w.d.Totals) == 0 {
		return
	}
	w.heading("Totals")
	var rows [][]string
	for _, t := range w.d.Totals {
		var parts []string
		for _, s := range t.Sum {
			parts = append(parts, prose(w.label(s.Text)))
		}
		rows = append(rows, []string{prose(t.Label), code(t.Name.Text), strings.Join(parts, " + "), w.reads(t)})
	}
	w.table([]string{w.say("Total"), w.say("Name"), w.say("Sum of"), w.say("Reads")}, rows)
}

// reads says within what bounds a total reads, and how what it began with fades.
func (w *agreement) reads(t TotalDecl) string {
	text := w.bounded(t.Cap, t.Floor)
	if t.Balance.Kind == Lasting {
		return text
	}
	if text != "" {
		text += "; "
	}
	return text + w.say("points that were brought along fade: %s", w.decay(t.Balance))
}

func (w *agreement) exclusions() {
	if len(w.d.Exclusions) == 0 {
		return
	}
	w.heading("Who is left out")
	w.tell("They are recorded, but never scored and never handed off.")
	w.item("")
	for _, x := range w.d.Exclusions {
		w.point("**%s** (%s), as long as %s", prose(x.Label), code(x.Name.Text), code(x.When.Text))
	}
}

func (w *agreement) grade() {
	if len(w.d.Grade) == 0 {
		return
	}
	w.heading("Grades")
	w.tell("The first mark whose points are reached is given, the last one to all others.")
	w.item("")
	for _, s := range w.d.Grade {
		var marks []string
		for _, b := range s.Bands {
			marks = append(marks, w.say("**%s** from %s", b.Mark, w.points(b.From)))
		}
		w.point("By %s: %s", prose(w.label(s.Score.Text)), strings.Join(marks, ", "))
	}
}

func (w *agreement) examples() {
	if len(w.d.Tests) == 0 {
		return
	}
	w.heading("Examples that must hold")
	for i, t := range w.d.Tests {
		w.line("### " + w.say("Example %d: %s", i+1, prose(t.Name.Text)))
		w.item("")
		from := lead.Time(0)
		for j := range t.Events {
			e := &t.Events[j]
			when := w.say("first")
			if j > 0 {
				when = w.later(int64(e.At - from))
			}
			from = e.At
			w.item(fmt.Sprintf("%d. %s: %s", j+1, when, w.event(e)))
		}
		look := w.say("Right then")
		if t.Look > from {
			look = w.later(int64(t.Look - from))
		}
		w.line(look + ": " + strings.Join(w.expected(&t.Expect), "; ") + ".")
	}
}

func (w *agreement) later(ms int64) string {
	if ms == 0 {
		return w.say("at the same moment")
	}
	return w.say("%s later", w.span(ms))
}

// event tells what a lead did in an example.
func (w *agreement) event(e *TestEvent) string {
	if e.Type == lead.Act {
		if e.Reason != "" {
			return w.say("a person puts the lead into **%s** because of %s", prose(e.Stage.Text), w.quoted(prose(e.Reason)))
		}
		return w.say("a person puts the lead into **%s**", prose(e.Stage.Text))
	}
	told := e.Type.String()
	if e.Name != "" {
		told += " " + w.quoted(prose(e.Name))
	}
	for _, open := range []struct {
		with string
		m    map[string]any
	}{{"%s with properties %s", e.Properties}, {"%s with traits %s", e.Traits}, {"%s with context %s", e.Context}} {
		if len(open.m) == 0 {
			continue
		}
		// Maps of JSON values can always be written; the keys come sorted.
		text, err := json.Marshal(open.m)
		if err == nil {
			told = w.say(open.with, told, code(string(text)))
		}
	}
	return told
}

// expected tells what an example must come to.
func (w *agreement) expected(x *Expectation) []string {
	var told []string
	switch {
	case x.Stage == nil:
	case x.Stage.Text == "":
		told = append(told, w.say("the lead is in no stage"))
	default:
		told = append(told, w.say("the lead's stage is **%s**", prose(x.Stage.Text)))
	}
	told = append(told, w.expectedPath(x)...)
	for _, s := range x.Scores {
		told = append(told, w.say("%s is %s", code(s.Name.Text), w.points(s.Points)))
	}
	switch {
	case x.Excluded == nil:
	case x.Excluded.Text == "":
		told = append(told, w.say("no exclusion applies"))
	default:
		told = append(told, w.say("the exclusion %s applies", code(x.Excluded.Text)))
	}
	switch {
	case x.Grade == nil:
	case x.Grade.Text == "":
		told = append(told, w.say("no grade is given"))
	default:
		told = append(told, w.say("the grade is **%s**", prose(x.Grade.Text)))
	}
	return told
}
