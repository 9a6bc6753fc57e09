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
	attributes []playbook.Attribute // numbers that traits of a person fill
	unread     map[string]*app.NumberNote
	doubted    map[string]*app.NumberNote
	fractions  map[string]bool // attributes with points that stand before fractions
}

// traitsOf are the traits of rows that fill an attribute.
func traitsOf(a *playbook.Attribute) []string {
	var all []string
	for _, path := range a.From {
		if len(path) == 1 { // a table's traits have no members
			all = append(all, path[0])
		}
	}
	return all
}

// Knows tells of the playbook in force, before the first row is read; see
// bulk.Reader.Knows.
func (f *File) Knows(plan *playbook.Plan) error {
	known := bulk.Playbook{Scores: plan.ScoreNames()}
	f.numbers = numbers{unread: map[string]*app.NumberNote{}, doubted: map[string]*app.NumberNote{}, fractions: map[string]bool{}}
	for i := range plan.Attributes {
		a := &plan.Attributes[i]
		if traits := traitsOf(a); a.Kind == lead.Number && len(traits) > 0 {
			f.numbers.attributes = append(f.numbers.attributes, *a)
			known.Numbers = append(known.Numbers, traits...)
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
	for i := range n.attributes {
		a := &n.attributes[i]
		for _, trait := range traitsOf(a) {
			text, is := traits[trait].(string)
			if !is {
				continue
			}
			text = strings.TrimSpace(text)
			v, ok := lead.Convert(text, lead.Number)
			if text == "" {
				continue
			}
			switch {
			case !ok:
				noteOf(n.unread, app.NumberUnread, a, trait, text, "")
			case bulk.OtherForm(text) != "":
				noteOf(n.doubted, app.NumberDoubtful, a, trait, text, v.String())
			case strings.Contains(text, "."):
				n.fractions[trait] = true
			}
		}
	}
}

// noteOf notes one more text of an attribute, the first as an example.
func noteOf(notes map[string]*app.NumberNote, kind app.NumberKind, a *playbook.Attribute, trait, text, read string) {
	if notes[trait] == nil {
		notes[trait] = &app.NumberNote{Kind: kind, Of: a.Label, Trait: trait, Text: shorten(text), Read: read, Form: string(bulk.OtherForm(text))}
	}
	notes[trait].Count++
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
	for i := range f.numbers.attributes {
		for _, trait := range traitsOf(&f.numbers.attributes[i]) {
			column := f.ColumnOf(trait)
			if note := f.numbers.doubted[trait]; note != nil && !f.numbers.fractions[trait] && column != "" {
				told := *note
				told.Column = column
				all = append(all, told)
			}
			if note := f.numbers.unread[trait]; note != nil {
				told := *note
				told.Column = column
				all = append(all, told)
			}
		}
	}
	return all
}
