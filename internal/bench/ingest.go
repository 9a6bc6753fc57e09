package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"galena/internal/fault"
)

// IngestOptions say what to measure.
type IngestOptions struct {
	// Leads are there before anything is measured.
	Leads int
	// Length is how long each server is sent to, for each load, in turns.
	Length time.Duration
	// Database is the URL of a PostgreSQL database, "" for SQLite: empty, or filled by
	// an earlier measurement with at least as many Leads.
	Database string
	// Keep is a folder for the workspace that is kept, as a database is: the first run
	// fills it, later ones find it. "" for one of its own below Dir ("" for the system's
	// temporary one), which goes.
	Keep, Dir string
	// Only, where it is not nil, is which loads are measured, by their names and
	// sizes of batches: "sessions, 100". Where it matches none the workspace is filled.
	Only *regexp.Regexp
	// Nodes serve the database at the same time.
	Nodes int
	// Program is the galena that is measured.
	Program string
	// Playbook is what it scores under; nil for the shipped default.
	Playbook []byte
	// Progress is called now and then with what is counted, in the singular, and how far it is.
	Progress func(what string, done, all int)
}

// IngestResult is what was measured under each load.
type IngestResult struct {
	Store string       `json:"store"`
	Nodes int          `json:"nodes"`
	Leads int          `json:"leads"`
	Loads []LoadResult `json:"loads"`
	// Memory is the largest resident set of a node, in bytes; 0: not known.
	Memory int64 `json:"memory_bytes"`
	// Settled tells how long it took the leads to come in, be woken and listed; 0 where
	// they were there.
	Settled float64 `json:"settled_seconds"`
}

// LoadResult compares Galena with the plain server under one load. Latencies are
// of Galena's answers, which tell that an event and what it decided are on disk:
// at full load, and at half of it.
type LoadResult struct {
	Load   string  `json:"load"`
	Batch  int     `json:"batch"`
	Galena float64 `json:"galena_events_per_second"`
	Plain  float64 `json:"plain_events_per_second"`
	Ratio  float64 `json:"ratio"`
	Full   Answers `json:"full_load"`
	Half   Answers `json:"half_load"`
	// Busy is how many of Galena's answers said that it is busy; what they refused
	// was sent again.
	Busy int `json:"busy"`
}

// Answers are percentiles, in milliseconds.
type Answers struct {
	// Count is how many there were: of few, one in a hundred is chance.
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
}

const (
	// turns is how often the two servers take turns within one measurement, so
	// that both see the same moods of the machine.
	turns = 8
	// batchSize is what libraries send at once.
	batchSize = 100
)

var errNotEmpty = fault.New(fault.Conflict, "The workspace holds other people already, or fewer. Give an empty one: what is measured there stays there.")

// Ingest measures how fast events are taken in over HTTP, decoded, resolved,
// folded and committed, beside a plain server that only decodes them, knows their
// ids and keeps them. Its loads are people who act in sessions, and the worst,
// where every event is of a random lead; each in batches and one by one.
func Ingest(ctx context.Context, o IngestOptions) (r *IngestResult, err error) {
	dir, err := os.MkdirTemp(o.Dir, "galena-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r = &IngestResult{Store: "SQLite", Nodes: o.Nodes, Leads: o.Leads}
	place := o.Keep
	if place == "" {
		place = filepath.Join(dir, "data")
	}
	var keep plainKeeper
	if o.Database != "" {
		r.Store, place = "PostgreSQL", o.Database
		keep, err = openPlainPostgres(ctx, o.Database)
	} else {
		keep, err = openPlainSQLite(dir)
	}
	if err != nil {
		return nil, err
	}
	telling := func(what string) func(int) {
		return func(leads int) {
			if o.Progress != nil {
				o.Progress(what, leads, o.Leads)
			}
		}
	}
	begun := time.Now()
	to, err := settle(ctx, place, o.Playbook, o.Leads, telling("lead"))
	if !to.found {
		r.Settled = time.Since(begun).Seconds()
	}
	loads := o.loads()
	if err == nil && len(loads) > 0 {
		err = settlePlain(ctx, keep, o.Leads, telling("plain lead"))
	}
	if err != nil || len(loads) == 0 {
		return r, errors.Join(err, keep.close())
	}
	plain, address, err := servePlain(keep)
	if err != nil {
		return nil, errors.Join(err, keep.close())
	}
	defer func() { err = errors.Join(err, plain.close()) }()
	against, err := newCrowd(o.Leads, to.events, "", address)
	if err != nil {
		return nil, err
	}
	defer against.close()

	var nodes []*node
	defer func() {
		for _, n := range nodes {
			err = errors.Join(err, n.stop())
		}
	}()
	var addresses []string
	for range o.Nodes {
		n, err := startNode(ctx, place, o.Program)
		if err != nil {
			return nil, err
		}
		nodes, addresses = append(nodes, n), append(addresses, n.address)
	}
	galena, err := newCrowd(o.Leads, to.events, to.key, addresses...)
	if err != nil {
		return nil, err
	}
	defer galena.close()

	for i, l := range loads {
		galena.scatter(l.scattered)
		against.scatter(l.scattered)
		if o.Progress != nil {
			o.Progress("load", i, len(loads))
		}
		one, err := compare(ctx, galena, against, l.batch, o.Length)
		if err != nil {
			return nil, err
		}
		one.Load = l.name
		r.Loads = append(r.Loads, *one)
	}
	for _, n := range nodes {
		r.Memory = max(r.Memory, n.memory())
	}
	return r, nil
}

// load is what is sent.
type load struct {
	name      string
	scattered bool
	batch     int
}

// loads are those to be measured.
func (o *IngestOptions) loads() (all []load) {
	for _, l := range []load{
		{name: "sessions", batch: batchSize},
		{name: "sessions", batch: 1},
		{name: "every event of a random lead", scattered: true, batch: batchSize},
		{name: "every event of a random lead", scattered: true, batch: 1},
	} {
		if o.Only == nil || o.Only.MatchString(fmt.Sprintf("%s, %d", l.name, l.batch)) {
			all = append(all, l)
		}
	}
	return all
}

func compare(ctx context.Context, galena, plain *crowd, size int, length time.Duration) (*LoadResult, error) {
	took, sent := map[*crowd]time.Duration{}, map[*crowd]int{}
	var answers []time.Duration
	for turn := range turns {
		order := []*crowd{galena, plain}
		if turn%2 == 1 {
			slices.Reverse(order)
		}
		for _, c := range order {
			begun := time.Now()
			latencies, err := c.send(ctx, length/turns, size)
			if err != nil {
				return nil, err
			}
			took[c] += time.Since(begun)
			sent[c] += len(latencies)
			if c == galena {
				answers = append(answers, latencies...)
			}
		}
	}
	interval := 2 * took[galena] / time.Duration(max(sent[galena], 1)) // half of the rate just seen
	requests := max(int(length/max(interval, 1)), 1)
	paced, err := galena.sendPaced(ctx, requests, size, interval)
	if err != nil {
		return nil, err
	}
	rate := func(c *crowd) float64 { return float64(sent[c]*size) / took[c].Seconds() }
	return &LoadResult{
		Batch: size, Galena: rate(galena), Plain: rate(plain), Ratio: rate(galena) / rate(plain),
		Full: percentiles(answers), Half: percentiles(paced), Busy: galena.waited(),
	}, nil
}

func percentiles(all []time.Duration) Answers {
	slices.Sort(all)
	of := func(percent int) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[len(all)*percent/100].Microseconds()) / 1000
	}
	return Answers{Count: len(all), P50: of(50), P99: of(99)}
}
