package app

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"galena/internal/engine"
	"galena/internal/lab"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/store"
)

const (
	// sessionGap is how long somebody is still until what follows is another visit:
	// what web analytics takes.
	sessionGap = 30 * lead.Minute
	// maxSession is how many events of a session are shown; a machine may send
	// thousands.
	maxSession = 40
	// maxTold is how many events of a lead are read for a page about it: past that it
	// would take a second, and is a machine's history anyway.
	maxTold = 30_000
	// timelinePage is how many entries of a timeline are shown at once.
	timelinePage = 20
)

// Entry is one thing in the timeline of a lead. One of its members is set.
type Entry struct {
	At       lead.Time // of a session its end
	Session  *Session
	Decision *Decided
	Act      *Done
	Note     *Note
	Join     *store.Join // found by Galena; one by hand is an Act
}

// Session is what a lead did without a pause of half an hour.
type Session struct {
	From, To lead.Time
	// Events are its latest, the latest first; More is how many there are besides.
	Events []SessionEvent
	More   int
	// Robots is how many of all were made by a robot.
	Robots int
}

// SessionEvent is an event of a session.
type SessionEvent struct {
	*lead.Event
	Robot bool
	// Signals are the labels of what the event is to the playbook in force, Points
	// what it gave to the main score when it occurred.
	Signals []string
	Points  lead.Points
}

// Decided is a decision with what led to it.
type Decided struct {
	lead.Decision
	// Label says in the playbook's words why the stage is entered.
	Label string
	// Cause is the name of the event that turned the criterion true, "" where time
	// did or the event is not there any more; By is the person who put the lead there.
	Cause, By string
	// TakenBack says that it does not stand any more.
	TakenBack bool
}

// Done is what a person or a program did by hand.
type Done struct {
	*lead.Event
	Author, Reason string
	Score          string
	Points         lead.Points
	Stage          string
	Purpose        string
	Agreed         bool
	Robot          bool
	Child          lead.ID // of a merge, or its undoing
	// Joined says that the child is still part of the lead.
	Joined bool
}

// chronicle is what a timeline is made of.
type chronicle struct {
	// record is in the order of the fold, opened as far as the fold reads of it; events
	// is what of it is folded.
	record    []lead.Event
	events    []lead.Event
	robots    map[int64]bool
	standing  []lead.Decision
	takenBack []lead.Decision
	joins     []store.Join
	notes     []Note
	plans     []*playbook.Plan
	given     map[string]lead.Points // see givenBy
	work      work
}

// work counts how many events are folded, and how many opened whole: a page's budget.
type work struct{ folded, opened int }

// Timeline gives a page of what happened to a lead, the newest first: all that is
// older than a moment, 0 for the newest. Older is from where to go on, 0 at the end.
// Of a lead whose history is Long it leaves the events out.
func (r *Reader) Timeline(ctx context.Context, ref Ref, before lead.Time) (entries []Entry, older lead.Time, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
		if err != nil {
			return err
		}
		l, err := r.now(snap, Ref{ID: id})
		if err != nil {
			return err
		}
		c, chain, err := r.chronicle(snap, id, l.Events > maxTold)
		if err != nil {
			return err
		}
		now, err := snap.Now()
		if err != nil {
			return err
		}
		x, _ := c.explain(chain, now, nil)
		c.given = givenBy(x, r.MainScore())
		entries, older, err = c.page(before)
		return err
	})
	return entries, older, err
}

// chronicle reads what is recorded of a lead; of one with a long history all but
// its events.
func (r *Reader) chronicle(snap store.Snapshot, id lead.ID, long bool) (*chronicle, *engine.Chain, error) {
	c := &chronicle{}
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, nil, err
	}
	c.plans = chain.Plans()
	if !long {
		if c.record, err = snap.History(id); err != nil {
			return nil, nil, err
		}
		// Opening all that events say would take most of the time of a page.
		if err := lab.Opener(c.plans)(c.record); err != nil {
			return nil, nil, err
		}
	}
	if c.robots, err = pipeline.Robots(c.record, lead.Never); err != nil {
		return nil, nil, err
	}
	c.events = pipeline.Folded(c.record, c.robots)
	log, err := snap.Decisions(id)
	if err != nil {
		return nil, nil, err
	}
	c.standing, c.takenBack = pipeline.Standing(log), pipeline.TakenBack(log)
	if c.joins, err = snap.Joins(id); err != nil {
		return nil, nil, err
	}
	if c.notes, err = notesOf(snap, id); err != nil {
		return nil, nil, err
	}
	return c, chain, nil
}

// explain folds the events, once for all that is asked of the fold.
func (c *chronicle) explain(chain *engine.Chain, at lead.Time, moments []lead.Time) (*engine.Explanation, []engine.Reading) {
	c.work.folded += len(c.events)
	return chain.ExplainAlong(c.events, at, moments)
}

// whole gives an event with all that it says.
func (c *chronicle) whole(e *lead.Event) (*lead.Event, error) {
	c.work.opened++
	opened := *e
	return &opened, opened.Open()
}

// mentions says whether a body may have one of some words within it; one with letters
// that are escaped may have any.
func mentions(body []byte, words ...string) bool {
	return bytes.Contains(body, []byte(`\u`)) ||
		slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(body, []byte(word)) })
}

// givenBy tells what each message gave to a score when it occurred.
func givenBy(x *engine.Explanation, score int) map[string]lead.Points {
	given := map[string]lead.Points{}
	if score < len(x.Scores) {
		for _, l := range x.Scores[score].Lines {
			if l.Signal != "" && l.Event != "" {
				given[l.Event] += l.Raw + l.Limited
			}
		}
	}
	return given
}

// page is a part of the timeline; see Timeline. What is of one moment stays
// together.
func (c *chronicle) page(before lead.Time) (entries []Entry, older lead.Time, err error) {
	for _, e := range c.entries(before) {
		if n := len(entries); n >= timelinePage && entries[n-1].At != e.At {
			older = entries[n-1].At
			break
		}
		entries = append(entries, e)
	}
	return entries, older, c.fill(entries)
}

// entries are those before a moment, 0 for all, the newest first, as far as a page
// needs them, sessions without their events' worth.
func (c *chronicle) entries(before lead.Time) []Entry {
	var all []Entry
	names := c.causes()
	shown := map[string]bool{} // acts that their decisions tell of
	for _, s := range c.sessions(before) {
		all = append(all, Entry{At: s.To, Session: s})
	}
	for i := range c.joins {
		if by := names[c.joins[i].Event]; by == nil || by.Type != lead.Act {
			all = append(all, Entry{At: c.joins[i].At, Join: &c.joins[i]})
		}
	}
	for i := range c.notes {
		all = append(all, Entry{At: c.notes[i].At, Note: &c.notes[i]})
	}
	decided := func(d lead.Decision, takenBack bool) {
		x := &Decided{Decision: d, TakenBack: takenBack}
		if d.Version >= 1 && d.Version <= len(c.plans) {
			if p := c.plans[d.Version-1]; p.StageNamed(d.Stage) >= 0 {
				x.Label = p.Stages[p.StageNamed(d.Stage)].Label
			}
		}
		if e := names[d.Event]; e != nil && d.Event != "" {
			x.Cause = cmp.Or(e.Name, e.Type.String())
			if e.Type == lead.Act && e.Name == lead.ActStage {
				x.By = c.done(e).Author
				shown[e.MessageID] = true
			}
		}
		all = append(all, Entry{At: d.At, Decision: x})
	}
	for _, d := range c.standing {
		decided(d, false)
	}
	for _, d := range c.takenBack {
		decided(d, true)
	}
	for i := range c.record {
		if e := &c.record[i]; e.Type == lead.Act && !shown[e.MessageID] {
			all = append(all, Entry{At: e.Effective(), Act: c.done(e)})
		}
	}
	all = slices.DeleteFunc(all, func(e Entry) bool { return before != 0 && e.At >= before })
	// What follows from something stands above it.
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(b.At, a.At), a.rank()-b.rank()) })
	return all
}

func (e *Entry) rank() int {
	switch {
	case e.Note != nil:
		return 0
	case e.Decision != nil:
		return 1
	case e.Join != nil:
		return 2
	case e.Act != nil:
		return 3
	}
	return 4
}

// causes are the events by which joins and decisions came, by their message ids.
func (c *chronicle) causes() map[string]*lead.Event {
	causes := map[string]*lead.Event{}
	for i := range c.joins {
		causes[c.joins[i].Event] = nil
	}
	for _, some := range [][]lead.Decision{c.standing, c.takenBack} {
		for i := range some {
			causes[some[i].Event] = nil
		}
	}
	delete(causes, "") // time
	for i := range c.record {
		e := &c.record[i]
		if _, asked := causes[e.MessageID]; asked {
			causes[e.MessageID] = e
		}
	}
	return causes
}

// sessions folds what the lead did into sessions, the newest first: those that ended
// before a moment, 0 for all, as many as fill a page. Events that they hold are the
// latest, without what they are worth.
func (c *chronicle) sessions(before lead.Time) []*Session {
	did := make([]*lead.Event, 0, len(c.record))
	for i := len(c.record) - 1; i >= 0; i-- {
		if c.record[i].Type < lead.Act {
			did = append(did, &c.record[i])
		}
	}
	slices.SortStableFunc(did, func(a, b *lead.Event) int { return cmp.Compare(b.Occurred, a.Occurred) })
	var all []*Session
	var s *Session
	for _, e := range did {
		if s == nil || int64(s.From-e.Occurred) > sessionGap {
			if len(all) > timelinePage {
				break // one more than a page has, which tells that it goes on
			}
			s = &Session{To: e.Occurred}
			if before == 0 || s.To < before {
				all = append(all, s)
			}
		}
		s.From = e.Occurred
		if c.robots[e.Seq] {
			s.Robots++
		}
		if len(s.Events) < maxSession {
			s.Events = append(s.Events, SessionEvent{Event: e, Robot: c.robots[e.Seq]})
		} else {
			s.More++
		}
	}
	return all
}

// fill opens the events of a page and says what they are to the playbook.
func (c *chronicle) fill(entries []Entry) (err error) {
	plan := c.plans[len(c.plans)-1]
	for i := range entries {
		if entries[i].Session == nil {
			continue
		}
		for n := range entries[i].Session.Events {
			s := &entries[i].Session.Events[n]
			if s.Event, err = c.whole(s.Event); err != nil {
				return err
			}
			s.Points = c.given[s.MessageID]
			plan.Candidates(s.Event, func(signal int) {
				if sig := &plan.Signals[signal]; sig.Where == nil || sig.Where.OnEvent(s.Event) == rule.True {
					s.Signals = append(s.Signals, sig.Label)
				}
			})
		}
	}
	return nil
}

// done reads an act.
func (c *chronicle) done(e *lead.Event) *Done {
	text := func(name string) string { s, _ := e.Properties[name].(string); return s }
	d := &Done{Event: e, Author: text(lead.ActAuthor), Reason: text(lead.ActReason), Score: text("score"), Stage: text(lead.ActStageName), Purpose: text(lead.ActPurpose)}
	if points, ok := e.Properties["points"].(float64); ok {
		d.Points, _ = lead.PointsWithin(points, -lead.MaxPoints, lead.MaxPoints)
	}
	d.Robot, _ = e.Properties["robot"].(bool)
	d.Agreed, _ = e.Properties[lead.ActAgreed].(bool)
	d.Child, _ = lead.ParseID(text("child"))
	d.Joined = slices.ContainsFunc(c.joins, func(j store.Join) bool { return j.Child == d.Child && j.Event == e.MessageID })
	return d
}
