//go:build unix

package cluster_test

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"galena/internal/kit/cluster"
	"galena/internal/kit/need"
)

// ask runs a query on the database of a URL.
func ask(t *testing.T, database, query string) string {
	t.Helper()
	out, err := exec.Command(need.Program(t, "psql"), "-X", "-A", "-t", "-c", query, database).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", query, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	one, other := cluster.URL(t), cluster.URL(t)
	ask(t, one, "CREATE TABLE mine (a int)")
	for database, want := range map[string]string{one: "1", other: "0"} {
		if got := ask(t, database, "SELECT count(*) FROM pg_class WHERE relname = 'mine'"); got != want {
			t.Errorf("%s has %s tables of the first test, want %s", database, got, want)
		}
	}
	if got := ask(t, one, "SELECT current_user || ' ' || usesuper FROM pg_user WHERE usename = current_user"); got != "galena false" {
		t.Errorf("the tests' user is %q, want one that is no superuser", got)
	}
	if got := ask(t, one, "SHOW listen_addresses"); got != "" {
		t.Errorf("the cluster listens on %q", got)
	}
}

func TestDatabasesGoWithTheirTests(t *testing.T) {
	t.Parallel()
	var gone string
	t.Run("a test", func(t *testing.T) {
		u, err := url.Parse(cluster.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		gone = strings.TrimPrefix(u.Path, "/")
	})
	if got := ask(t, cluster.URL(t), "SELECT count(*) FROM pg_database WHERE datname = '"+gone+"'"); got != "0" {
		t.Errorf("database %s is still there", gone)
	}
}

const child = "GALENA_TEST_CLUSTER_CHILD"

// TestNothingStaysBehind starts a cluster in another process, kills that, and
// waits until the folder is gone, which the keeper removes last.
func TestNothingStaysBehind(t *testing.T) {
	if os.Getenv(child) != "" {
		u, err := url.Parse(cluster.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("folder " + u.Query().Get("host") + "\n")
		select {} // until killed
	}
	t.Parallel()
	cluster.URL(t) // skips where nothing is installed
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), child+"=1")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 4096)
	n, err := out.Read(said)
	if err != nil {
		t.Fatal(err)
	}
	said, _, _ = bytes.Cut(said[:n], []byte("\n"))
	folder, ok := strings.CutPrefix(string(said), "folder ")
	if !ok {
		t.Fatalf("the other process said %q", said)
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it was killed
	for end := time.Now().Add(30 * time.Second); ; {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there after the process was killed", folder)
		}
	}
}
