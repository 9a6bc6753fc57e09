package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/store"
	"galena/internal/store/memory"
)

const tradeBook = `
galena: 1
name: Trade
time_zone: UTC
signals:
  visit: {event: Visit}
  demo: {event: Demo}
  deal: {event: Deal}
  order: {event: Order}
scores:
  keen:
    rules:
      - {on: visit, points: 10}
totals:
  score: {sum: [keen]}
stages:
  - {name: Lead, role: engaged, when: reachable && count(demo) >= 1}
  - {name: Talks, role: opportunity, when: reachable && count(deal) >= 1}
  - {name: Customer, role: customer, when: reachable && count(order) >= 1}
`

// ages is a policy by which everything goes at some time.
var ages = privacy.Policy{Addresses: privacy.Cut, Visitors: privacy.Months(1), Leads: privacy.Days(60), Rejects: privacy.Days(14)}

func (h *house) setPolicy(p privacy.Policy) {
	h.Helper()
	h.write(func(tx store.Tx) error { return pipeline.PutPolicy(tx, p) })
}

// retain lets nodes take turns until nothing is due.
func (h *house) retain(nodes ...*house) pipeline.Pass {
	h.Helper()
	for i := 0; ; i++ {
		on := nodes[i%len(nodes)]
		s, err := on.Retain(context.Background(), false)
		if err != nil {
			h.Fatal(err)
		}
		if !s.More {
			return s.Pass
		}
	}
}

func (h *house) follow() {
	h.Helper()
	if err := h.Follow(context.Background()); err != nil {
		h.Fatal(err)
	}
}

func (h *house) days(n int) {
	h.clock.now = midday + lead.Time(int64(n)*lead.Day)
}

// crowd is more visitors than one part of a pass looks at.
const crowd = pipeline.MaxExpired + 20

// a workspace grows old.
func (h *house) growOld() string {
	h.Helper()
	other := &house{TB: h.TB, Pipeline: pipeline.New(h.store, h.shelf.versions), store: h.store, shelf: h.shelf, clock: h.clock}
	visit := func(who string) lead.Event {
		return lead.Event{AnonymousID: who, Name: "Visit", MessageID: "visit of " + who}
	}
	person := func(who string) lead.Event {
		e := with(lead.Event{Type: lead.Identify, UserID: who, AnonymousID: who + "'s browser", Origin: lead.Server}, map[string]any{"email": who + "@corp.example"})
		e.Email = who + "@corp.example"
		return e
	}
	var all []lead.Event
	for i := range crowd {
		all = append(all, visit(fmt.Sprint("v", i)))
	}
	h.say(append(all, visit("returner"), visit("robot"))...)
	if _, err := h.JudgeMessages(context.Background(), h.act(), lead.Judgement{Robot: true, Messages: []string{"visit of robot"}, Signature: someone}); err != nil {
		h.Fatal(err)
	}
	for _, who := range []string{"contact", "hot", "talking", "buyer"} {
		h.say(person(who))
	}
	h.say(lead.Event{UserID: "hot", Name: "Demo"}, lead.Event{UserID: "talking", Name: "Deal"}, lead.Event{UserID: "buyer", Name: "Order"})
	reject := func(code, body string) {
		if _, err := h.CommitTogether(pipeline.Batch{Rejects: []lead.Reject{{Code: code, Message: "it was " + code, Body: []byte(body)}}}); err != nil {
			h.Fatal(err)
		}
	}
	reject("first", `{"anonymousId":"v7"}`)
	h.follow()

	var told strings.Builder
	tell := func(what string) {
		var rejects, leads []string
		h.read(func(s store.Snapshot) error {
			all, err := s.Rejects(0, 100)
			for _, r := range all {
				rejects = append(rejects, r.Code+string(r.Body))
			}
			p, perr := pipeline.PassOf(s)
			fmt.Fprintf(&told, "%s: pass %d %d %d\n", what, p.Visitors, p.Leads, p.Rejects)
			if err == nil {
				err = perr
			}
			return err
		})
		for _, id := range h.surviving() {
			if len(h.row(id).State) > 0 {
				leads = append(leads, id.String())
			}
		}
		fmt.Fprintf(&told, "  %d leads, rejects %s\n", len(leads), rejects)
	}

	// Nobody chose: there is a week's grace, and no pass before that.
	h.days(6)
	if p := h.retain(h); p.Day != 0 || p.From != h.clock.now.Add(pipeline.Grace) {
		h.Errorf("without a choice the pass is %+v", p)
	}
	h.setPolicy(ages)
	h.retain(h, other)
	tell("nothing is old")

	h.days(20)
	reject("second", `{"anonymousId":"v8","event":"x"}`)
	h.retain(h, other)
	tell("a reject is old")
	if p := h.retain(h, other); p.Ended != h.clock.now {
		h.Errorf("the pass of the day goes on: %+v", p)
	}

	h.days(33)
	reject("third", `{"anonymousId":"V9"}`)
	reject("fourth", `{"anonymousId":"returner"}`)
	// The listing has not heard of it.
	h.say(lead.Event{AnonymousID: "returner", Name: "Visit"})
	h.retain(h, other)
	tell("visitors are old")
	h.follow()
	if r := h.say(visit("v3"), visit("returner")); r.Duplicates != 2 {
		h.Errorf("what was erased is taken again: %+v", r)
	}
	h.read(func(s store.Snapshot) error {
		record, err := pipeline.Record(s, 1)
		if err == nil {
			fmt.Fprintf(&told, "  the first: %d, the last of them %s: %s\n", len(record), record[len(record)-1].Name, record[len(record)-1].Body)
		}
		return err
	})

	h.days(61)
	h.retain(h, other)
	tell("leads are old")
	h.days(400)
	h.retain(other, h)
	tell("all are old")
	for _, who := range []string{"talking", "buyer"} {
		if h.who(lead.User, who) == 0 {
			h.Errorf("%s was erased", who)
		}
	}
	h.checkAll()
	return told.String()
}

func TestRetentionInEveryStore(t *testing.T) {
	t.Parallel()
	b := newShelf(tradeBook)
	database := cluster.URL(t)
	var portraits []string
	for _, open := range []func(c *clock) store.Store{
		func(c *clock) store.Store { return memory.New(c.read) },
		func(c *clock) store.Store { return openSQLite(t, t.TempDir(), c) },
		func(c *clock) store.Store { return openPostgres(t, database, "ages", c) },
	} {
		c := &clock{midday}
		h := furnish(t, open(c), c, b)
		portraits = append(portraits, h.growOld())
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	}
	want := `nothing is old: pass 0 0 0
  51 leads, rejects [first{"anonymousId":"v7"}]
a reject is old: pass 0 0 1
  51 leads, rejects [first second{"anonymousId":"v8","event":"x"}]
visitors are old: pass 46 0 0
  5 leads, rejects [first second third fourth{"anonymousId":"returner"}]
  the first: 2, the last of them lead erased: {"properties":{"author":"retention","reason":"not seen for 1 month"}}
leads are old: pass 0 2 1
  3 leads, rejects [first second third fourth]
all are old: pass 1 0 0
  2 leads, rejects [first second third fourth]
`
	if portraits[0] != want {
		t.Errorf("it came to\n%s\nwant\n%s", portraits[0], want)
	}
	for i, name := range []string{"SQLite", "PostgreSQL"} {
		if diff := cmp.Diff(portraits[0], portraits[i+1]); diff != "" {
			t.Errorf("memory and %s differ\n%s", name, diff)
		}
	}
}

// halting does something once, after the next reading.
type halting struct {
	store.Store
	after func()
}

func (s *halting) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	err := s.Store.Read(ctx, fn)
	if do := s.after; do != nil {
		s.after = nil
		do()
	}
	return err
}

// Between finding who is too old and erasing them somebody comes back, and another
// node is faster.
func TestRetentionLooksAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tradeBook)
	slow := &halting{Store: h.store}
	node := pipeline.New(slow, h.shelf.versions)
	part := func() pipeline.Slice {
		t.Helper()
		s, err := node.Retain(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	texts := func() (texts []string) {
		h.read(func(s store.Snapshot) error {
			all, err := s.Rejects(0, 10)
			for _, r := range all {
				texts = append(texts, string(r.Body))
			}
			return err
		})
		return texts
	}
	h.say(lead.Event{AnonymousID: "gone"}, lead.Event{AnonymousID: "back"})
	if _, err := h.CommitTogether(pipeline.Batch{Rejects: []lead.Reject{{Body: []byte(`{"anonymousId":"gone"}`)}, {Body: []byte(`{"anonymousId":"back"}`)}}}); err != nil {
		t.Fatal(err)
	}
	h.follow()
	h.setPolicy(privacy.Policy{Visitors: privacy.Days(30)})
	h.days(40)
	part() // the rejects, which are kept for ever
	slow.after = func() { h.say(lead.Event{AnonymousID: "back"}) }
	if s := part(); s.Visitors != 1 || h.who(lead.Anonymous, "back") == 0 || h.who(lead.Anonymous, "gone") != 0 {
		t.Errorf("of two of whom one came back %d were erased", s.Visitors)
	}
	if diff := cmp.Diff([]string{"", `{"anonymousId":"back"}`}, texts()); diff != "" {
		t.Errorf("rejects (-want +got)\n%s", diff)
	}

	h.retain(h)
	h.follow()
	h.days(80)
	part()
	var faster pipeline.Slice
	slow.after = func() {
		var err error
		if faster, err = h.Retain(context.Background(), false); err != nil {
			t.Error(err)
		}
	}
	if s := part(); !s.More || s.Visitors != 0 || faster.Visitors != 1 {
		t.Errorf("the faster node erased %d, the slower one then %d", faster.Visitors, s.Visitors)
	}
	if p := h.retain(h); p.Visitors != 1 || p.Ended == 0 {
		t.Errorf("the pass came to %+v", p)
	}
	h.checkAll()
}
