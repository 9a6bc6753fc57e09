package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/store/postgres"
)

var someone = lead.Signature{Author: "eve", Reason: "a test"}

// is names a lead by its id, whoever it is part of.
func is(id lead.ID) pipeline.Who {
	return func(s store.Snapshot) (lead.ID, error) {
		found, err := s.Surviving([]lead.ID{id})
		return found[id], err
	}
}

func (h *house) act() string {
	h.sent++
	return fmt.Sprint("act ", h.sent)
}

// surviving lists the leads that stand for themselves.
func (h *house) surviving() (ids []lead.ID) {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		rows, err := s.Leads(0, 1<<20)
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		return err
	})
	return ids
}

func (h *house) record(id lead.ID) (events []lead.Event) {
	h.Helper()
	h.read(func(s store.Snapshot) (err error) {
		events, err = s.History(id)
		return err
	})
	return events
}

func (h *house) history(id lead.ID) (messages []string) {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		events, err := pipeline.History(s, id)
		for _, e := range events {
			messages = append(messages, e.MessageID)
		}
		return err
	})
	return messages
}

func (h *house) merge(a, b lead.ID) pipeline.Outcome {
	h.Helper()
	o, err := h.Merge(context.Background(), is(a), is(b), h.act(), someone)
	if err != nil {
		h.Fatal(err)
	}
	return o
}

func (h *house) unmerge(child lead.ID) pipeline.Outcome {
	h.Helper()
	o, err := h.Unmerge(context.Background(), child, h.act(), someone)
	if err != nil {
		h.Fatal(err)
	}
	return o
}

// refusedAs checks that a correction is a fault of a kind, and changed nothing.
func (h *house) refusedAs(kind fault.Kind, do func() (pipeline.Outcome, error)) {
	h.Helper()
	before := h.portrait()
	if _, err := do(); err == nil || fault.KindOf(err) != kind {
		h.Errorf("got %v, want a fault of kind %s", err, kind)
	}
	if diff := cmp.Diff(before, h.portrait()); diff != "" {
		h.Errorf("what was refused changed something\n%s", diff)
	}
}

// life is a random history with corrections: spells of messages, each followed
// by corrections, of which the numbers choose what and whose.
type life struct {
	spells      stream
	corrections [][]correction
}

type correction struct{ what, whose, which, at int }

func lives() *rapid.Generator[life] {
	return rapid.Custom(func(t *rapid.T) life {
		l := life{spells: streams(false).Draw(t, "stream")}
		for range l.spells {
			l.corrections = append(l.corrections, rapid.SliceOfN(rapid.Custom(func(t *rapid.T) correction {
				return correction{
					rapid.IntRange(0, 9).Draw(t, "what"), rapid.IntRange(0, 99).Draw(t, "whose"),
					rapid.IntRange(0, 99).Draw(t, "which"), rapid.IntRange(0, 99).Draw(t, "at"),
				}
			}), 0, 3).Draw(t, "corrections"))
		}
		return l
	})
}

// robots is what the verdicts of a test say, by message.
type robots map[string]bool

// live leads a life and checks after each correction that what is stored is the
// fold of the corrected record, by the engine and by the oracle.
func (h *house) live(l life) {
	h.Helper()
	judged := robots{}
	for i, sp := range l.spells {
		h.clock.now = h.clock.now.Add(sp.after)
		if sp.wake {
			h.wake(h.clock.now)
		}
		if _, err := h.CommitTogether(pipeline.Batch{Events: slices.Clone(sp.messages)}); err != nil {
			h.Fatal(err)
		}
		for _, c := range l.corrections[i] {
			if h.correct(c, judged) {
				h.checkAll()
				h.checkRobots(judged)
			}
		}
	}
	h.checkAll()
	h.checkRobots(judged)
}

// correct does one random correction, and says whether there was one to do.
func (h *house) correct(c correction, judged robots) bool {
	h.Helper()
	ids := h.surviving()
	if len(ids) == 0 {
		return false
	}
	whose := ids[c.whose%len(ids)]
	switch {
	case c.what < 5:
		return h.judge(c, whose, judged)
	case c.what < 7:
		if other := ids[c.which%len(ids)]; other != whose {
			if o := h.merge(whose, other); o.Lead != min(whose, other) {
				h.Fatalf("%s and %s became %s", whose, other, o.Lead)
			}
			return true
		}
	default:
		if joins := h.joins(whose); len(joins) > 0 {
			h.unmerge(joins[c.which%len(joins)].Child)
			return true
		}
	}
	return false
}

// judge gives a random verdict; what it should cover is found here in its own way.
func (h *house) judge(c correction, whose lead.ID, judged robots) bool {
	h.Helper()
	var messages []lead.Event
	for _, e := range h.record(whose) {
		if e.Type < lead.Act {
			messages = append(messages, e)
		}
	}
	if len(messages) == 0 {
		return false
	}
	one := messages[c.which%len(messages)]
	j := lead.Judgement{Robot: c.at%3 > 0, Signature: someone}
	covers := func(e lead.Event) bool { return true }
	switch c.what {
	case 0, 1:
		j.Messages = []string{one.MessageID}
		covers = func(e lead.Event) bool { return e.MessageID == one.MessageID }
	case 2:
		j.AnonymousID = one.AnonymousID
		covers = func(e lead.Event) bool { return one.AnonymousID == "" || e.AnonymousID == one.AnonymousID }
	case 3:
		j.Since = one.Occurred
		covers = func(e lead.Event) bool { return e.Occurred >= one.Occurred }
	case 4:
		j.Until = one.Occurred + 1
		covers = func(e lead.Event) bool { return e.Occurred <= one.Occurred }
	}
	changes := 0
	for _, e := range messages {
		if covers(e) && judged[e.MessageID] != j.Robot {
			judged[e.MessageID] = j.Robot
			changes++
		}
	}
	give := func() (pipeline.Outcome, error) {
		if len(j.Messages) > 0 {
			return h.JudgeMessages(context.Background(), h.act(), j)
		}
		return h.Judge(context.Background(), is(whose), h.act(), j)
	}
	if changes == 0 {
		h.refusedAs(fault.Conflict, give)
		return false
	}
	o, err := give()
	if err != nil || o.Events != changes || o.Lead != whose {
		h.Fatalf("the verdict on %s came to %+v, %v, want %d events", whose, o, err, changes)
	}
	return true
}

// checkRobots checks that of everybody is folded what no robot made, and all of it.
func (h *house) checkRobots(judged robots) {
	h.Helper()
	for _, id := range h.surviving() {
		var want []string
		for _, e := range h.record(id) {
			if e.Type < lead.Act && !judged[e.MessageID] {
				want = append(want, e.MessageID)
			}
		}
		if got := h.history(id); !slices.Equal(got, want) {
			h.Fatalf("of %s is folded %q, want %q", id, got, want)
		}
	}
}

// TestCorrections leads random lives with verdicts, withdrawn ones, merges and
// unmerges in any order.
func TestCorrections(t *testing.T) {
	t.Parallel()
	b := newShelf(handbook)
	rapid.Check(t, func(t *rapid.T) { emptyHouse(t, b).live(lives().Draw(t, "life")) })
}

// The same lives come to the same in every store.
func TestCorrectionsInEveryStore(t *testing.T) {
	t.Parallel()
	b := newShelf(handbook)
	database := cluster.URL(t)
	draw := lives()
	for seed := range 12 {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			l := draw.Example(seed)
			var portraits []string
			for _, open := range []func(c *clock) store.Store{
				func(c *clock) store.Store { return memory.New(c.read) },
				func(c *clock) store.Store { return openSQLite(t, t.TempDir(), c) },
				func(c *clock) store.Store { return openPostgres(t, database, fmt.Sprint("life_", seed), c) },
			} {
				c := &clock{midday}
				h := furnish(t, open(c), c, b)
				h.live(l)
				portraits = append(portraits, h.portrait())
				if err := h.store.Close(); err != nil {
					t.Error(err)
				}
			}
			for i, name := range []string{"SQLite", "PostgreSQL"} {
				if diff := cmp.Diff(portraits[0], portraits[i+1]); diff != "" {
					t.Errorf("memory and %s differ\n%s\n%#v", name, diff, l.spells)
				}
			}
		})
	}
}

func openPostgres(t testing.TB, database, schema string, c *clock) store.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), database, postgres.Options{Schema: schema, Clock: c.read})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// person tells all about one lead but for where it stands in the log.
func (h *house) tell(id lead.ID) string {
	h.Helper()
	var b strings.Builder
	h.read(func(s store.Snapshot) error {
		links, err := s.Identifiers(id)
		if err != nil {
			return err
		}
		joins, err := s.Joins(id)
		if err != nil {
			return err
		}
		events, err := pipeline.History(s, id)
		if err != nil {
			return err
		}
		for i := range links {
			links[i].Origin = 0
		}
		fmt.Fprintln(&b, id, links, joins)
		for _, e := range events {
			fmt.Fprintln(&b, e.MessageID, e.Lead)
		}
		fmt.Fprintln(&b, explained(h.chain(), events, h.clock.now))
		row := h.row(id)
		fmt.Fprintf(&b, "%x\n", row.State)
		log, err := s.Decisions(id)
		standing := pipeline.Standing(log)
		slices.SortFunc(standing, func(a, b lead.Decision) int { return strings.Compare(a.Stage, b.Stage) })
		for _, d := range standing {
			fmt.Fprintln(&b, d.Stage, d.At, d.Event, d.From, d.Cycle, d.Nth)
		}
		return err
	})
	return b.String()
}

// Merged and unmerged, everybody is to the bit who they were.
func TestUnmergeRestores(t *testing.T) {
	t.Parallel()
	b := newShelf(handbook)
	rapid.Check(t, func(t *rapid.T) {
		h := emptyHouse(t, b)
		h.live(lives().Draw(t, "life"))
		h.wakeAll()
		ids := h.surviving()
		if len(ids) < 2 {
			return
		}
		a := rapid.SampledFrom(ids).Draw(t, "one")
		b := rapid.SampledFrom(ids).Draw(t, "other")
		if a == b {
			return
		}
		before := []string{h.tell(a), h.tell(b)}
		h.merge(a, b)
		h.checkAll()
		h.unmerge(max(a, b))
		h.checkAll()
		if diff := cmp.Diff(before, []string{h.tell(a), h.tell(b)}); diff != "" {
			t.Fatalf("(-before +after)\n%s", diff)
		}
	})
}

// wakeAll brings everybody to now, so that being folded to now shows nowhere.
func (h *house) wakeAll() {
	h.Helper()
	h.clock.now = h.clock.now.Add(lead.Hour)
	for _, id := range h.surviving() {
		h.write(func(tx store.Tx) error {
			s, decided, err := pipeline.Refold(h.chain(), tx, id, h.clock.now)
			if err != nil {
				return err
			}
			before, err := tx.Decisions(id)
			if err != nil {
				return err
			}
			if err := tx.Decide(pipeline.Revise(id, before, decided, h.clock.now)); err != nil {
				return err
			}
			return tx.PutLeads([]store.LeadRow{{ID: id, State: h.engine().Encode(s), WakeAt: h.engine().WakeAt(s)}})
		})
	}
}

// Two people are merged, go on as one for a while, and are unmerged: each has
// what they would have if nobody had ever merged them.
func TestUnmergeIsAsIfNeverMerged(t *testing.T) {
	t.Parallel()
	b := newShelf(handbook)
	// Each acts on their own browsers, new ones among them.
	of := map[string][]string{"u1": {"a1", "a2"}, "u2": {"b1", "b2"}}
	rapid.Check(t, func(t *rapid.T) {
		type said struct {
			after int64
			event lead.Event
		}
		draw := rapid.Custom(func(t *rapid.T) said {
			who := rapid.SampledFrom([]string{"u1", "u2"}).Draw(t, "who")
			browser := rapid.SampledFrom(of[who]).Draw(t, "browser")
			s := said{after: rapid.SampledFrom([]int64{0, lead.Hour, lead.Day}).Draw(t, "after")}
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				s.event = identify(who, browser, who+"@corp.example")
			case 1:
				s.event = lead.Event{Name: "Demo", UserID: who}
			case 2:
				s.event = visit(browser)
			default:
				s.event = lead.Event{Name: "Visit", UserID: who, AnonymousID: browser}
			}
			return s
		})
		first := append([]said{{0, identify("u1", "a1", "")}, {0, identify("u2", "b1", "")}}, rapid.SliceOfN(draw, 0, 6).Draw(t, "before")...)
		then := rapid.SliceOfN(draw, 1, 10).Draw(t, "merged")
		var told [2]string
		for i, merging := range []bool{true, false} {
			h := emptyHouse(t, b)
			h.clock.now = midday
			hear := func(all []said) {
				for _, s := range all {
					h.clock.now = h.clock.now.Add(s.after)
					h.say(s.event)
				}
			}
			hear(first)
			h.sent = 1000
			if merging {
				h.merge(h.who(lead.User, "u1"), h.who(lead.User, "u2"))
			}
			h.sent = 2000
			hear(then)
			if merging {
				h.unmerge(2)
			}
			h.wakeAll()
			h.checkAll()
			told[i] = h.fates("u1", "u2")
		}
		if diff := cmp.Diff(told[1], told[0]); diff != "" {
			t.Fatalf("(-never merged +unmerged)\n%s", diff)
		}
	})
}

// fates tells of users what does not depend on the numbers of leads.
func (h *house) fates(users ...string) string {
	h.Helper()
	var b strings.Builder
	for _, user := range users {
		id := h.who(lead.User, user)
		h.read(func(s store.Snapshot) error {
			events, err := pipeline.History(s, id)
			if err != nil {
				return err
			}
			links, err := s.Identifiers(id)
			if err != nil {
				return err
			}
			var names []string
			for _, l := range links {
				names = append(names, fmt.Sprint(l.Identifier))
			}
			slices.Sort(names)
			fmt.Fprintln(&b, user, id, names, h.history(id))
			fmt.Fprintln(&b, explained(h.chain(), events, h.clock.now))
			log, err := s.Decisions(id)
			standing := pipeline.Standing(log)
			slices.SortFunc(standing, func(a, b lead.Decision) int { return strings.Compare(a.Stage, b.Stage) })
			for _, d := range standing {
				fmt.Fprintln(&b, d.Stage, d.At, d.Event, d.From)
			}
			return err
		})
	}
	return b.String()
}
