package oracle

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/engine/oracle/generate"
	"galena/internal/lead"
)

// TestEngineMeetsOracle compares every line, decision and stage that the engine
// derives, however the history is handed to it, with the oracle's. Package mutant
// runs it against engines with a mistake in them.
func TestEngineMeetsOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, compare)
}

func compare(t *rapid.T) {
	c := generate.Any(generate.Options{}).Draw(t, "case")
	plan := compile(t, c.Playbook)
	for _, at := range c.Looks {
		want := byOracle(t, plan, c.Events, at)
		if got := byEngine(t, plan, c.Events, at); got.String() != want.String() {
			t.Fatalf("at %d:\n%s", at, difference(want.String(), got.String()))
		}
		known := slices.DeleteFunc(inOrder(c.Events), func(e lead.Event) bool { return e.Effective() > at })
		r := run{TB: t, engine: engine.New(plan), want: want, events: known, at: at}
		whole := r.inOneGo()
		for name, state := range map[string]*engine.State{"cut at random": r.inParts(t), "woken when due": r.byWaking()} {
			if !bytes.Equal(r.engine.Encode(state), r.engine.Encode(whole)) {
				t.Fatalf("%s, the state at %d is another than in one go", name, at)
			}
		}
	}
}

// run is one history folded by Step up to one moment.
type run struct {
	rapid.TB
	engine *engine.Engine
	want   Result
	events []lead.Event
	at     lead.Time
}

func (r *run) inOneGo() *engine.State {
	s := r.engine.NewState()
	decisions := r.engine.Step(s, r.events, r.at)
	r.check("in one go", s, decisions)
	return s
}

// inParts cuts the history anywhere, looks in between for no reason, and puts the
// state away and takes it out again.
func (r *run) inParts(t *rapid.T) *engine.State {
	s := r.engine.NewState()
	var decisions []lead.Decision
	for i := 0; i < len(r.events); {
		n := rapid.IntRange(1, len(r.events)-i).Draw(t, "batch")
		last, next := r.events[i+n-1].Effective(), r.at
		if i+n < len(r.events) {
			next = r.events[i+n].Effective()
		}
		looks := rapid.SliceOfN(rapid.Int64Range(int64(last), int64(next)), 0, 2).Draw(t, "looks between")
		slices.Sort(looks)
		if len(looks) == 0 {
			looks = []int64{int64(last)}
		}
		batch := r.events[i : i+n]
		for _, look := range looks {
			decisions = append(decisions, r.engine.Step(s, batch, lead.Time(look))...)
			batch = nil
		}
		if rapid.Bool().Draw(t, "put away") {
			stored, err := r.engine.Decode(r.engine.Encode(s))
			if err != nil {
				r.Fatalf("decode: %v", err)
			}
			s = stored
		}
		i += n
	}
	decisions = append(decisions, r.engine.Step(s, nil, r.at)...)
	r.check("cut at random", s, decisions)
	return s
}

// byWaking folds each event when it takes effect and in between looks only at
// the moments that the engine asks for, as a server does. Nothing may be missing
// although nobody looked at the end.
func (r *run) byWaking() *engine.State {
	s := r.engine.NewState()
	var decisions []lead.Decision
	sleep := func(until lead.Time) {
		for wakes := 0; ; wakes++ {
			due := r.engine.WakeAt(s)
			if due == 0 || due > until {
				return
			}
			if due <= s.At || wakes > 20_000 {
				r.Fatalf("asleep from %d until %d, woken %d times, then due at %d", s.At, until, wakes, due)
			}
			decisions = append(decisions, r.engine.Step(s, nil, due)...)
		}
	}
	for i := range r.events {
		e := r.events[i : i+1]
		sleep(e[0].Effective())
		decisions = append(decisions, r.engine.Step(s, e, e[0].Effective())...)
	}
	sleep(r.at)
	if late := r.engine.Step(s, nil, r.at); len(late) > 0 {
		r.Fatalf("nobody was woken for this: %s", Decided(late[0]))
	}
	r.check("woken when due", s, decisions)
	return s
}

// check compares what a state tells, and the decisions on the way to it.
func (r *run) check(how string, s *engine.State, decisions []lead.Decision) {
	r.Helper()
	if got, want := decided(decisions), decided(r.want.Decisions); got != want {
		r.Fatalf("%s, at %d:\n%s", how, r.at, difference(want, got))
	}
	stage, _, since := r.engine.Stage(s)
	if stage != r.want.Stage || since != r.want.StageSince || s.Cycle() != r.want.Cycle {
		r.Fatalf("%s, at %d: stage %q since %d cycle %d, want %q since %d cycle %d", how, r.at,
			stage, since, s.Cycle(), r.want.Stage, r.want.StageSince, r.want.Cycle)
	}
	excluded := ""
	if slot := s.Excluded(); slot >= 0 {
		excluded = r.engine.Plan().Exclusions[slot].Name
	}
	if excluded != r.want.Excluded {
		r.Fatalf("%s, at %d: excluded %q, want %q", how, r.at, excluded, r.want.Excluded)
	}
	if got := r.engine.Grade(s); got != r.want.Grade {
		r.Fatalf("%s, at %d: grade %q, want %q", how, r.at, got, r.want.Grade)
	}
	r.checkPoints(how, r.engine.Read(s), excluded != "")
}

func (r *run) checkPoints(how string, got []lead.Points, excluded bool) {
	r.Helper()
	for i, s := range r.want.Scores {
		if got[i] != s.Points {
			r.Fatalf("%s, at %d: %s is %s, want %s (excluded: %t)", how, r.at, s.Name, got[i], s.Points, excluded)
		}
	}
}

func decided(decisions []lead.Decision) string {
	var b strings.Builder
	for _, d := range decisions {
		b.WriteString(Decided(d) + "\n")
	}
	return b.String()
}
