package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Publication puts a version of the playbook in force.
type Publication struct {
	*Engine
	// From is the moment from which on it is in force. The first version is in
	// force from the beginning, whatever its From says.
	From lead.Time
	// Apply evaluates the criteria at From; otherwise they only count when they
	// turn true later.
	Apply bool
	// Silent marks what Apply decides as being without effects.
	Silent bool
}

// Chain is all versions of a playbook that were published, and folds across them
// (docs/adr/0014-publishing.md): between publications the stages are decided under
// the version in force; at one the scores are computed anew under the new version
// over the whole log, and where the lead is on its way is carried over. Immutable,
// safe for concurrent use.
type Chain struct{ versions []Publication }

// NewChain makes a chain of versions, the oldest first, at least one, each in
// force from a later moment than the one before.
func NewChain(versions ...Publication) *Chain { return &Chain{slices.Clone(versions)} }

// Newest is the engine of the newest version: whoever writes folds under it.
func (c *Chain) Newest() *Engine { return c.versions[len(c.versions)-1].Engine }

// Plans are those of all versions, the oldest first.
func (c *Chain) Plans() []*playbook.Plan {
	plans := make([]*playbook.Plan, len(c.versions))
	for i := range c.versions {
		plans[i] = c.versions[i].plan
	}
	return plans
}

// From is the moment from which on the newest version is in force; 0 if it is the
// only one. No state of it stands before.
func (c *Chain) From() lead.Time {
	if len(c.versions) == 1 {
		return 0
	}
	return c.versions[len(c.versions)-1].From
}

// Until is the chain as it was when a version was the newest; nil if it has no
// such version.
func (c *Chain) Until(version int) *Chain {
	for i := range c.versions {
		if c.versions[i].plan.Version == version {
			return &Chain{c.versions[:i+1]}
		}
	}
	return nil
}

// inForce is the place of the version that is in force at a moment.
func (c *Chain) inForce(at lead.Time) int {
	i := len(c.versions) - 1
	for i > 0 && c.versions[i].From > at {
		i--
	}
	return i
}

// Fold folds a lead's whole history, in the order of the fold key, to a moment at
// which the newest version is in force: at, or the last event, or the newest
// publication, whichever is the latest. It returns a state of the newest version,
// and the decisions that all versions made.
func (c *Chain) Fold(events []lead.Event, at lead.Time) (*State, []lead.Decision) {
	if n := len(events); n > 0 {
		at = max(at, events[n-1].Effective())
	}
	w := c.begin(events, max(at, c.From()))
	w.run(nil)
	return w.fold.s, w.decisions
}

// Cross takes a stored state of an earlier version over the publications since.
// Events are all that were folded into it, in order. It returns what Fold would,
// but only the decisions that came after the state. It fails with
// ErrForeignState on a state of none of the versions, and on one that lies in the
// time of a later one, as a clock that was set back may leave it.
func (c *Chain) Cross(stored []byte, events []lead.Event) (*State, []lead.Decision, error) {
	version, ok := VersionOf(stored)
	if !ok {
		return nil, nil, ErrForeignState
	}
	w := c.begin(events, 0)
	for ; w.place < len(c.versions)-1; w.place++ {
		if c.versions[w.place].plan.Version == version {
			break
		}
	}
	s, err := c.versions[w.place].Decode(stored)
	if err != nil {
		return nil, nil, err
	}
	if w.place < len(c.versions)-1 && s.At >= c.versions[w.place+1].From {
		return nil, nil, ErrForeignState
	}
	w.at = max(s.At, c.From())
	w.run(s)
	return w.fold.s, w.decisions, nil
}

// Explain is Engine.Explain under the version in force at the moment, which it
// names; the stage is the one to which all versions led.
func (c *Chain) Explain(events []lead.Event, at lead.Time) *Explanation {
	x, _ := c.ExplainAlong(events, at, nil)
	return x
}

// ExplainAlong is Explain and, in the same fold, Course at moments that come before
// or with its own.
func (c *Chain) ExplainAlong(events []lead.Event, at lead.Time, moments []lead.Time) (*Explanation, []Reading) {
	n := len(events)
	for n > 0 && events[n-1].Effective() > at {
		n--
	}
	w := c.begin(events[:n], at)
	w.explain, w.moments = true, moments
	w.run(nil)
	return w.fold.explanation(at, w.decisions), w.readings
}

// walk goes through a chain, version by version.
type walk struct {
	*Chain
	events    []lead.Event
	at        lead.Time // where it ends
	place     int       // of the version under which it goes on
	explain   bool      // the last version's fold keeps a trace
	decisions []lead.Decision
	fold      *fold // of the present version
	// moments are those at which it reads the scores; see Course.
	moments  []lead.Time
	readings []Reading
}

func (c *Chain) begin(events []lead.Event, at lead.Time) *walk {
	return &walk{Chain: c, events: events, at: at}
}

// run goes on from a state of the present version into which all events up to its
// own moment were folded, or, if there is none, from nothing.
func (w *walk) run(s *State) {
	last := w.inForce(w.at)
	rest := w.events
	if s != nil {
		rest = w.from(s.At + 1)
	}
	for {
		f := newFold(w.versions[w.place].Engine)
		if f.s = s; s == nil {
			f.s = f.NewState()
		}
		if w.explain && w.place == last {
			f.trace = newTrace(f.plan)
		}
		if before := w.fold; before != nil {
			w.publish(f, before)
			rest = w.from(w.versions[w.place].From)
		}
		w.fold, s = f, nil
		if w.place == last {
			w.foldTo(f, rest, w.at)
			w.decisions = append(w.decisions, f.decisions...)
			return
		}
		// What falls due at the very moment of the publication is the new
		// version's to decide.
		next := w.versions[w.place+1].From
		w.foldTo(f, rest[:len(rest)-len(w.from(next))], next-1)
		w.decisions = append(w.decisions, f.decisions...)
		w.place++
	}
}

// from gives the events that take effect at a moment or later.
func (w *walk) from(at lead.Time) []lead.Event {
	i, _ := slices.BinarySearchFunc(w.events, at, func(e lead.Event, at lead.Time) int {
		if e.Effective() < at {
			return -1
		}
		return 1
	})
	return w.events[i:]
}

// publish brings a lead to the moment of the present version's publication: its
// scores as if the version had always been in force, its way through the funnel
// as the version before left it.
func (w *walk) publish(f, before *fold) {
	p := &w.versions[w.place]
	f.recount(w.events[:len(w.events)-len(w.from(p.From))], before.s.path.exited, p.From)
	f.carry(before)
	if f.s.Events == 0 {
		return // nothing is known of the lead yet
	}
	// What ends an exclusion is a later change.
	if f.isHeld() || !p.Apply && f.excluded() < 0 {
		f.s.path.holdBack()
	}
	f.evaluate(p.From, "")
	for i := range f.decisions {
		f.decisions[i].Silent = p.Silent
	}
}

// recount computes scores without a look at stages, up to a moment. What counts
// each cycle by itself begins where the lead last left the funnel.
func (f *fold) recount(events []lead.Event, left exited, at lead.Time) {
	f.still = true
	if left.events > 0 {
		f.run(events[:left.events], left.at)
		f.beginAnew(left.at)
		events = events[left.events:]
	}
	f.run(events, at)
	f.still = false
	f.forget()
}

// VersionOf tells which version's state was encoded; false if it is none of this
// format.
func VersionOf(stored []byte) (int, bool) {
	r := reader{b: stored}
	if r.byte() != format {
		return 0, false
	}
	version := r.int()
	return int(version), !r.bad
}
