package cli

import (
	"fmt"
	"regexp"

	"galena/internal/bench"
	"galena/internal/fault"
)

type benchCmd struct {
	Ingest benchIngestCmd `cmd:"" help:"Measure how fast events are taken in, beside a plain server."`
	Fold   benchFoldCmd   `cmd:"" help:"Measure the fold alone: events a second on one core."`
	Replay benchReplayCmd `cmd:"" help:"Measure another playbook on a long history, beside sums of points."`
	Pages  benchPagesCmd  `cmd:"" help:"Measure how long the pages take in a workspace with a long history."`
}

func (c *benchCmd) Help() string {
	return "Each measures in one run, beside something simpler: compare the ratios, for rates move with the machine."
}

// planFlag is the playbook that is measured.
type planFlag struct {
	Playbook string `default:"default" placeholder:"PLAYBOOK" help:"A playbook file, or the name of a shipped one (default: default)."`
	JSON     bool   `name:"json" help:"Print as JSON."`
}

// between refuses a number that a flag gives out of bounds.
func between(flag string, n, least, most int) error {
	if n < least || n > most {
		return fault.New(fault.Invalid, "--%s is %d; choose %d to %d.", flag, n, least, most)
	}
	return nil
}

// pattern reads what --only gives; nil where it gives nothing.
func pattern(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil
	}
	p, err := regexp.Compile(text)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "--only is %q, which is no regular expression", text)
	}
	return p, nil
}

type benchFoldCmd struct {
	planFlag
	Events int `default:"200" help:"How many events a life has on average."`
	Total  int `default:"100000" help:"About how many events are folded in a round: more than caches hold."`
	Rounds int `default:"10" help:"How often each is measured; the best counts."`
}

func (c *benchFoldCmd) Help() string {
	return "Example:\n  galena bench fold"
}

func (c *benchFoldCmd) Run(s *session) error {
	if err := firstOf(between("events", c.Events, 8, 100_000), between("total", c.Total, 1, 10_000_000), between("rounds", c.Rounds, 1, 1000)); err != nil {
		return err
	}
	plan, err := s.planOf(c.Playbook)
	if err != nil {
		return err
	}
	r, err := bench.Fold(s, bench.FoldOptions{Plan: plan, Events: c.Events, Total: c.Total, Rounds: c.Rounds})
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(r)
	}
	fmt.Fprintf(s.Stdout, "%d rules, %d signals, %d stages; %d events in %d lives, one core.\n", r.Rules, r.Signals, r.Stages, r.Events, r.Lives)
	var rows [][]string
	for _, x := range []struct {
		what string
		rate bench.Rate
	}{
		{"fold, each life from nothing", r.Fold},
		{"fold, state used again", r.Again},
		{"fold of columns, state used again", r.Tape},
		{"sum of points by name, no more", r.Sum},
		{"encoding/json reads the body", r.Decode},
	} {
		rows = append(rows, []string{
			x.what, fmt.Sprintf("%.0f", x.rate.PerSecond), fmt.Sprintf("%.0f", x.rate.WallSecond), fmt.Sprintf("%.3f", x.rate.Allocations),
			fmt.Sprintf("%.1f", x.rate.Bytes), fmt.Sprintf("%.3f", r.Fold.PerSecond/x.rate.PerSecond),
		})
	}
	table(s.Stdout, []string{"", "events/s of processor", "events/s", "allocations", "bytes", "fold is × this"}, rows)
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

type benchReplayCmd struct {
	planFlag
	Leads       int    `default:"500000" help:"How many leads there are (default 500000)."`
	Events      int    `default:"10000000" help:"About how many events they have together (default 10000000)."`
	Rounds      int    `default:"3" help:"How often each is measured; the best counts."`
	DatabaseURL string `name:"database-url" env:"GALENA_BENCH_DATABASE_URL" placeholder:"URL" help:"A PostgreSQL database that sums up, too, in a temporary table; needs psql."`
	DuckDB      string `name:"duckdb" type:"existingdir" placeholder:"DIR" help:"A folder in which npm has installed @duckdb/node-api: DuckDB sums up, too; needs node."`
}

func (c *benchReplayCmd) Help() string {
	return "Makes a history in memory (about 1 GB for ten million events), and folds it under the playbook, stages and all.\n" +
		"Beside it, the points alone are summed up: by a loop in Go, and in SQL where a database is given.\n\n" +
		"Examples:\n  galena bench replay --leads 50000 --events 1000000\n  npm install --prefix /tmp/duck @duckdb/node-api && galena bench replay --duckdb /tmp/duck"
}

func (c *benchReplayCmd) Run(s *session) error {
	if err := firstOf(between("leads", c.Leads, 1, 10_000_000), between("events", c.Events, 8, 100_000_000), between("rounds", c.Rounds, 1, 1000)); err != nil {
		return err
	}
	plan, err := s.planOf(c.Playbook)
	if err != nil {
		return err
	}
	bar := newProgress(s.Stderr)
	r, err := bench.Replay(s, bench.ReplayOptions{
		Plan: plan, Leads: c.Leads, Events: c.Events, Rounds: c.Rounds, Database: c.DatabaseURL, Duck: c.DuckDB,
		Progress: func(leads int) {
			bar.show(reached{unit: "lead", count: leads, done: int64(leads), all: int64(c.Leads)})
		},
	})
	bar.done()
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(r)
	}
	fmt.Fprintf(s.Stdout, "%d events of %d leads, %d rules, %d stages, %d cores.\n", r.Events, r.Leads, r.Rules, r.Stages, r.Cores)
	fmt.Fprintf(s.Stdout, "On tape: %d MB, %d kinds of events; reading their JSON and recording took %.1f s on all cores.\n",
		r.RecordBytes>>20, r.Kinds, r.Record.Wall)
	fmt.Fprintf(s.Stdout, "%d leads came into a stage, %d times.\n", r.InStage, r.Entered)
	rows := [][]string{}
	add := func(what string, x bench.Seconds) {
		rows = append(rows, []string{
			what, fmt.Sprintf("%.2f", x.Wall), fmt.Sprintf("%.2f", x.CPU), fmt.Sprintf("%.1f", float64(r.Events)/x.Wall/1e6), fmt.Sprintf("%.2f", r.Replay.Wall/x.Wall),
		})
	}
	add("replay, stages and all", r.Replay)
	add("sum of points, a loop in Go", r.Loop)
	if r.DuckDB != nil {
		add("sum of points, DuckDB", *r.DuckDB)
	}
	if r.PostgreSQL != nil {
		add("sum of points, PostgreSQL", *r.PostgreSQL)
	}
	table(s.Stdout, []string{"", "seconds", "of processors", "million events/s", "replay takes × this"}, rows)
	return nil
}
