//go:build unix

// Package cluster gives tests a PostgreSQL of their own: one private cluster for
// each test process, made from the programs that the machine has installed, and
// an empty database in it for whoever asks. It listens on a Unix socket in a new
// folder and nowhere else, and goes with the process that started it, however
// that ends.
//
// It is for tests; nothing that ships imports it. What never lives here: any
// table, any client library, the address of a database that somebody else runs.
package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"galena/internal/kit/need"
)

// role is the user of the tests: the owner of its databases and nothing more,
// as an installation's would be.
const role = "galena"

// cluster is a running PostgreSQL.
type cluster struct {
	programs string              // the folder of its programs
	folder   string              // its socket and, below, its data
	account  *syscall.Credential // of its processes; nil: our own
	made     atomic.Int64
	// leash is closed by the system when this process ends; see keeper.
	leash *os.File
}

// started is the cluster of this process, made when the first test wants one.
var started = sync.OnceValues(start)

// URL makes an empty database, which goes with the test, and tells how to
// connect to it. The user there owns the database and is no superuser.
func URL(t testing.TB) string {
	t.Helper()
	return running(t).database(t)
}

func (c *cluster) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", c.made.Add(1))
	if err := c.run(fmt.Sprintf("CREATE DATABASE %s OWNER %s", name, role)); err != nil {
		t.Fatalf("A database for the test cannot be made: %v", err)
	}
	t.Cleanup(func() {
		if err := c.run(fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)); err != nil {
			t.Errorf("The database of the test cannot be dropped: %v", err)
		}
	})
	return "postgres:///" + name + "?" + url.Values{"host": {c.folder}, "user": {role}}.Encode()
}

// Superuser runs SQL as the superuser of the cluster, for what a test does to
// the server as a whole.
func Superuser(t testing.TB, sql string) {
	t.Helper()
	if err := running(t).run(sql); err != nil {
		t.Fatal(err)
	}
}

func running(t testing.TB) *cluster {
	t.Helper()
	c, err := started()
	if errors.Is(err, errNotInstalled) {
		need.Missing(t, "the server programs of PostgreSQL are not installed")
	}
	if err != nil {
		t.Fatalf("A private PostgreSQL cannot be started: %v", err)
	}
	return c
}

// run runs SQL as the superuser.
func (c *cluster) run(sql string) error {
	psql := exec.Command(filepath.Join(c.programs, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1",
		"-h", c.folder, "-U", superuser, "-d", "postgres", "-c", sql)
	if out, err := psql.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", sql, err, out)
	}
	return nil
}

var errNotInstalled = errors.New("not installed")

// find gives the folder with the server's programs: of the path, of Debian's
// places (the newest), or the one that pg_config names.
func find() (string, error) {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		// A link on the path may stand alone; its neighbours are where it points.
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(path))
		}
	}
	versions, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	newest, highest := "", 0
	for _, folder := range versions {
		var version int
		if _, err := fmt.Sscanf(folder, "/usr/lib/postgresql/%d/bin", &version); err == nil && version > highest {
			newest, highest = folder, version
		}
	}
	folders = append(folders, newest)
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	for _, folder := range folders {
		if folder != "" && complete(folder) {
			return folder, nil
		}
	}
	return "", errNotInstalled
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres", "psql", "pg_ctl"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}
