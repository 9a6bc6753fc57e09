package cli

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"galena/internal/bench"
	"galena/internal/fault"
	"galena/internal/server"
)

type benchIngestCmd struct {
	Playbook    string        `placeholder:"PLAYBOOK" help:"A playbook file, or the name of a shipped one (default: default)."`
	Leads       string        `default:"10k" placeholder:"N" help:"How many leads are there before anything is measured, such as 10k or 1M (default 10k)."`
	For         time.Duration `default:"8s" placeholder:"DURATION" help:"How long each server is sent to under each of four loads (default 8s)."`
	Dir         string        `type:"existingdir" placeholder:"DIR" help:"Where to make the data folder, which is removed afterwards; default the system's folder for such."`
	Keep        string        `type:"path" placeholder:"DIR" help:"A data folder that is kept: the first run fills it, and later ones measure on what is there."`
	DatabaseURL string        `name:"database-url" env:"GALENA_BENCH_DATABASE_URL" placeholder:"URL" help:"A PostgreSQL database to measure on instead of SQLite; the first run fills it."`
	Only        string        `placeholder:"PATTERN" help:"Only loads that match, a regular expression for such as 'sessions, 100'; where none does the leads come in, and that is all."`
	Nodes       int           `default:"1" help:"How many servers share the database."`
	JSON        bool          `name:"json" help:"Print as JSON."`
}

func (c *benchIngestCmd) Help() string {
	return "Starts this galena on a data folder of its own, and in turns with it a server that only decodes events, knows\n" +
		"their ids and keeps them, with the same settings of the database. The generator runs on the same cores.\n\n" +
		"Examples:\n  galena bench ingest --leads 1M\n  galena bench ingest --leads 1M --keep /tmp/million --only random\n  galena bench ingest --database-url postgres://bench@localhost/empty --nodes 2"
}

func (c *benchIngestCmd) Run(s *session) error {
	leads, err := manyOf("leads", c.Leads)
	if err != nil {
		return err
	}
	switch {
	case c.For < 100*time.Millisecond || c.For > time.Hour:
		return fault.New(fault.Invalid, "--for is %s; choose 100ms to 1h.", c.For)
	case c.DatabaseURL != "" && !server.IsDatabase(c.DatabaseURL):
		return errNoDatabase
	case c.DatabaseURL != "" && c.Keep != "":
		return errTwoPlaces
	case c.DatabaseURL == "" && c.Nodes != 1:
		return fault.New(fault.Invalid, "--nodes is %d, but a data folder has one server. Give --database-url for several.", c.Nodes)
	}
	if err := between("nodes", c.Nodes, 1, 8); err != nil {
		return err
	}
	only, err := pattern(c.Only)
	if err != nil {
		return err
	}
	source, err := s.playbookFile(c.Playbook)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	bar := newProgress(s.Stderr)
	r, err := bench.Ingest(s, bench.IngestOptions{
		Leads: leads, Length: c.For, Database: c.DatabaseURL, Keep: c.Keep, Dir: c.Dir, Nodes: c.Nodes,
		Program: program, Playbook: source, Only: only,
		Progress: func(what string, done, all int) {
			bar.show(reached{unit: what, count: done, done: int64(done), all: int64(all)})
		},
	})
	bar.done()
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(r)
	}
	came := "they were there"
	if r.Settled > 0 {
		came = fmt.Sprintf("they came, were woken and listed within %.1f s", r.Settled)
	}
	fmt.Fprintf(s.Stdout, "%s, %d %s, %d leads present (%s).\n", r.Store, r.Nodes, plural(r.Nodes, "node"), r.Leads, came)
	if len(r.Loads) == 0 {
		return nil
	}
	var rows [][]string
	for _, l := range r.Loads {
		rows = append(rows, []string{
			l.Load, strconv.Itoa(l.Batch), fmt.Sprintf("%.0f", l.Galena), fmt.Sprintf("%.0f", l.Plain), fmt.Sprintf("%.2f", l.Ratio),
			fmt.Sprintf("%.1f", l.Full.P50), fmt.Sprintf("%.1f", l.Full.P99), fmt.Sprintf("%.1f", l.Half.P50), fmt.Sprintf("%.1f", l.Half.P99), strconv.Itoa(l.Busy),
		})
	}
	table(s.Stdout, []string{"load", "batch", "galena/s", "plain/s", "ratio", "p50 ms", "p99 ms", "half load p50", "p99", "busy"}, rows)
	if r.Memory > 0 {
		fmt.Fprintf(s.Stdout, "Largest memory of a node: %d MB.\n", r.Memory>>20)
	}
	return nil
}

// maxMany is how much of anything is made at most: what fits on a disk.
const maxMany = 100_000_000

var errTwoPlaces = fault.New(fault.Invalid, "--keep names a data folder, and --database-url says that there is none. Give one of them.")

var errNoDatabase = fault.New(fault.Invalid, "--database-url is not the URL of a PostgreSQL database, as postgres://user:password@host:5432/name is.")

// manyOf reads a number that may be written with k or M.
func manyOf(flag, text string) (int, error) {
	digits, factor := text, 1
	for suffix, times := range map[string]int{"k": 1000, "K": 1000, "M": 1_000_000, "m": 1_000_000} {
		if cut, ok := strings.CutSuffix(text, suffix); ok {
			digits, factor = cut, times
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > maxMany/factor {
		return 0, fault.New(fault.Invalid, "--%s is %q; choose 1 to 100M.", flag, text)
	}
	return n * factor, nil
}
