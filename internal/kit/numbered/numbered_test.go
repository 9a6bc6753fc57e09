package numbered

import (
	"slices"
	"testing"
	"testing/fstest"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	files := fstest.MapFS{"steps/0002_second.sql": file("two"), "steps/0001_first.sql": file("one"), "steps/0003_third.txt": file("no")}
	got, err := Texts(files, "steps", ".sql")
	if err != nil || !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, name := range []string{"steps/0002_again.sql", "steps/0004_later.sql", "steps/unnumbered.sql"} {
		files[name] = file("")
		if got, err := Texts(files, "steps", ".sql"); err == nil {
			t.Errorf("with %s: got %q", name, got)
		}
		delete(files, name)
	}
}
