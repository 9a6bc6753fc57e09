// Package cli is Galena's command line: one file for each command. A command
// reads its flags, calls what does the work, and prints; it decides nothing.
//
// # Exit codes
//
//	0  done, and the answer is yes
//	1  it could not be done, or the answer is no (check, verify, doctor)
//	2  the command line, or its file of settings, was not understood
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"galena/internal/fault"
	"galena/internal/pipeline"
	"galena/internal/server"
)

// Terminal is what a command talks to.
type Terminal struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// session is what every command is run with.
type session struct {
	context.Context
	Terminal
}

type commands struct {
	Serve      serveCmd      `cmd:"" help:"Run the server: take events in, decide, answer."`
	Demo       demoCmd       `cmd:"" help:"Make a simulated company with a year of history, show what comes of it, and keep it alive."`
	Key        keyCmd        `cmd:"" help:"Make, list and revoke write keys."`
	User       userCmd       `cmd:"" help:"Invite users, reset passwords, keep users out, change roles."`
	Check      checkCmd      `cmd:"" help:"Check playbooks and run the tests in them."`
	Playbook   playbookCmd   `cmd:"" help:"Describe, compare, publish and list playbooks."`
	Score      scoreCmd      `cmd:"" help:"Score a file of events under a playbook, without a database."`
	Import     importCmd     `cmd:"" help:"Take a CSV or NDJSON file in."`
	Rejects    rejectsCmd    `cmd:"" help:"Look at what was refused, and take it out to mend it."`
	Export     exportCmd     `cmd:"" help:"Write all leads or all events out."`
	Privacy    privacyCmd    `cmd:"" help:"Say what is kept of people and for how long, and take away what is too old."`
	Lead       leadCmd       `cmd:"" help:"Look leads up; put them into stages by hand; merge, unmerge and erase them."`
	Account    accountCmd    `cmd:"" help:"Look companies up: their people, stages and scores."`
	Explain    explainCmd    `cmd:"" help:"Tell where each point of a lead comes from, now or at any past moment."`
	Verdict    verdictCmd    `cmd:"" help:"Say that a robot made events, or after all did not."`
	Replay     replayCmd     `cmd:"" help:"Try another playbook on the whole history: tell what would change."`
	Verify     verifyCmd     `cmd:"" help:"Check that every lead's state is the fold of its log."`
	Doctor     doctorCmd     `cmd:"" help:"Check a data folder and the database in it."`
	Bench      benchCmd      `cmd:"" help:"Measure how fast this machine is with Galena."`
	Backup     backupCmd     `cmd:"" help:"Write everything to one file, beside a running server."`
	Restore    restoreCmd    `cmd:"" help:"Make a data folder of a backup."`
	Completion completionCmd `cmd:"" help:"Print a script that completes galena's commands in a shell."`
	Version    versionCmd    `cmd:"" help:"Tell which galena this is."`
}

// errNo is a command's answer "no": it has said why, and ends with 1.
var errNo = errors.New("no")

const description = "Galena, the open lead engine: events in, explained scores out."

func newParser(t Terminal, exit func(code int)) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("galena"),
		kong.Description(description),
		kong.Writers(t.Stdout, t.Stderr),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"data": "galena-data"},
	)
}

// Main runs a command line and gives the exit code.
func Main(ctx context.Context, args []string, t Terminal) int {
	exit := -1
	parser, err := newParser(t, func(code int) { exit = code })
	if err != nil {
		fmt.Fprintln(t.Stderr, "galena:", err)
		return 2
	}
	args = habits(args)
	k, err := parser.Parse(args)
	if exit >= 0 { // help was asked for and given
		return exit
	}
	if err != nil {
		fmt.Fprintf(t.Stderr, "galena: %s\nTry `galena --help`, or --help after a command.\n", sentence(err))
		return 2
	}
	err = k.Run(&session{ctx, t})
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
	case ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, pipeline.ErrStopping)):
		// Which of the two it is depends on who heard of the interrupt first.
		fmt.Fprintln(t.Stderr, "galena: interrupted")
	default:
		fmt.Fprintln(t.Stderr, "galena:", sentence(err))
	}
	return 1
}

// habits turns what people type out of habit into what the parser knows.
func habits(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	}
	return args
}

// sentence is what a person at a terminal is told of an error: they own the
// machine, so causes are shown too.
func sentence(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Error()
	}
	return err.Error()
}

// dataFlag are the flags of all commands that work on a workspace: in a data
// folder, or in a database. Data is the place of either.
type dataFlag struct {
	Data        string `default:"${data}" env:"GALENA_DATA" type:"path" placeholder:"DIR" help:"The data folder (default ${data}; or GALENA_DATA)."`
	DatabaseURL string `name:"database-url" env:"GALENA_DATABASE_URL" placeholder:"URL" help:"A PostgreSQL database instead, as postgres://user:password@host:5432/name. Better given as GALENA_DATABASE_URL: others on the machine can read arguments."`
}

// AfterApply puts the database in the folder's place.
func (f *dataFlag) AfterApply(k *kong.Context) error { return choosePlace(k, &f.Data, f.DatabaseURL) }

// choosePlace makes a database the place of a workspace where one is named. A
// folder on the command line counts more than a database in the environment.
func choosePlace(k *kong.Context, place *string, database string) error {
	given := map[string]bool{}
	for _, p := range k.Path {
		if p.Flag != nil {
			given[p.Flag.Name] = true
		}
	}
	if given["data"] && given["database-url"] {
		return fault.New(fault.Invalid, "--data and --database-url name two workspaces. Give one of them.")
	}
	if database == "" || given["data"] {
		return nil
	}
	if !server.IsDatabase(database) {
		return fault.New(fault.Invalid, "--database-url is not the URL of a PostgreSQL database, as postgres://user:password@host:5432/name is.")
	}
	*place = database
	return nil
}

// readFile reads a file that a flag names; "-" is the standard input.
func (s *session) readFile(name string, limit int64) ([]byte, error) {
	in := s.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "Cannot read %s", name)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fault.New(fault.TooLarge, "%s is larger than %d MB.", name, limit>>20)
	}
	return b, err
}
