package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiagnose(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// furnished is a folder in which a server has run.
	furnished := func(t *testing.T, dir string) {
		o, err := Own(t.Context(), dir, []byte(handbook))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	const well = true
	type line struct {
		ok         bool
		what, text string // what the text begins with; "DIR" is the folder
	}
	folder, free := line{well, "folder", "DIR"}, line{well, "lock", "free"}
	cases := []struct {
		name    string
		prepare func(t *testing.T, dir string)
		want    []line
	}{
		{"well", furnished, []line{folder, free, {well, "database", ""}, {well, "playbook", "version 1, Server"},
			{well, "retention", "no server has run here yet"}, {well, "contents", "0 events, 0 leads, contacts and visitors, 0 decisions, 0 rejects"}, {well, "identity", "events that claimed what somebody else is known by: 0;"}}},
		{"a server runs", func(t *testing.T, dir string) { serve(t, Config{Data: dir, Playbook: []byte(handbook)}) },
			[]line{folder, {well, "lock", "held"}, {well, "database", ""}, {well, "playbook", ""}, {well, "retention", "no server has run here yet"}, {well, "contents", ""}, {well, "identity", ""}}},
		{"open to others", func(t *testing.T, dir string) {
			furnished(t, dir)
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}, []line{{!well, "folder", "others on this machine may look into it (mode 755). It holds people's data: chmod 700 DIR"},
			free, {well, "database", ""}, {well, "playbook", ""}, {well, "retention", "no server has run here yet"}, {well, "contents", ""}, {well, "identity", ""}}},
		{"empty", func(*testing.T, string) {}, []line{folder, free, {!well, "database", "There is no Galena database in DIR."}}},
		{"missing", func(t *testing.T, dir string) {
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
		}, []line{{!well, "folder", "cannot be read: "}}},
		{"a file", func(t *testing.T, dir string) {
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			write(t, dir, "x")
		}, []line{{!well, "folder", "DIR is not a folder"}}},
		{"no database", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, databaseFile), strings.Repeat("This is a text. ", 1000))
		}, []line{folder, free, {!well, "database", ""}}},
		{"a damaged database", func(t *testing.T, dir string) {
			furnished(t, dir)
			path := filepath.Join(dir, databaseFile)
			bytes, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 4096; i < len(bytes); i++ { // all but the first page
				bytes[i] = 0xff
			}
			write(t, path, string(bytes))
		}, []line{folder, free, {!well, "database", ""}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, dir)
			before := listing(t, dir)
			found := Diagnose(t.Context(), dir)
			if after := listing(t, dir); after != before {
				t.Errorf("there was %s, and now is %s", before, after)
			}
			for len(found) > 0 || len(c.want) > 0 {
				var got Finding
				var want line
				if len(found) > 0 {
					got, found = found[0], found[1:]
				}
				if len(c.want) > 0 {
					want, c.want = c.want[0], c.want[1:]
				}
				if got.OK != want.ok || got.What != want.what || !strings.HasPrefix(got.Text, strings.ReplaceAll(want.text, "DIR", dir)) {
					t.Errorf("found %+v, want %+v", got, want)
				}
				// Of a database there may be several lines.
				for len(found) > 0 && got.What == "database" && found[0].What == "database" {
					found = found[1:]
				}
			}
		})
	}
}

// listing names the files of a folder, without those that SQLite leaves beside
// a database that was read; of what is no folder it is "".
func listing(t *testing.T, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), databaseFile+"-") {
			names = append(names, f.Name())
		}
	}
	return fmt.Sprint(names)
}
