package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "out.csv")
	link := filepath.Join(dir, "link.csv")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the cable is out")
	write := func(to, text string, fail error) error {
		return writeWhole(to, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, fail)
		})
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(name)
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q, %v; want %q", got, err, want)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("%d files are left, %v", len(entries), err)
		}
	}
	if err := write(name, "one", nil); err != nil {
		t.Fatal(err)
	}
	holds("one")
	if err := write(name, "half", broken); !errors.Is(err, broken) {
		t.Errorf("a failure is told as %v", err)
	}
	holds("one")
	if err := write(link, "two", nil); err != nil {
		t.Error(err)
	}
	holds("two")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is a file now: %v, %v", info, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
	if err := write(os.DevNull, "gone", nil); err != nil {
		t.Errorf("a device: %v", err)
	}
	if err := write(filepath.Join(dir, "no", "such", "folder"), "x", nil); err == nil {
		t.Error("a file in a folder that is not there was written")
	}
	if err := write(dir, "x", nil); err == nil {
		t.Error("a folder was written over")
	}
}
