package cli

import (
	"fmt"
	"os"
	"strconv"

	"galena/internal/bench"
	"galena/internal/server"
)

type benchPagesCmd struct {
	Leads       string `default:"20k" placeholder:"N" help:"How many people there are, such as 20k or 1M (default 20k)."`
	Events      string `default:"200k" placeholder:"N" help:"About how many events they have together (default 200k); a life has eight at least."`
	Times       int    `default:"20" help:"How often each page is asked for, after the first time."`
	Only        string `placeholder:"PATTERN" help:"Only pages whose name matches, a regular expression."`
	Dir         string `type:"existingdir" placeholder:"DIR" help:"Where to make the data folder, which is removed afterwards; default the system's folder for such."`
	Keep        string `type:"path" placeholder:"DIR" help:"A data folder that is kept: the first run fills it, and later ones measure what is there."`
	DatabaseURL string `name:"database-url" env:"GALENA_BENCH_DATABASE_URL" placeholder:"URL" help:"A PostgreSQL database to measure on instead of SQLite; the first run fills it."`
	JSON        bool   `name:"json" help:"Print as JSON."`
}

func (c *benchPagesCmd) Help() string {
	return "Fills a workspace with people and their histories, serves it by this galena, and asks for each page as somebody\n" +
		"who is signed in: how long it takes, what the server uses of processors for it, how many bytes are sent.\n\n" +
		"Examples:\n  galena bench pages --leads 1M --events 20M --keep /tmp/million\n  galena bench pages --keep /tmp/million --only '^leads'"
}

func (c *benchPagesCmd) Run(s *session) error {
	leads, err := manyOf("leads", c.Leads)
	if err != nil {
		return err
	}
	events, err := manyOf("events", c.Events)
	if err != nil {
		return err
	}
	if err := between("times", c.Times, 1, 100_000); err != nil {
		return err
	}
	switch {
	case c.DatabaseURL != "" && !server.IsDatabase(c.DatabaseURL):
		return errNoDatabase
	case c.DatabaseURL != "" && c.Keep != "":
		return errTwoPlaces
	}
	only, err := pattern(c.Only)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	bar := newProgress(s.Stderr)
	r, err := bench.Pages(s, bench.PagesOptions{
		Leads: leads, Events: events, Times: c.Times, Database: c.DatabaseURL, Keep: c.Keep, Dir: c.Dir, Program: program, Only: only,
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
	fmt.Fprintf(s.Stdout, "%s, %d people, %d events", r.Store, r.Leads, r.Events)
	if r.Settled > 0 {
		fmt.Fprintf(s.Stdout, " (they came, and were listed, within %.0f s)", r.Settled)
	}
	fmt.Fprintln(s.Stdout, ".")
	var rows [][]string
	for _, p := range r.Pages {
		kept := "kept"
		if !p.Kept {
			kept = "over"
		}
		rows = append(rows, []string{
			p.Page, string(p.Role), tenths(p.First), tenths(p.P50), tenths(p.P95), tenths(p.P99), tenths(p.CPU),
			fmt.Sprintf("%.1f", float64(p.Bytes)/1000), fmt.Sprintf("%.1f", float64(p.Plain)/1000), strconv.Itoa(int(p.Budget)), kept,
		})
	}
	table(s.Stdout, []string{"page", "as", "first ms", "p50", "p95", "p99", "of processor", "kB", "without gzip", "budget", ""}, rows)
	if r.Memory > 0 {
		fmt.Fprintf(s.Stdout, "Largest memory of the server: %d MB.\n", r.Memory>>20)
	}
	return nil
}

func tenths(ms float64) string { return fmt.Sprintf("%.1f", ms) }
