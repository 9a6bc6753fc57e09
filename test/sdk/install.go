package sdk

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"galena/internal/kit/need"
)

// folder is where this file and package.json are.
func folder(t *testing.T) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		t.Fatal("the folder of the libraries is not known; build the test without -trimpath")
	}
	return filepath.Dir(file)
}

// installing lets the tests of this program install one after the other.
var installing sync.Mutex

// install sees to it that node_modules is what the lock file says, and returns
// its path. It installs beside and renames, since test programs of several
// packages may come here at once.
func install(t *testing.T) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	npm, dir := need.Program(t, "npm"), folder(t)
	modules := filepath.Join(dir, "node_modules")
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	installed := func() bool {
		stamp, err := os.ReadFile(filepath.Join(modules, ".galena-lock.json"))
		return err == nil && bytes.Equal(stamp, lock)
	}
	if installed() {
		return modules
	}
	aside, err := os.MkdirTemp(dir, ".install-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(aside)
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(aside, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = aside
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(aside, "node_modules", ".galena-lock.json"), lock, 0o600); err != nil {
		t.Fatal(err)
	}
	if installed() { // by somebody else, meanwhile
		return modules
	}
	// Taken away whole: somebody else may be doing the same.
	if err := os.Rename(modules, filepath.Join(aside, "before")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(aside, "node_modules"), modules); err != nil && !installed() {
		t.Fatal(err)
	}
	return modules
}
