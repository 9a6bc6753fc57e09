package intake

import (
	"strings"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// numbers watches what becomes of the playbook's numbers in the rows of a file.
type numbers struct {
	traits    []numberTrait
	unread    map[string]*app.NumberNote
	doubted   map[string]*app.NumberNote
	fractions map[string]bool // traits with points that stand before fractions
}

// numberTrait is a trait of a person that fills a number of the playbook's.
type numberTrait struct{ name, label string }

// Knows tells of the playbook in force, before the first row is read; see
// bulk.Reader.Knows.
func (f *File) Knows(plan *playbook.Plan) error {
	known := bulk.Playbook{Scores: plan.ScoreNames()}
	f.numbers = numbers{unread: map[string]*app.NumberNote{}, doubted: map[string]*app.NumberNote{}, fractions: map[string]bool{}}
	for i := range plan.Attributes {
		a := &plan.Attributes[i]
		for _, path := range a.From {
			if a.Kind == lead.Number && len(path) == 1 { // a table's traits have no members
				f.numbers.traits = append(f.numbers.traits, numberTrait{path[0], a.Label})
				known.Numbers = append(known.Numbers, path[0])
			}
		}
	}
	return f.Reader.Knows(known)
}

// Build makes the events that Scan left out, as bulk.Reader does, and looks at their
// numbers.
func (f *File) Build(row *bulk.Row) {
	f.Reader.Build(row)
	for i := range row.Events {
		if e := &row.Events[i]; e.Type == lead.Identify {
			f.numbers.see(e.Traits)
		}
	}
}

// Next gives the next row with its events; io.EOF after the last.
func (f *File) Next() (bulk.Row, error) {
	row, err := f.Scan()
	f.Build(&row)
	return row, err
}

// see looks at what somebody is said to be.
func (n *numbers) see(traits map[string]any) {
	for _, t := range n.traits {
		text, _ := traits[t.name].(string)
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		v, ok := lead.Convert(text, lead.Number)
		switch {
		case !ok:
			noteOf(n.unread, app.NumberUnread, t, text, "")
		case bulk.OtherForm(text) != "":
			noteOf(n.doubted, app.NumberDoubtful, t, text, v.String())
		case strings.Contains(text, "."):
			n.fractions[t.name] = true
		}
	}
}

// noteOf notes one more text of a trait, the first as an example.
func noteOf(notes map[string]*app.NumberNote, kind app.NumberKind, t numberTrait, text, read string) {
	if notes[t.name] == nil {
		notes[t.name] = &app.NumberNote{Kind: kind, Of: t.label, Trait: t.name, Text: shorten(text), Read: read, Form: string(bulk.OtherForm(text))}
	}
	notes[t.name].Count++
}

// maxExample bounds the example of a text that is no number, in bytes.
const maxExample = 60

func shorten(text string) string {
	if len(text) <= maxExample {
		return text
	}
	return strings.ToValidUTF8(text[:maxExample], "") + "…"
}

// Numbers tells how numbers were read in the rows so far: what an example of each
// column was read as, what may have been meant otherwise, and what is no number
// though the playbook takes it as one. Of rows that are known already nothing is told.
func (f *File) Numbers() []app.NumberNote {
	var all []app.NumberNote
	for _, r := range f.Readings() {
		all = append(all, app.NumberNote{Kind: app.NumberRead, Of: r.Column, Text: shorten(r.Text), Read: r.Number})
	}
	for _, t := range f.numbers.traits {
		column := f.ColumnOf(t.name)
		if note := f.numbers.doubted[t.name]; note != nil && !f.numbers.fractions[t.name] && column != "" {
			told := *note
			told.Column = column
			all = append(all, told)
		}
		if note := f.numbers.unread[t.name]; note != nil {
			told := *note
			told.Column = column
			all = append(all, told)
		}
	}
	return all
}
