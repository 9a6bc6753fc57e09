package rule

import (
	"strings"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// catalogue is the one that the tests write conditions about.
var catalogue = Catalogue{
	Fields: []Field{
		{Name: "employees", Kind: lead.Number},
		{Name: "title", Kind: lead.Text},
		{Name: "industry", Kind: lead.Text},
		{Name: "subscribed", Kind: lead.Bool},
		{Name: "founded", Kind: lead.Moment},
		{Name: "tags", Kind: lead.List},
	},
	Signals: []string{"demo_request", "pricing_visit"},
	Scores:  []string{"fit", "score"},
}

var (
	leads  = ForLeads(catalogue)
	events = ForEvents()
)

// person is a lead with its attributes by slot and a truth for every atom.
type person struct {
	attributes []lead.Value
	holds      func(*Atom) Truth
}

func (p *person) Attribute(slot int) *lead.Value { return &p.attributes[slot] }
func (p *person) Holds(a *Atom) Truth            { return p.holds(a) }

// somebody has every attribute; all atoms about the first signal or score hold,
// those about the second do not, and the time in the stage is unknown.
func somebody() *person {
	return &person{
		attributes: []lead.Value{
			{Kind: lead.Number, Num: 50},
			{Kind: lead.Text, Text: "VP Sales"},
			{Kind: lead.Text, Text: "software"},
			{Kind: lead.Bool, Num: 1},
			moment("2020-05-01T12:00:00Z"),
			{Kind: lead.List, List: []string{"partner", "beta"}},
		},
		holds: func(a *Atom) Truth {
			if a.Kind == InStage {
				return Unknown
			}
			return truthOf(a.Slot == 0)
		},
	}
}

// nobody has no attribute, and no atom is known.
func nobody() *person {
	return &person{
		attributes: make([]lead.Value, len(catalogue.Fields)),
		holds:      func(*Atom) Truth { return Unknown },
	}
}

func moment(text string) lead.Value {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return lead.Value{Kind: lead.Moment, Num: float64(lead.TimeOf(at))}
}

func mustCompile(t testing.TB, e *Env, text string) *Expr {
	t.Helper()
	x, problems := e.Compile(text)
	if x == nil {
		t.Fatalf("%s\n%s", text, describe(text, problems))
	}
	if len(problems) > 0 {
		t.Fatalf("%s: compiled, but with problems %v", text, problems)
	}
	return x
}

// describe writes problems with the text they are about, for messages of tests.
func describe(text string, problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString("  [" + text[p.Offset:p.Offset+p.Length] + "] " + p.Message.String())
		for _, part := range []phrase.Phrase{p.Found, p.Expected, p.Suggestion} {
			b.WriteString(" | " + part.String())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (t Truth) String() string { return [...]string{"false", "true", "unknown"}[t] }
