package playbook

import (
	"encoding/json"
	"fmt"
	"strings"

	"galena/internal/lead"
)

// Describe writes the playbook as an agreement in Markdown, in words that
// marketing and sales can sign. Equal documents have equal descriptions.
func Describe(d *Document) string {
	w := &agreement{d: d, words: wordsFor(d)}
	w.line("# %s", prose(d.Name))
	if d.Description != "" {
		w.line("%s", prose(d.Description))
	}
	w.line("Days, weeks and months begin in the time zone %s.", code(d.TimeZone.Text))
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
	text  strings.Builder
	d     *Document
	words words
}

// item writes an item of a list that has begun with a line.
func (w *agreement) item(format string, args ...any) {
	fmt.Fprintf(&w.text, format+"\n", args...)
}

// line writes a paragraph.
func (w *agreement) line(format string, args ...any) {
	if w.text.Len() > 0 {
		w.text.WriteByte('\n')
	}
	fmt.Fprintf(&w.text, format+"\n", args...)
}

// table writes a table; its cells are Markdown already, but for the bars in code.
func (w *agreement) table(head []string, rows [][]string) {
	w.line("| %s |\n|%s", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = bars.Replace(cell)
		}
		w.item("| %s |", strings.Join(row, " | "))
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
	w.line("## What we know about people")
	var rows [][]string
	for _, a := range w.d.Attributes {
		var from []string
		for _, path := range a.From {
			from = append(from, code(strings.Join(path, ".")))
		}
		rows = append(rows, []string{prose(a.Label), code(a.Name.Text), a.Kind.String(), strings.Join(from, ", ")})
	}
	w.table([]string{"What", "Name", "Kind", "Taken from"}, rows)
}

func (w *agreement) signals() {
	if len(w.d.Signals) == 0 {
		return
	}
	w.line("## What people do")
	var rows [][]string
	for _, s := range w.d.Signals {
		rows = append(rows, []string{"the lead " + prose(s.Label), code(s.Name.Text), w.signal(&s)})
	}
	w.table([]string{"Signal", "Name", "How we see it"}, rows)
}

func (w *agreement) signal(s *SignalDecl) string {
	if len(s.Any) > 0 {
		var parts []string
		for _, part := range s.Any {
			parts = append(parts, prose(w.words.label(part.Text)))
		}
		return "any of: " + strings.Join(parts, "; ")
	}
	var types, names []string
	for _, t := range s.Types {
		types = append(types, t.String())
	}
	for _, n := range s.Names {
		names = append(names, "“"+prose(n)+"”")
	}
	seen := "an event of type " + enumerate(types, "or")
	if len(names) > 0 {
		seen = "the " + enumerate(types, "or") + " event " + enumerate(names, "or")
	}
	if s.Where.Text != "" {
		seen += " where " + code(s.Where.Text)
	}
	return seen
}

func (w *agreement) segments() {
	if len(w.d.Segments) == 0 {
		return
	}
	w.line("## Whom we mean")
	var rows [][]string
	for _, s := range w.d.Segments {
		rows = append(rows, []string{"the lead " + prose(s.Label), code(s.Name.Text), code(s.When.Text)})
	}
	w.table([]string{"Segment", "Name", "As long as"}, rows)
}

func (w *agreement) personas() {
	if len(w.d.Personas) == 0 {
		return
	}
	w.line("## Kinds of people")
	w.line("Of several that hold, the first is somebody's persona.")
	var rows [][]string
	for _, p := range w.d.Personas {
		rows = append(rows, []string{"the lead " + prose(p.Label), code(p.Name.Text), code(p.When.Text), prose(p.Description)})
	}
	w.table([]string{"Persona", "Name", "As long as", "Who"}, rows)
}

func (w *agreement) scores() {
	if len(w.d.Scores) == 0 {
		return
	}
	w.line("## What it is worth")
	for _, s := range w.d.Scores {
		w.line("### %s (%s)", prose(s.Label), code(s.Name.Text))
		if bounds := bounded(s.Cap, s.Floor); bounds != "" {
			w.line("It reads %s.", bounds)
		}
		if s.EachCycle {
			w.line("What was given counts nothing any more once the lead has left the funnel.")
		}
		if s.Balance.Kind != Lasting {
			w.line("Points that were brought along fade: %s.", decayInWords(s.Balance))
		}
		var rows [][]string
		for _, r := range s.Rules {
			rows = append(rows, w.rule(&r))
		}
		w.table([]string{"Rule", "Points", "How often", "Fading"}, rows)
	}
}

// rule is a row of a score's table.
func (w *agreement) rule(r *RuleDecl) []string {
	points := r.Points.String()
	if r.Points > 0 {
		points = "+" + points
	}
	if r.Compute.Text != "" {
		points = fmt.Sprintf("%s, %s", code(r.Compute.Text), bounded(&r.Most, &r.Least))
	}
	often, fading := limitInWords(r.Limit, r.Minimum), "never"
	what := prose(r.Label)
	if r.Reset != nil {
		points, often, fading = resetInWords(r.Reset), "each time", ""
	}
	switch r.Kind {
	case PerPeriod:
		often = "at the beginning of each " + calendarNames[r.Every-PerDay]
	case WhileTrue:
		often, what = "as long as it holds", what+": "+code(r.When.Text)
	case PerSignal:
		if len(r.On) > 1 {
			what += ": " + w.anyOf(r.On)
		}
		if clause, ok := w.words.condition(r.When.Text); ok && r.When.Text != "" {
			what += ", when the lead " + prose(clause)
		}
		if r.When.Text != "" {
			what += " (" + code(r.When.Text) + ")"
		}
	case PerSilence:
		what += fmt.Sprintf(" (%s without: %s)", spanInWords(r.Silence), w.anyOf(r.On))
	}
	if bounds := bounded(r.Cap, r.Floor); bounds != "" {
		often += ", in sum " + bounds
	}
	if r.Stop != nil {
		often += fmt.Sprintf(", no more once %s is above %v", prose(w.words.label(r.Stop.Score.Text)), r.Stop.Above)
	}
	if r.Decay.Kind != Lasting {
		fading = decayInWords(r.Decay)
	}
	return []string{what, points, often, fading}
}

func (w *agreement) anyOf(signals []Word) string {
	var labels []string
	for _, s := range signals {
		labels = append(labels, prose(w.words.label(s.Text)))
	}
	return strings.Join(labels, "; ")
}

func bounded(most, least *lead.Points) string {
	switch {
	case most != nil && least != nil:
		return fmt.Sprintf("at least %v and at most %v", *least, *most)
	case most != nil:
		return fmt.Sprintf("at most %v", *most)
	case least != nil:
		return fmt.Sprintf("at least %v", *least)
	}
	return ""
}

func (w *agreement) totals() {
	if len(w.d.Totals) == 0 {
		return
	}
	w.line("## Totals")
	var rows [][]string
	for _, t := range w.d.Totals {
		var parts []string
		for _, s := range t.Sum {
			parts = append(parts, prose(w.words.label(s.Text)))
		}
		rows = append(rows, []string{prose(t.Label), code(t.Name.Text), strings.Join(parts, " + "), reads(t)})
	}
	w.table([]string{"Total", "Name", "Sum of", "Reads"}, rows)
}

// reads says within what bounds a total reads, and how what it began with fades.
func reads(t TotalDecl) string {
	text := bounded(t.Cap, t.Floor)
	if t.Balance.Kind == Lasting {
		return text
	}
	if text != "" {
		text += "; "
	}
	return text + "points that were brought along fade: " + decayInWords(t.Balance)
}

func (w *agreement) exclusions() {
	if len(w.d.Exclusions) == 0 {
		return
	}
	w.line("## Who is left out")
	w.line("They are recorded, but never scored and never handed off.")
	w.item("")
	for _, x := range w.d.Exclusions {
		w.item("- **%s** (%s), as long as %s", prose(x.Label), code(x.Name.Text), code(x.When.Text))
	}
}

func (w *agreement) grade() {
	if len(w.d.Grade) == 0 {
		return
	}
	w.line("## Grades")
	w.line("The first mark whose points are reached is given, the last one to all others.")
	w.item("")
	for _, s := range w.d.Grade {
		var marks []string
		for _, b := range s.Bands {
			marks = append(marks, fmt.Sprintf("**%s** from %v", b.Mark, b.From))
		}
		w.item("- By %s: %s", prose(w.words.label(s.Score.Text)), strings.Join(marks, ", "))
	}
}

func (w *agreement) examples() {
	if len(w.d.Tests) == 0 {
		return
	}
	w.line("## Examples that must hold")
	for i, t := range w.d.Tests {
		w.line("### Example %d: %s", i+1, prose(t.Name.Text))
		w.item("")
		from := lead.Time(0)
		for j := range t.Events {
			e := &t.Events[j]
			when := "first"
			if j > 0 {
				when = later(int64(e.At - from))
			}
			from = e.At
			w.item("%d. %s: %s", j+1, when, event(e))
		}
		look := "Right then"
		if t.Look > from {
			look = spanInWords(int64(t.Look-from)) + " later"
		}
		w.line("%s: %s.", look, strings.Join(expected(&t.Expect), "; "))
	}
}

func later(ms int64) string {
	if ms == 0 {
		return "at the same moment"
	}
	return spanInWords(ms) + " later"
}

// event tells what a lead did in an example.
func event(e *TestEvent) string {
	if e.Type == lead.Act {
		told := "a person puts the lead into **" + prose(e.Stage.Text) + "**"
		if e.Reason != "" {
			told += " because of “" + prose(e.Reason) + "”"
		}
		return told
	}
	told := e.Type.String()
	if e.Name != "" {
		told += " “" + prose(e.Name) + "”"
	}
	for _, open := range []struct {
		what string
		m    map[string]any
	}{{"properties", e.Properties}, {"traits", e.Traits}, {"context", e.Context}} {
		if len(open.m) == 0 {
			continue
		}
		// Maps of JSON values can always be written; the keys come sorted.
		text, err := json.Marshal(open.m)
		if err == nil {
			told += " with " + open.what + " " + code(string(text))
		}
	}
	return told
}

// expected tells what an example must come to.
func expected(x *Expectation) []string {
	var told []string
	switch {
	case x.Stage == nil:
	case x.Stage.Text == "":
		told = append(told, "the lead is in no stage")
	default:
		told = append(told, "the lead's stage is **"+prose(x.Stage.Text)+"**")
	}
	told = append(told, expectedPath(x)...)
	for _, s := range x.Scores {
		told = append(told, fmt.Sprintf("%s is %v", code(s.Name.Text), s.Points))
	}
	switch {
	case x.Excluded == nil:
	case x.Excluded.Text == "":
		told = append(told, "no exclusion applies")
	default:
		told = append(told, "the exclusion "+code(x.Excluded.Text)+" applies")
	}
	switch {
	case x.Grade == nil:
	case x.Grade.Text == "":
		told = append(told, "no grade is given")
	default:
		told = append(told, "the grade is **"+prose(x.Grade.Text)+"**")
	}
	return told
}
