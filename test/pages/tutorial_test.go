package pages

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata" // as in the program

	"galena/internal/cli"
	"galena/internal/kit/need"
)

// program is galena: this test binary, under that name.
func program() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Main(ctx, os.Args[1:], cli.Terminal{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
}

// The tutorial does what it says, word for word: its commands run, print what
// stands below them, and what it has one type is typed into a browser.
func TestTutorial(t *testing.T) {
	t.Parallel()
	const written = "127.0.0.1:8080" // the tutorial's address, at which somebody else may listen
	for _, name := range []string{"curl", "sed"} {
		need.Program(t, name)
	}
	text, err := os.ReadFile("../../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	s := newShell(t, "GALENA_LISTEN="+address)
	b := Open(t, "http://"+address, Screens[0])
	var output string
	steps := stepsOf(strings.ReplaceAll(string(text), written, address))
	if len(steps) < 30 {
		t.Fatalf("the tutorial has %d steps only", len(steps))
	}
	for _, step := range steps {
		switch {
		case step.kind == "table":
			b.Go(strings.TrimPrefix(regexp.MustCompile(`http://\S+/setup\?code=\w+`).FindString(output), "http://"+address))
			for _, row := range step.rows {
				field := Eval[string](b, fmt.Sprintf("[...document.querySelectorAll('label[for]')].find(l => l.innerText === %q)?.htmlFor ?? ''", row[0]))
				if field == "" {
					t.Fatalf("the page has no field %q", row[0])
				}
				b.Fill("#"+field, row[1])
			}
			b.Submit("form button.primary")
			b.Wait("document.querySelector('#arrival')?.innerText.includes('Waiting')")
		case step.kind == "text":
			if !s.shows(step.text) {
				t.Fatalf("The tutorial, line %d, says\n%s\nand there is\n%s", step.line, step.text, s.output())
			}
			output = s.output()
		case strings.Contains(step.text, "make build"):
			// That is done: what is tested is this binary.
		case strings.HasPrefix(step.text, "galena serve"):
			s.begin(step.text)
		default:
			if err := s.run(step.text, step.kind == "sh fails"); err != nil {
				t.Fatalf("The tutorial, line %d: %v\n%s\n%s", step.line, err, step.text, s.output())
			}
		}
	}
	b.Wait("document.querySelector('#arrival h2')?.innerText === 'Got it: here is your first lead, and why'")
	b.Submit("#arrival a.primary")
	if got := b.Text("main"); !strings.Contains(got, "mary@somerville.example") {
		t.Errorf("the first lead's page reads %.300s", got)
	}
	b.Go("/playbook/versions")
	if got := b.Text("main"); !strings.Contains(got, "MQL at 60") || !strings.Contains(got, "Back to version 2") {
		t.Errorf("of the versions one reads %.500s", got)
	}
}

// step is one thing that the tutorial has one do or see: "sh" and "sh fails" are
// commands, "text" is what they print, "table" is what is typed into a form.
type step struct {
	kind string
	text string
	rows [][2]string
	line int
}

// stepsOf reads a Markdown text.
func stepsOf(text string) []step {
	var steps []step
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		switch from := i; {
		case strings.HasPrefix(lines[i], "```"):
			for i++; i < len(lines) && lines[i] != "```"; i++ {
			}
			steps = append(steps, step{kind: lines[from][3:], text: strings.Join(lines[from+1:i], "\n"), line: from + 1})
		case strings.HasPrefix(lines[i], "| "):
			s := step{kind: "table", line: from + 1}
			for i += 2; i < len(lines) && strings.HasPrefix(lines[i], "| "); i++ {
				cells := strings.Split(strings.Trim(lines[i], "| "), " | ")
				s.rows = append(s.rows, [2]string{cells[0], cells[1]})
			}
			steps = append(steps, s)
		}
	}
	return steps
}

// shell is the two terminals of the tutorial: one shell for all commands, and one
// for what goes on running.
type shell struct {
	testing.TB
	dir   string
	env   []string
	stdin io.Writer
	out   *bufio.Reader

	mu      sync.Mutex
	printed bytes.Buffer  // by the last command, or by the one that goes on
	more    chan struct{} // the one that goes on has printed something; nil after one that has ended
}

func newShell(t testing.TB, env ...string) *shell {
	t.Helper()
	bash := need.Program(t, "bash")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "galena")); err != nil {
		t.Fatal(err)
	}
	s := &shell{TB: t, dir: t.TempDir(), env: append(os.Environ(), append(env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TZ=UTC")...)}
	command := exec.CommandContext(t.Context(), bash, "--norc", "-e")
	command.Dir, command.Env = s.dir, s.env
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = command.Wait() // how the commands ended was looked at
	})
	s.stdin, s.out = stdin, bufio.NewReader(out)
	return s
}

// endOfBlock is what the shell prints behind the commands of a block.
const endOfBlock = "end of the block:"

// run runs commands in the shell that all blocks share; with fails they end badly.
func (s *shell) run(commands string, fails bool) error {
	guard := commands
	if fails {
		guard = "if {\n" + commands + "\n}; then echo 'This should have failed.'; exit 1; fi"
	}
	if _, err := fmt.Fprintf(s.stdin, "%s\necho; echo '%s'\n", guard, endOfBlock); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more = nil
	for s.printed.Reset(); ; {
		line, err := s.out.ReadString('\n')
		if line == endOfBlock+"\n" {
			return nil
		}
		s.printed.WriteString(line)
		if err != nil {
			return fmt.Errorf("a command failed, and the shell ended: %w", err)
		}
	}
}

// begin starts a command in a terminal of its own, which ends with the test as
// with Ctrl-C.
func (s *shell) begin(command string) {
	s.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(s.Context()))
	c := exec.CommandContext(ctx, "bash", "--norc", "-c", "exec "+command)
	c.Dir, c.Env, c.Stdout, c.Stderr = s.dir, s.env, s, s
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	s.mu.Lock()
	s.printed.Reset()
	s.more = make(chan struct{}, 1)
	s.mu.Unlock()
	if err := c.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		stop()
		if err := c.Wait(); c.ProcessState.ExitCode() != 0 {
			s.Errorf("%s ended with %v", command, err)
		}
	})
}

// Write takes what a command that goes on prints.
func (s *shell) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default: // said already, or nobody waits
	}
	return s.printed.Write(p)
}

func (s *shell) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.printed.String()
}

// shows waits until what was printed is what the tutorial shows. There "…" stands
// for whatever depends on the moment: on a line of its own for any number of
// lines, also none.
func (s *shell) shows(want string) bool {
	pattern := regexp.QuoteMeta(strings.TrimSpace(want))
	pattern = regexp.MustCompile(`(?m)^…\n`).ReplaceAllString(pattern, `(?s:.*)`)
	pattern = regexp.MustCompile(`\n…$`).ReplaceAllString(pattern, `(?s:.*)`)
	shown := regexp.MustCompile(`^\s*` + strings.ReplaceAll(pattern, "…", `.*`) + `\s*$`)
	for late := time.After(patience); ; {
		var lines []string // blanks at the end of a line are not seen
		for line := range strings.Lines(s.output()) {
			lines = append(lines, strings.TrimRight(line, " \n"))
		}
		if shown.MatchString(strings.Join(lines, "\n")) {
			return true
		}
		if s.more == nil {
			return false
		}
		select {
		case <-s.more:
		case <-late:
			return false
		}
	}
}

// freeAddress is one of this machine's at which nobody listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
