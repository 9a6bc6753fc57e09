package bench

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"galena/internal/engine"
	"galena/internal/lab"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// ReplayOptions say what history to make, and beside what to replay it.
type ReplayOptions struct {
	Plan          *playbook.Plan
	Leads, Events int
	Rounds        int
	// Database is the URL of a PostgreSQL database in which a table may be made
	// and dropped, and Duck a folder with DuckDB's library for Node; "" leaves
	// them out.
	Database, Duck string
	// Progress is called now and then with how many leads were made.
	Progress func(leads int)
}

// ReplayResult is what a replay of a whole history costs, and beside it sums of
// points, which are a small part of it: no stages, no silence, nobody excluded,
// nothing rounded.
type ReplayResult struct {
	Rules  int `json:"rules"`
	Stages int `json:"stages"`
	Leads  int `json:"leads"`
	Events int `json:"events"`
	Kinds  int `json:"kinds"` // that the playbook can tell apart, on all reels
	Cores  int `json:"cores"`

	// Record is how long it took to read the JSON of all events and put them on
	// tape, RecordBytes how much memory the tape takes.
	Record      Seconds `json:"record"`
	RecordBytes uint64  `json:"tape_bytes"`
	// Replay is how long it took to play the tape under the playbook.
	Replay  Seconds `json:"replay"`
	InStage int64   `json:"leads_in_a_stage"`
	Entered int64   `json:"entries_into_stages"`
	// Loop is a Go program's sum, by all cores; the others are of SQL. Nil: not
	// asked for.
	Loop       Seconds  `json:"go_loop"`
	DuckDB     *Seconds `json:"duckdb"`
	PostgreSQL *Seconds `json:"postgresql"`
}

// Seconds are of the clock on the wall, and of all processors together.
type Seconds struct {
	Wall float64 `json:"wall_seconds"`
	CPU  float64 `json:"cpu_seconds"` // 0 where another program works
}

func (s span) seconds() Seconds { return Seconds{s.wall.Seconds(), s.cpu.Seconds()} }

// Replay makes a history, puts it on tape and plays it.
func Replay(ctx context.Context, o ReplayOptions) (*ReplayResult, error) {
	e := engine.New(o.Plan)
	r := &ReplayResult{Rules: rulesOf(o.Plan), Stages: o.Plan.FirstExit, Leads: o.Leads, Cores: runtime.GOMAXPROCS(0)}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tape, flat, recorded, err := record(ctx, e, o)
	if err != nil {
		return nil, err
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	_, r.Events, r.Kinds = tape.Size()
	r.Record = recorded.seconds()
	r.RecordBytes = max(after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc), flat.bytes()) - flat.bytes()

	var played, looped span
	for i := range o.Rounds {
		s, err := took(func() error { return r.play(ctx, tape, e) })
		if err != nil {
			return nil, err
		}
		if i == 0 || s.wall < played.wall {
			played = s
		}
		if s, err = took(func() error { flat.sum(r.Cores); return nil }); err != nil {
			return nil, err
		}
		if i == 0 || s.wall < looped.wall {
			looped = s
		}
	}
	r.Replay, r.Loop = played.seconds(), looped.seconds()
	if o.Duck == "" && o.Database == "" {
		return r, nil
	}
	return r, flat.inSQL(ctx, o, r)
}

func (r *ReplayResult) play(ctx context.Context, tape *lab.Tape, e *engine.Engine) error {
	var inStage, entered atomic.Int64
	err := tape.Play(ctx, e, livesEnd, r.Cores, func(int) func(lead.ID, *engine.State, []lead.Decision) {
		var scores []lead.Points
		return func(_ lead.ID, s *engine.State, made []lead.Decision) {
			scores = e.AppendScores(scores[:0], s)
			if stage, _, _ := e.Stage(s); stage != "" {
				inStage.Add(1)
				entered.Add(int64(len(made)))
			}
		}
	})
	r.InStage, r.Entered = inStage.Load(), entered.Load()
	return err
}

// record makes all lives on all cores. Only what it takes to read and record them
// counts.
func record(ctx context.Context, e *engine.Engine, o ReplayOptions) (*lab.Tape, *rows, span, error) {
	all := lives{seed: 20260106, mean: max(o.Events/o.Leads, meanSession)}
	cores := runtime.GOMAXPROCS(0)
	recorders, parts, errs := make([]*lab.Recorder, cores), make([]rows, cores), make([]error, cores)
	busy := make([]time.Duration, cores)
	var next atomic.Int64
	var workers sync.WaitGroup
	for w := range cores {
		recorders[w] = lab.NewRecorder(o.Plan)
		workers.Go(func() {
			const some = 256
			for from := int(next.Add(some)) - some; from < o.Leads && ctx.Err() == nil; from = int(next.Add(some)) - some {
				for n := from; n < min(from+some, o.Leads); n++ {
					life := all.life(n)
					begun := time.Now()
					if errs[w] = recorders[w].Open(life); errs[w] != nil {
						return
					}
					recorders[w].Add(lead.ID(n+1), life)
					busy[w] += time.Since(begun)
					parts[w].add(e, n, life)
				}
				if w == 0 && o.Progress != nil {
					o.Progress(from)
				}
			}
		})
	}
	workers.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, nil, span{}, err
	}
	var s span
	for _, b := range busy {
		s.cpu += b
		s.wall = max(s.wall, b)
	}
	return lab.Splice(recorders...), joinRows(parts, o.Plan), s, nil
}

// rows are the history as a table would have it: for each event that a rule gives
// points for, whose it is, which rule, and when.
type rows struct {
	lead     []uint32
	rule     []uint16
	occurred []int64
	plan     *playbook.Plan
}

// add adds a life; an event that feeds several rules counts for the first, and one
// that feeds none is there, too, since a table has them all.
func (r *rows) add(e *engine.Engine, n int, events []lead.Event) {
	cast := e.Cast(events)
	for i := range events {
		r.lead = append(r.lead, uint32(n))
		r.rule = append(r.rule, ruleOf(e.Plan(), cast.Signals(i)))
		r.occurred = append(r.occurred, int64(events[i].Occurred))
	}
}

// noRule is the number of events without points.
const noRule = math.MaxUint16

func ruleOf(p *playbook.Plan, signals []int32) uint16 {
	for i := range p.Rules {
		if p.Rules[i].Kind != playbook.PerSignal {
			continue
		}
		for _, s := range p.Rules[i].Signals {
			for _, is := range signals {
				if int32(s) == is {
					return uint16(i)
				}
			}
		}
	}
	return noRule
}

func joinRows(parts []rows, p *playbook.Plan) *rows {
	all := &rows{plan: p}
	for _, part := range parts {
		all.lead = append(all.lead, part.lead...)
		all.rule = append(all.rule, part.rule...)
		all.occurred = append(all.occurred, part.occurred...)
	}
	return all
}

func (r *rows) bytes() uint64 { return uint64(cap(r.lead)*4 + cap(r.rule)*2 + cap(r.occurred)*8) }

// halfLife is of a rule's points, in days; 0: they last.
func halfLife(rl *playbook.Rule) float64 {
	if rl.Decay.Kind != playbook.Halving {
		return 0
	}
	return float64(rl.Decay.Every) / float64(lead.Day)
}

// daily is how often a rule gives points on a day; limits of other kinds are left
// out, which is less work.
func daily(rl *playbook.Rule) int {
	if rl.Limit.N == 0 || rl.Limit.Period == playbook.Ever {
		return math.MaxInt32
	}
	return int(rl.Limit.N)
}

// total is what a sum came to; all who sum must come to the same.
type total struct {
	Leads  int     `json:"leads"` // with any points
	Points float64 `json:"points"`
}

// like says that totals are equal but for the order in which floats were added.
func (t total) like(o total) bool {
	return t.Leads == o.Leads && math.Abs(t.Points-o.Points) <= 1e-6*math.Abs(t.Points)
}

// sum sums the points of each lead, as one would in an afternoon: limits by day,
// half-lives, floats.
func (r *rows) sum(workers int) total {
	points := make([]float64, len(r.plan.Rules))
	half, most := make([]float64, len(points)), make([]int, len(points))
	for i := range r.plan.Rules {
		rl := &r.plan.Rules[i]
		points[i], half[i], most[i] = float64(rl.Points)/1000, halfLife(rl), daily(rl)
	}
	totals := make([]total, workers)
	var done sync.WaitGroup
	for w := range workers {
		from, to := r.share(w, workers), r.share(w+1, workers)
		done.Go(func() {
			sums := map[uint32]float64{}
			given, day := make([]int, len(points)), make([]int64, len(points))
			who := uint32(math.MaxUint32)
			for i := from; i < to; i++ {
				if r.lead[i] != who {
					who = r.lead[i]
					clear(given)
					clear(day)
				}
				rule := r.rule[i]
				if rule == noRule {
					continue
				}
				if d := r.occurred[i] / lead.Day; d != day[rule] {
					day[rule], given[rule] = d, 0
				}
				if given[rule]++; given[rule] > most[rule] {
					continue
				}
				p := points[rule]
				if half[rule] > 0 {
					p *= math.Exp2(-float64(int64(livesEnd)-r.occurred[i]) / float64(lead.Day) / half[rule])
				}
				sums[who] += p
			}
			for _, sum := range sums {
				totals[w].Leads++
				totals[w].Points += sum
			}
		})
	}
	done.Wait()
	var all total
	for _, t := range totals {
		all.Leads, all.Points = all.Leads+t.Leads, all.Points+t.Points
	}
	return all
}

// share is where the rows of the nth of some workers begin, never within a lead.
func (r *rows) share(n, workers int) int {
	at := len(r.lead) * n / workers
	for at > 0 && at < len(r.lead) && r.lead[at] == r.lead[at-1] {
		at++
	}
	return at
}
