package intake

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/playbook"
)

// A file tells how its numbers were read, what may be meant otherwise, and what is
// none.
func TestAFileTellsOfItsNumbers(t *testing.T) {
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	t.Parallel()
	for text, want := range map[string][]app.NumberNote{
		"email,employees\na@x.example,80\n": nil,
		"email;employees\na@x.example;1.200\nb@x.example;3.400\nc@x.example;about 50\nd@x.example;some\n": {
			{Kind: app.NumberRead, Of: "employees", Text: "1.200", Read: "1200"},
			{Kind: app.NumberUnread, Of: "number of employees", Column: "employees", Trait: "employees", Text: "about 50", Count: 2},
		},
		"email,employees\na@x.example,1.200\nb@x.example,\"1,300\"\n": {
			{Kind: app.NumberDoubtful, Of: "number of employees", Column: "employees", Trait: "employees", Text: "1.200", Read: "1.2", Form: "1.234,5", Count: 1},
			{Kind: app.NumberUnread, Of: "number of employees", Column: "employees", Trait: "employees", Text: "1,300", Form: "1,234.5", Count: 1},
		},
		"email,employees\na@x.example,1.200\nb@x.example,1.25\n": nil, // fractions
		"{\"email\":\"a@x.example\"}\n":                          nil,
	} {
		o := bulk.Options{Format: bulk.Sniff([]byte(text))}
		f, err := NewFile(io.NopCloser(strings.NewReader(text)), 0, o)
		if err != nil {
			t.Fatal(err)
		}
		_, plan, problems := playbook.Load(source, 1)
		if plan == nil {
			t.Fatal(problems)
		}
		if err := f.Knows(plan); err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = f.Next()
		}
		if got := f.Numbers(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q tells\n%+v, want\n%+v", text, got, want)
		}
	}
}

func TestWhatAMappingNeeds(t *testing.T) {
	t.Parallel()
	n := app.NumberNote{Trait: "employees", Column: `Staff "now"`, Form: "1.234,5"}
	m, err := bulk.ParseMapping([]byte("source: s\nemail: E\ntraits:\n  " + n.Way()))
	if err != nil {
		t.Fatal(err)
	}
	if f := m.Traits[0]; f.Name != n.Trait || f.Column != n.Column || string(f.Numbers) != n.Form {
		t.Errorf("the mapping says %+v", f)
	}
	if n.Column = ""; n.Way() != "" {
		t.Errorf("of no column it is said that %s", n.Way())
	}
}
