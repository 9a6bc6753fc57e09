package playbook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A scenario is a txtar file of two playbooks, old.yaml and new.yaml, and what
// Diff says of them: the lines of want.
func TestDiff(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/diff/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]*txtar.File{}
			for i := range archive.Files {
				parts[archive.Files[i].Name] = &archive.Files[i]
			}
			var docs []*Document
			for _, name := range []string{"old.yaml", "new.yaml"} {
				doc, plan, problems := Load(parts[name].Data, 0)
				if plan == nil {
					t.Fatalf("%s: %v", name, problems)
				}
				docs = append(docs, doc)
			}
			var got strings.Builder
			for _, c := range Diff(docs[0], docs[1], nil) {
				got.WriteString(c.Section + " " + c.String() + "\n")
			}
			if want := parts["want"]; string(want.Data) != got.String() {
				if !*update {
					t.Errorf("it says\n%s\nwant\n%s", &got, want.Data)
					return
				}
				want.Data = []byte(got.String())
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, doc := range docs {
				if same := Diff(doc, doc, nil); len(same) > 0 {
					t.Errorf("a playbook differs from itself: %v", same)
				}
			}
		})
	}
}
