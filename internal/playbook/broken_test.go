package playbook

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file, or writes it when -update is given.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run with -update to accept)\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

// TestBroken loads each broken playbook and compares what it is told with the
// text file beside it.
func TestBroken(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d broken playbooks found, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			document, plan, problems := Load(text, 1)
			if len(problems) == 0 {
				t.Fatal("nothing is found wrong with it")
			}
			if Failed(problems) != (plan == nil) || Failed(problems) != (document == nil) {
				t.Errorf("document %t and plan %t do not go with the problems", document != nil, plan != nil)
			}
			var told strings.Builder
			for _, p := range problems {
				told.WriteString(p.Excerpt(text) + "\n     at " + p.Path + "\n")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", []byte(told.String()))
		})
	}
}
