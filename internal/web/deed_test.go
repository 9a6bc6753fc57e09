package web_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/web/words"
)

// noted are the deeds that a page writes into the record of who did what.
var noted = regexp.MustCompile(`(?:Staff\.Note\([^"\n]*|q\.done\()"([a-z]+\.[a-z_]*)"`)

// The record of who did what tells each deed of a page in words.
func TestDeedsHaveWords(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	deeds := []string{}
	for _, task := range []app.ImportTask{app.TaskRehearse, app.TaskImport, app.TaskUndo, app.TaskRedo} {
		deeds = append(deeds, "import."+string(task))
	}
	named := len(deeds)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range noted.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(m[1], ".") { // the tasks of imports
				deeds = append(deeds, m[1])
			}
		}
	}
	if len(deeds) == named {
		t.Fatal("no deed was found")
	}
	for _, deed := range deeds {
		if !words.Has("settings.audit.deed." + deed) {
			t.Errorf("%s has no words", deed)
		}
	}
}
