package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/kit/sealed"
	"galena/internal/lead"
	"galena/internal/store/sqlite"
)

// small makes a data folder with a key in it, and a backup of it.
func small(t *testing.T) (data, backup string, m *Manifest) {
	t.Helper()
	data, backup = filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "x.backup")
	err := Write(t.Context(), data, nil, func(w app.Writer) error {
		_, err := w.CreateKey(t.Context(), lead.ServerKey, "kept")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if m, err = Backup(t.Context(), data, backup, "test"); err != nil {
		t.Fatal(err)
	}
	return data, backup, m
}

func names(t *testing.T, dir string) string {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range found {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestABackupIsOneFileAndRestoresToOne(t *testing.T) {
	t.Parallel()
	_, backup, m := small(t)
	if got := names(t, filepath.Dir(backup)); got != "x.backup" {
		t.Errorf("beside the backup lie %q", got)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	// What a restore that was killed has left is no hindrance.
	if err := os.MkdirAll(filepath.Join(dir, restoreWork+"1", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Restore(t.Context(), backup, dir)
	if err != nil || *got != *m || m.Program != "test" || m.Schema < 1 {
		t.Fatalf("%+v, %+v, %v", got, m, err)
	}
	if got := names(t, dir); got != databaseFile+" "+lockFile {
		t.Errorf("in the folder lie %q", got)
	}
	err = Read(t.Context(), dir, func(r *app.Reader) error {
		keys, err := r.Keys(t.Context())
		if err == nil && (len(keys) != 1 || keys[0].Name != "kept") {
			t.Errorf("keys: %+v", keys)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), backup, dir)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Text(err), "is not empty") {
		t.Errorf("a second restore: %v", err)
	}
}

func TestBadBackupsAreRefusedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	data, backup, m := small(t)
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := sealed.Open(backup)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "db")
	if err := unpack(t.Context(), archive, path, backup, m); err != nil {
		t.Fatal(err)
	}
	database, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	manifest := func(change func(*Manifest)) string {
		changed := *m
		change(&changed)
		text, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	same := manifest(func(*Manifest) {})
	crafted := func(texts ...string) func(string) error {
		return func(path string) error {
			var entries []sealed.Entry
			for i := 0; i < len(texts); i += 2 {
				entries = append(entries, sealed.Entry{Name: texts[i], Size: int64(len(texts[i+1])), Content: strings.NewReader(texts[i+1])})
			}
			return sealed.Create(t.TempDir(), path, entries...)
		}
	}
	raw := func(b []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, b, 0o600) }
	}
	db := string(database)
	// A database whose tables are damaged, though its checksum is right.
	torn := bytes.Clone(database)
	copy(torn[len(torn)/2:], bytes.Repeat([]byte{0xa5}, 8192))
	tornSum := sha256.Sum256(torn)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 4
	for name, c := range map[string]struct {
		make func(path string) error
		want string
	}{
		"empty":              {raw(nil), "is no backup that galena made, or was cut short"},
		"cut":                {raw(whole[:len(whole)/2]), "or was cut short"},
		"cut by a byte":      {raw(whole[:len(whole)-1]), "or was cut short"},
		"foreign":            {raw(database), "is no backup that galena made"},
		"flipped":            {raw(flipped), "is damaged: its content is not what its checksum says"},
		"out of the folder":  {crafted(manifestFile, same, "../galena.db", db), `holds "../galena.db", which no backup`},
		"an absolute path":   {crafted(manifestFile, same, "/tmp/galena.db", db), `holds "/tmp/galena.db"`},
		"a Windows path":     {crafted(manifestFile, same, `..\galena.db`, db), "which no backup"},
		"a dot":              {crafted(manifestFile, same, "./galena.db", db), "which no backup"},
		"a line separator":   {crafted(manifestFile, same, "galena.db\u2028", db), "which no backup"},
		"a third file":       {crafted(manifestFile, same, databaseFile, db, "authorized_keys", "x"), `holds "authorized_keys"`},
		"twice":              {crafted(manifestFile, same, databaseFile, db, databaseFile, db), `holds "galena.db", which no backup of galena does in that place`},
		"no manifest":        {crafted(databaseFile, db), `holds "galena.db", which no backup of galena does in that place`},
		"no database":        {crafted(manifestFile, same), "holds no galena.db"},
		"nothing":            {crafted(), "holds no manifest.json"},
		"no JSON":            {crafted(manifestFile, "{", databaseFile, db), "holds a manifest that cannot be read"},
		"a long manifest":    {crafted(manifestFile, same+strings.Repeat(" ", maxManifest)+"x", databaseFile, db+" "), "bytes, and its manifest says"},
		"another format":     {crafted(manifestFile, manifest(func(m *Manifest) { m.Format = "galena-backup/2" }), databaseFile, db), `format "galena-backup/2", and this program knows galena-backup/1`},
		"a newer program":    {crafted(manifestFile, manifest(func(m *Manifest) { m.Schema = 999; m.Program = "9.0" }), databaseFile, db), "was made by a newer galena (9.0: schema 999"},
		"another size":       {crafted(manifestFile, manifest(func(m *Manifest) { m.Size++ }), databaseFile, db), "and its manifest says"},
		"another database":   {crafted(manifestFile, same, databaseFile, "x"+db[1:]), "is not the one that its manifest describes"},
		"a damaged database": {crafted(manifestFile, manifest(func(m *Manifest) { m.SHA256 = hex.EncodeToString(tornSum[:]) }), databaseFile, string(torn)), ""},
		"a database of others": {crafted(manifestFile, manifest(func(m *Manifest) {
			sum := sha256.Sum256([]byte(strings.Repeat("x", 4096)))
			m.SHA256, m.Size = hex.EncodeToString(sum[:]), 4096
		}), databaseFile, strings.Repeat("x", 4096)), ""},
		"no file": {func(string) error { return nil }, "Cannot read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := filepath.Join(t.TempDir(), "bad")
			if err := c.make(bad); err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			for _, dir := range []string{"missing", "empty"} {
				dir = filepath.Join(home, dir)
				if strings.HasSuffix(dir, "empty") {
					if err := os.Mkdir(dir, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				_, err := Restore(t.Context(), bad, dir)
				if err == nil || !strings.Contains(fault.Text(err), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
			}
			var left []string
			err := filepath.WalkDir(home, func(path string, _ fs.DirEntry, err error) error {
				left = append(left, strings.TrimPrefix(path, home))
				return err
			})
			if err != nil || strings.Join(left, " ") != " /empty" {
				t.Errorf("written: %q, %v", left, err)
			}
		})
	}
	// The source is whole, and can be backed up again.
	if err := readStore(t.Context(), data, func(s *sqlite.Store) error { _, err := s.Check(t.Context()); return err }); err != nil {
		t.Error(err)
	}
}

func TestARunningServersFolderIsNotRestoredInto(t *testing.T) {
	t.Parallel()
	_, backup, _ := small(t)
	dir := t.TempDir()
	err := Hold(t.Context(), dir, nil, func(*Owned) error {
		for _, f := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm"} {
			if err := os.Remove(filepath.Join(dir, f)); err != nil {
				return err
			}
		}
		_, err := Restore(t.Context(), backup, dir)
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Text(err), "already runs") {
			t.Errorf("got %v", err)
		}
		return nil
	})
	if got := names(t, dir); strings.Contains(got, restoreWork) || !strings.Contains(got, lockFile) {
		t.Errorf("in the folder lie %q (%v)", got, err)
	}
}
