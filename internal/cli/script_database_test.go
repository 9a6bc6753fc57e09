package cli_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"galena/internal/kit/cluster"
)

// What a scenario says of a workspace in a data folder.
var (
	inFolder  = regexp.MustCompile(`--data (\w+)`)
	inServing = regexp.MustCompile(`(?m)^serving \w+$`)
)

// TestScriptsOnDatabases runs the same scenarios on PostgreSQL: each data folder
// that one names becomes a database of its own. Those that are about folders say
// so in their first line, `[database] skip`.
func TestScriptsOnDatabases(t *testing.T) {
	t.Parallel()
	cluster.URL(t) // skips where nothing is installed
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir, ran := t.TempDir(), 0
	for i, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(text), "[database] skip") || !inFolder.Match(text) {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), onDatabases(t, text, i), 0o600); err != nil {
			t.Fatal(err)
		}
		ran++
	}
	if ran < 8 {
		t.Errorf("only %d scenarios run on databases", ran)
	}
	runScripts(t, dir, "database")
}

// onDatabases is a scenario with a database for each folder, and an address for
// its servers, at which it can see them listen.
func onDatabases(t *testing.T, text []byte, number int) []byte {
	urls := map[string]string{}
	text = inFolder.ReplaceAllFunc(text, func(flag []byte) []byte {
		name := string(inFolder.FindSubmatch(flag)[1])
		if urls[name] == "" {
			urls[name] = cluster.URL(t)
		}
		return fmt.Appendf(nil, "--database-url '%s'", urls[name])
	})
	if !inServing.Match(text) {
		return text
	}
	address := freeAddress(t, number)
	text = inServing.ReplaceAllLiteral(text, []byte("serving "+address))
	return []byte(strings.ReplaceAll(string(text), "--listen 127.0.0.1:0", "--listen "+address))
}

// freeAddress is one at which nobody listens, and nobody will: where the system
// has them, one of the loopback addresses that nobody else uses.
func freeAddress(t *testing.T, number int) string {
	host := "127.0.0.1"
	if runtime.GOOS == "linux" {
		pid := os.Getpid()
		host = fmt.Sprintf("127.%d.%d.%d", 1+number, pid>>8&255, pid&255)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
