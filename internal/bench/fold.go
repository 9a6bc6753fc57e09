package bench

import (
	"context"
	"encoding/json"
	"runtime"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// FoldOptions say what to fold.
type FoldOptions struct {
	Plan   *playbook.Plan
	Events int // of a life, on average
	Total  int // of all lives, about
	Rounds int // how often each takes its turn
}

// FoldResult are rates by processor time, which is what a core does when nobody
// else wants it.
type FoldResult struct {
	Rules   int `json:"rules"`
	Signals int `json:"signals"`
	Stages  int `json:"stages"`
	Lives   int `json:"lives"`
	Events  int `json:"events"` // in one round

	// Fold is Engine.Step over whole lives, each from nothing, Again the same into
	// a state that is used again, Tape the same from columns.
	Fold  Rate `json:"fold"`
	Again Rate `json:"again"`
	Tape  Rate `json:"tape"`
	// Sum adds up points by the names of events, and does nothing else; Decode
	// reads the JSON of events with encoding/json.
	Sum    Rate `json:"sum"`
	Decode Rate `json:"decode"`

	sums int64 // so that nobody may leave the summing out
}

// Rate is how fast something went.
type Rate struct {
	PerSecond  float64 `json:"events_per_cpu_second"`
	WallSecond float64 `json:"events_per_second"`
	// Allocations and Bytes are of memory, for each event.
	Allocations float64 `json:"allocations_per_event"`
	Bytes       float64 `json:"bytes_per_event"`
}

// Fold measures the fold alone, on one core and in memory.
func Fold(ctx context.Context, o FoldOptions) (*FoldResult, error) {
	e := engine.New(o.Plan)
	all := lives{seed: 20260105, mean: o.Events}
	people := max(o.Total/o.Events, 1)
	var histories [][]lead.Event
	lanes := make([]engine.Lane, people)
	var kinds []lead.Event
	r := &FoldResult{Rules: rulesOf(o.Plan), Signals: len(o.Plan.Signals), Stages: o.Plan.FirstExit, Lives: people}
	index := map[string]uint32{}
	for n := range people {
		events := all.life(n)
		if err := open(events); err != nil {
			return nil, err
		}
		histories = append(histories, events)
		r.Events += len(events)
		var news engine.News
		for i := range events {
			text := string(engine.SignalReads(events[i].Type, events[i].Name, o.Plan).Append(nil, &events[i]))
			if _, known := index[text]; !known {
				index[text] = uint32(len(kinds))
				kinds = append(kinds, events[i])
			}
			l := &lanes[n]
			l.Effective = append(l.Effective, events[i].Effective())
			l.Occurred = append(l.Occurred, events[i].Occurred)
			l.Kinds = append(l.Kinds, index[text])
			if news.Picks(&events[i]) {
				l.SaidAt, l.Said = append(l.SaidAt, uint32(i)), append(l.Said, &events[i])
			}
		}
	}
	cast := e.Cast(kinds)
	state := e.NewState()
	points := map[string]int64{}
	for i, d := range doings {
		points[d.act] = int64(i)
	}
	points["Page"] = 1

	each := func(do func(n int) error) func() error {
		return func() error {
			for n := range histories {
				if err := do(n); err != nil {
					return err
				}
			}
			return ctx.Err()
		}
	}
	for _, c := range []struct {
		rate *Rate
		do   func(n int) error
	}{
		{&r.Fold, func(n int) error { e.Step(e.NewState(), histories[n], livesEnd); return nil }},
		{&r.Again, func(n int) error { e.Clear(state); e.Step(state, histories[n], livesEnd); return nil }},
		{&r.Tape, func(n int) error { e.Clear(state); e.Run(state, &lanes[n], cast, livesEnd); return nil }},
		{&r.Sum, func(n int) error {
			var sum int64
			for i := range histories[n] {
				sum += points[histories[n][i].Name]
			}
			r.sums += sum
			return nil
		}},
		{&r.Decode, func(n int) error {
			for i := range histories[n] {
				var body any
				if err := json.Unmarshal(histories[n][i].Body, &body); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		if err := c.rate.measure(r.Events, o.Rounds, each(c.do)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// measure does something a few times, after once for the caches.
func (r *Rate) measure(events, rounds int, do func() error) error {
	if err := do(); err != nil {
		return err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var best span
	for i := range rounds {
		s, err := took(do)
		if err != nil {
			return err
		}
		if i == 0 || s.cpu < best.cpu {
			best = s
		}
	}
	runtime.ReadMemStats(&after)
	n := float64(events * rounds)
	r.PerSecond = float64(events) / best.cpu.Seconds()
	r.WallSecond = float64(events) / best.wall.Seconds()
	r.Allocations = float64(after.Mallocs-before.Mallocs) / n
	r.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / n
	return nil
}

// rulesOf counts the rules that a document wrote; the ledgers of balances and
// corrections are none of them.
func rulesOf(p *playbook.Plan) (n int) {
	for i := range p.Rules {
		if k := p.Rules[i].Kind; k != playbook.Opening && k != playbook.Correction {
			n++
		}
	}
	return n
}
