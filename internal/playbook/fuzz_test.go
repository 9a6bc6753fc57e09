package playbook

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse reads any text as a playbook. Whatever it is, the answer is either a
// plan or a reason, and every reason has its place in the text.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	more, err := filepath.Glob("shipped/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, plan, problems := Load(text, 1)
		if Failed(problems) == (plan != nil) || (plan == nil) != (d == nil) {
			t.Fatalf("plan %t, document %t, problems %v", plan != nil, d != nil, problems)
		}
		lines := len(newSource(text).starts)
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message.IsZero() {
				t.Fatalf("a problem outside of the %d lines: %+v", lines, p)
			}
			p.Excerpt(text)
		}
		if plan == nil {
			return
		}
		Describe(d, nil)
		if again, problems := d.Compile(1); again == nil {
			t.Fatalf("the document compiles once and not again: %v", problems)
		}
		for i := range plan.Rules {
			if r := &plan.Rules[i]; r.Kind == WhileTrue && r.When == nil {
				t.Fatalf("the rule %s has no condition", r.Name)
			}
		}
		for i := range plan.Stages {
			s := &plan.Stages[i]
			if s.Role == "" || s.Exit != (i >= plan.FirstExit) || s.BackTo >= i || s.Lapses && s.When == nil && s.FastTrack == nil {
				t.Fatalf("the stage %q is not as a stage can be: %+v", s.Name, s)
			}
		}
	})
}
