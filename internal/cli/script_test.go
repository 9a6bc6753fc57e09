package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata" // as in the program: playbooks name time zones

	"github.com/rogpeppe/go-internal/testscript"

	"galena/internal/cli"
	"galena/internal/lead"
)

// patience is how long a script waits for a server.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"galena": galena})
}

// galena is what scripts run: this test binary, as the program's main runs.
func galena() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Main(ctx, os.Args[1:], cli.Terminal{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}

// TestScripts runs the scenarios of testdata/script, each a story of commands and
// what they print, on data folders.
func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/script", "folder")
}

// runScripts runs the scenarios of a folder; all find the files of
// testdata/shared. on is the condition that holds: folder or database.
func runScripts(t *testing.T, dir, on string) {
	shared := os.DirFS("testdata/shared")
	address := freeAddress(t, 100) // for scenarios that speak to their server
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "UTC")
			e.Setenv("ADDRESS", address)
			return os.CopyFS(e.WorkDir, shared)
		},
		Condition: func(name string) (bool, error) {
			if name != "folder" && name != "database" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return name == on, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serving":  serving,
			"accept":   accept,
			"exitcode": exitcode,
			"fields":   fields,
			"sums":     sums,
		},
	})
}

// serving waits until the server of a data folder takes commands, or the one at
// an address events.
func serving(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serving DIR")
	}
	network, address := "unix", ts.MkAbs(filepath.Join(args[0], "galena.sock"))
	if strings.Contains(args[0], ":") {
		network, address = "tcp", args[0]
	}
	for end := time.Now().Add(patience); ; {
		conn, err := net.Dial(network, address)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("no server after %s: %v", patience, err)
		}
	}
}

// accept follows the link in a file to a server that runs, and chooses a password
// there, as a browser would.
func accept(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: accept FILE [NAME]")
	}
	link, err := url.Parse(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	form := url.Values{"secret": {link.Query().Get("secret")}, "password": {"a difference engine"}, "name": args[1:]}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm("http://"+link.Host+link.Path, form)
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) == 0 {
		ts.Fatalf("the link was answered %s", resp.Status)
	}
}

// exitcode runs a program and checks with which code it ends.
func exitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode CODE PROGRAM [ARGUMENT…]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = failed.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("ended with %d, not %s", code, args[0])
	}
}

// fields checks that each line of a file is a JSON object with the fields
// named: other programs read them by these names.
func fields(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fields FILE NAME…")
	}
	lines := bufio.NewScanner(strings.NewReader(ts.ReadFile(args[0])))
	n := 0
	for ; lines.Scan(); n++ {
		var object map[string]json.RawMessage
		ts.Check(json.Unmarshal(lines.Bytes(), &object))
		for _, name := range args[1:] {
			if _, ok := object[name]; !ok {
				ts.Fatalf("no %q in %s", name, lines.Bytes())
			}
		}
	}
	ts.Check(lines.Err())
	if n == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
}

// sums checks that in every explanation of a file the lines of each score sum to
// its points, and each line's parts to the line's.
func sums(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sums FILE")
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(ts.ReadFile(args[0]))))
	explanations, lines := 0, 0
	for decoder.More() {
		var x struct {
			Version *int
			Scores  []struct {
				Name   string
				Points *lead.Points
				Lines  []struct {
					Rule, Signal, Event                   *string
					At                                    *lead.Time
					Raw, Limited, Capped, Decayed, Points *lead.Points
				}
			}
		}
		ts.Check(decoder.Decode(&x))
		if x.Version == nil || len(x.Scores) == 0 {
			ts.Fatalf("%s holds no explanation", args[0])
		}
		explanations++
		for _, s := range x.Scores {
			sum := lead.Points(0)
			for _, l := range s.Lines {
				if l.Rule == nil || l.Signal == nil || l.Event == nil || l.At == nil || l.Raw == nil || l.Limited == nil || l.Capped == nil || l.Decayed == nil || l.Points == nil {
					ts.Fatalf("a line of %s lacks a field", s.Name)
				}
				if parts := *l.Raw + *l.Limited + *l.Capped + *l.Decayed; parts != *l.Points {
					ts.Fatalf("a line of %s says %s and its parts sum to %s", s.Name, l.Points, parts)
				}
				sum += *l.Points
				lines++
			}
			if s.Points == nil || sum != *s.Points {
				ts.Fatalf("%s says %v and its lines sum to %s", s.Name, s.Points, sum)
			}
		}
	}
	if explanations == 0 || lines == 0 {
		ts.Fatalf("%s explains nothing", args[0])
	}
}
