package bench

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"galena/internal/fault"
	"galena/internal/playbook"
)

// Databases are asked by their own programs, so that none of them is a part of
// this one: psql, and DuckDB's library in Node.

//go:embed duck.mjs
var duckScript string

// inSQL lets databases sum up the same rows.
func (r *rows) inSQL(ctx context.Context, o ReplayOptions, result *ReplayResult) (err error) {
	dir, err := os.MkdirTemp("", "galena-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	table := filepath.Join(dir, "events.csv")
	if err := r.writeCSV(table); err != nil {
		return err
	}
	if o.Duck != "" {
		if result.DuckDB, err = r.inDuckDB(ctx, dir, o.Duck, table); err != nil {
			return err
		}
	}
	if o.Database != "" {
		if result.PostgreSQL, err = r.inPostgreSQL(ctx, o.Database, table); err != nil {
			return err
		}
	}
	return nil
}

func (r *rows) writeCSV(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	var line []byte
	for i := range r.lead {
		rule := -1
		if r.rule[i] != noRule {
			rule = int(r.rule[i])
		}
		line = strconv.AppendUint(line[:0], uint64(r.lead[i]), 10)
		line = strconv.AppendInt(append(line, ','), int64(rule), 10)
		line = strconv.AppendInt(append(line, ','), r.occurred[i], 10)
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// rulesTable are the rules as a VALUES list: number, points, days of the
// half-life, most in a day.
func (r *rows) rulesTable() string {
	var lines []string
	for i := range r.plan.Rules {
		rl := &r.plan.Rules[i]
		if rl.Kind != playbook.PerSignal {
			continue
		}
		half := halfLife(rl)
		if half == 0 {
			half = math.MaxInt32 // as good as for ever
		}
		lines = append(lines, fmt.Sprintf("(%d, %f, %f, %d)", i, float64(rl.Points)/1000, half, daily(rl)))
	}
	return "VALUES " + strings.Join(lines, ", ")
}

// sumQuery is the sum, in SQL that both databases understand.
func (r *rows) sumQuery() string {
	return fmt.Sprintf(`
		WITH rules(rule, points, half, most) AS (%s),
		numbered AS (
			SELECT lead, rule, occurred,
				row_number() OVER (PARTITION BY lead, rule, occurred / 86400000 ORDER BY occurred) AS nth
			FROM bench_events WHERE rule >= 0)
		SELECT count(*), sum(total) FROM (
			SELECT lead, sum(points * power(2.0::float8, -((%d - occurred) / 86400000.0::float8) / half)) AS total
			FROM numbered JOIN rules USING (rule) WHERE nth <= most GROUP BY lead) AS leads`, r.rulesTable(), int64(livesEnd))
}

func (r *rows) inDuckDB(ctx context.Context, dir, library, table string) (*Seconds, error) {
	script := filepath.Join(dir, "duck.mjs")
	if err := os.WriteFile(script, []byte(duckScript), 0o600); err != nil {
		return nil, err
	}
	library, err := filepath.Abs(library)
	if err != nil {
		return nil, err
	}
	out, err := ask(ctx, "", "node", script, library, table, strings.ReplaceAll(r.sumQuery(), "occurred / 86400000 ", "occurred // 86400000 "))
	if err != nil {
		return nil, err
	}
	var s Seconds
	var said struct {
		Seconds
		total
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return nil, fmt.Errorf("what DuckDB's script said, %q, cannot be read: %w", out, err)
	}
	s = said.Seconds
	return &s, r.compare("DuckDB", said.total)
}

func (r *rows) inPostgreSQL(ctx context.Context, url, table string) (*Seconds, error) {
	// The first query warms the caches; of the second the time is taken.
	script := fmt.Sprintf(`
		\set QUIET on
		\pset format unaligned
		\pset tuples_only on
		CREATE TEMPORARY TABLE bench_events (lead integer, rule smallint, occurred bigint);
		\copy bench_events FROM '%s' CSV
		ANALYZE bench_events;
		%s;
		SELECT extract(epoch FROM clock_timestamp()) AS begun \gset
		%s;
		SELECT 'took ' || (extract(epoch FROM clock_timestamp()) - :begun);
	`, table, r.sumQuery(), r.sumQuery())
	out, err := ask(ctx, script, "psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url)
	if err != nil {
		return nil, err
	}
	var s Seconds
	var t total
	if _, err := fmt.Sscanf(string(out), "%d|%f\n%d|%f\ntook %f", &t.Leads, &t.Points, &t.Leads, &t.Points, &s.Wall); err != nil {
		return nil, fmt.Errorf("what psql said, %q, cannot be read: %w", out, err)
	}
	return &s, r.compare("PostgreSQL", t)
}

// compare refuses a sum that is not the one of the loop: then something else was
// measured.
func (r *rows) compare(who string, t total) error {
	if own := r.sum(1); !own.like(t) {
		return fault.New(fault.Internal, "%s sums up %d leads with %f points, the loop in Go %d with %f.", who, t.Leads, t.Points, own.Leads, own.Points)
	}
	return nil
}

// ask runs a program and gives what it prints.
func ask(ctx context.Context, stdin, name string, args ...string) ([]byte, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "The program %s is needed for this comparison, and is not there.", name)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s could not do the sum: %s", name, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}
