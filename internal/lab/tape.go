package lab

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/store"
)

// Tape is a history in the form in which it is folded fastest, for trying many
// playbooks on it: the JSON of events is read once, when it is recorded, and each
// event is then a row of three columns (docs/adr/0018-replay.md). It holds what
// the conditions of signals may ask of events, as told when it was recorded, and
// all traits. Immutable once recorded, safe for concurrent use.
type Tape struct {
	plans []*playbook.Plan // for which it was recorded
	reels []*reel
}

const (
	// reelEvents begins another reel: what events are to conditions is numbered
	// for each reel by itself, so that several can be recorded at once.
	reelEvents = 1 << 20
	// turnLeads is how many leads a worker folds at a time.
	turnLeads = 256
)

// reel is a part of a tape: some leads, one after the other.
type reel struct {
	kinds []lead.Event
	leads []lead.ID
	// ends are, for each lead, the ends of its events and of those that say
	// something about it.
	ends, saidEnds      []int
	effective, occurred []lead.Time
	kind                []uint32
	saidAt              []uint32 // places within a lead's events
	said                []*lead.Event
}

// Recorder records leads, one after the other.
type Recorder struct {
	scope *scope
	reels []*reel
	index map[string]uint32 // of the last reel's kinds
	text  []byte
	// last is what was kept last, and of which event: many say the same again.
	last   *lead.Event
	lastOf *lead.Event
}

// NewRecorder records for playbooks that read no more of events than the given
// ones do together.
func NewRecorder(plans ...*playbook.Plan) *Recorder { return &Recorder{scope: newScope(plans)} }

// Open opens as much of events as is recorded of them.
func (r *Recorder) Open(events []lead.Event) error { return r.scope.open(events) }

// Add records the whole history of a lead: opened, in the order of the fold key.
// Nothing that is passed in is kept but the maps of what is said about the person.
func (r *Recorder) Add(id lead.ID, events []lead.Event) {
	if n := len(r.reels); n == 0 || len(r.reels[n-1].kind) >= reelEvents {
		r.reels = append(r.reels, &reel{})
		r.index = map[string]uint32{}
	}
	to := r.reels[len(r.reels)-1]
	var news engine.News
	for i := range events {
		e := &events[i]
		reads := r.scope.about(e).reads
		r.text = reads.Append(r.text[:0], e)
		kind, seen := r.index[string(r.text)]
		if !seen {
			kind = uint32(len(to.kinds))
			r.index[string(r.text)] = kind
			to.kinds = append(to.kinds, reads.Keep(e))
		}
		to.effective = append(to.effective, e.Effective())
		to.occurred = append(to.occurred, e.Occurred)
		to.kind = append(to.kind, kind)
		if news.Picks(e) {
			to.saidAt = append(to.saidAt, uint32(i))
			to.said = append(to.said, r.say(e))
		}
	}
	r.last, r.lastOf = nil, nil
	to.leads = append(to.leads, id)
	to.ends = append(to.ends, len(to.kind))
	to.saidEnds = append(to.saidEnds, len(to.said))
}

// Most events that are picked say no more than that somebody is there, or is known.
var there, known = &lead.Event{}, &lead.Event{UserID: "known"}

// say keeps of an event what it says about the person; of an act, all.
func (r *Recorder) say(e *lead.Event) *lead.Event {
	if e.Type == lead.Act {
		return &lead.Event{Type: e.Type, Name: e.Name, Occurred: e.Occurred, Properties: e.Properties}
	}
	if e.Email == "" && e.Type != lead.Identify && e.Type != lead.Group {
		if e.UserID != "" {
			return known
		}
		return there
	}
	if b := r.lastOf; b != nil && len(e.Body) > 0 && bytes.Equal(b.Body, e.Body) && b.Type == e.Type &&
		b.UserID == e.UserID && b.GroupID == e.GroupID && b.Email == e.Email && b.Company == e.Company {
		return r.last
	}
	kept := &lead.Event{Type: e.Type, UserID: e.UserID, GroupID: e.GroupID, Email: e.Email, Company: e.Company, Traits: e.Traits}
	if traits, ok := e.Context["traits"]; ok {
		kept.Context = map[string]any{"traits": traits}
	}
	r.last, r.lastOf = kept, e
	return kept
}

// Splice makes a tape of what recorders recorded; they are not used after it.
func Splice(recorders ...*Recorder) *Tape {
	t := &Tape{}
	for _, r := range recorders {
		t.plans = r.scope.plans
		t.reels = append(t.reels, r.reels...)
	}
	return t
}

// Record puts the whole history of a workspace on tape, as of one moment, for
// playbooks that read no more of events than the given ones do.
func Record(ctx context.Context, s store.Store, o Options, plans ...*playbook.Plan) (*Tape, error) {
	recorders := make([]*Recorder, o.workers())
	err := s.Read(ctx, func(snap store.Snapshot) error {
		at, err := snap.Now()
		if err != nil {
			return err
		}
		return share(ctx, snap, o, func(worker int) func(parcel) error {
			r := NewRecorder(plans...)
			recorders[worker] = r
			return func(p parcel) error {
				for i := range p.leads {
					events, err := p.leads[i].open(at, r.scope)
					if err != nil {
						return err
					}
					r.Add(p.leads[i].id, events)
					p.leads[i] = past{}
				}
				return nil
			}
		})
	})
	if err != nil {
		return nil, err
	}
	return Splice(recorders...), nil
}

// Size tells how many leads and events are on the tape, and how many kinds of
// events the conditions can tell apart.
func (t *Tape) Size() (leads, events, kinds int) {
	for _, r := range t.reels {
		leads, events, kinds = leads+len(r.leads), events+len(r.kind), kinds+len(r.kinds)
	}
	return leads, events, kinds
}

// Fitting says that a plan reads no more of the events on the tape than it holds
// of them.
func (t *Tape) Fitting(p *playbook.Plan) bool {
	asked := map[title]bool{}
	for _, r := range t.reels {
		for i := range r.kinds {
			k := &r.kinds[i]
			if what := (title{k.Type, k.Name}); !asked[what] {
				asked[what] = true
				if !engine.SignalReads(k.Type, k.Name, t.plans...).Covers(engine.SignalReads(k.Type, k.Name, p)) {
					return false
				}
			}
		}
	}
	return true
}

// Play folds all leads to a moment. Each worker gives what it folds to the
// function that began made for it, lead after lead; the state is used again for
// the next, and events of decisions have no name. Nothing on the tape may lie
// after the moment.
func (t *Tape) Play(ctx context.Context, e *engine.Engine, at lead.Time, workers int, begin func(worker int) func(lead.ID, *engine.State, []lead.Decision)) error {
	if !t.Fitting(e.Plan()) {
		return fault.New(fault.Invalid, "The history was recorded for playbooks that read less of events than %s does. Record it again.", e.Plan().Name)
	}
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	casts := make([]*engine.Cast, len(t.reels))
	var turns []turn
	for i, r := range t.reels {
		casts[i] = e.Cast(r.kinds)
		for from := 0; from < len(r.leads); from += turnLeads {
			turns = append(turns, turn{i, from, min(from+turnLeads, len(r.leads))})
		}
	}
	var next atomic.Int64
	var players sync.WaitGroup
	for w := range workers {
		give := begin(w)
		players.Go(func() {
			s := e.NewState()
			for n := next.Add(1) - 1; n < int64(len(turns)) && ctx.Err() == nil; n = next.Add(1) - 1 {
				u := turns[n]
				r := t.reels[u.reel]
				for i := u.from; i < u.to; i++ {
					e.Clear(s)
					l := r.lane(i)
					give(r.leads[i], s, e.Run(s, &l, casts[u.reel], at))
				}
			}
		})
	}
	players.Wait()
	return ctx.Err()
}

// turn is what a worker folds before it looks for more.
type turn struct{ reel, from, to int }

func (r *reel) lane(i int) engine.Lane {
	from, saidFrom := 0, 0
	if i > 0 {
		from, saidFrom = r.ends[i-1], r.saidEnds[i-1]
	}
	to, saidTo := r.ends[i], r.saidEnds[i]
	return engine.Lane{
		Effective: r.effective[from:to], Occurred: r.occurred[from:to], Kinds: r.kind[from:to],
		SaidAt: r.saidAt[saidFrom:saidTo], Said: r.said[saidFrom:saidTo],
	}
}
