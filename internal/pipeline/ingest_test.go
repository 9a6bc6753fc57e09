package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

func batch(h *house, id string) pipeline.Batch {
	e := visit("a " + id)
	e.MessageID = id
	h.complete(&e)
	return pipeline.Batch{Events: []lead.Event{e}}
}

// start runs the pipeline until stop is called, which returns Run's answer.
func (h *house) start() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, 0) }()
	return func() error {
		cancel()
		return <-ended
	}
}

func (h *house) known(id string) (known bool) {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		hash := lead.HashMessage(id)
		found, err := s.Known([]lead.MessageHash{hash})
		known = found[hash]
		return err
	})
	return known
}

func TestIngestIsDurableWhenItReturns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	stop := h.start()
	for i := range 3 {
		r, err := h.Ingest(t.Context(), batch(h, fmt.Sprint("m", i%2)))
		if want := (pipeline.Receipt{Accepted: 1 - i/2, Duplicates: i / 2}); err != nil || r != want {
			t.Errorf("answer %d is %+v, %v, want %+v", i, r, err, want)
		}
		if !h.known(fmt.Sprint("m", i%2)) {
			t.Errorf("message %d is not there", i)
		}
	}
	b := batch(h, "kept as it was")
	before := b.Events[0]
	if _, err := h.Ingest(t.Context(), b); err != nil || !reflect.DeepEqual(b.Events[0], before) {
		t.Errorf("the caller's event became %+v, %v", b.Events[0], err)
	}
	if r, err := h.Ingest(t.Context(), pipeline.Batch{}); err != nil || r != (pipeline.Receipt{}) {
		t.Errorf("nothing is answered with %+v, %v", r, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// The company of an address is a fact of the day on which it came, and not the
// sender's to say.
func TestTheCompanyIsRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	claims := identify("u2", "", "bo@gmail.com")
	claims.Company = "corp.example"
	h.say(identify("u1", "", "ada@mail.corp.example"), claims, visit("a1"))
	h.read(func(s store.Snapshot) error {
		log, err := s.Log(0, 10)
		for i, want := range []string{"corp.example", "", ""} {
			if got := log[i].Company; got != want {
				t.Errorf("the company of %q is %q, want %q", log[i].Email, got, want)
			}
		}
		return err
	})
}

func TestAnAddressIsShownAsItWasWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	inContext := lead.Event{Name: "Visit", UserID: "u2", Email: "bo@corp.example"}
	inContext.Body = []byte(`{"context":{"traits":{"email":" Bo@Corp.Example"}}}`)
	if err := inContext.Open(); err != nil {
		t.Fatal(err)
	}
	h.say(
		with(lead.Event{Type: lead.Identify, UserID: "u1", Email: "ada@corp.example"}, map[string]any{"email": "Ada@Corp.Example"}),
		inContext,
		with(lead.Event{Type: lead.Identify, UserID: "u3", Email: "cy@corp.example"}, map[string]any{"email": "cy@corp.example"}),
		with(lead.Event{Type: lead.Identify, UserID: "u4", Email: "di@corp.example"}, map[string]any{"email": "Somebody@else.example"}),
	)
	for i, want := range []string{"Ada@Corp.Example", "Bo@Corp.Example", "", ""} {
		h.read(func(s store.Snapshot) error {
			links, err := s.Identifiers(lead.ID(i + 1))
			for _, l := range links {
				if l.Identifier.Kind == lead.Email && l.Display != want {
					t.Errorf("%s is shown as %q, want %q", l.Identifier.Value, l.Display, want)
				}
			}
			return err
		})
	}
}

func TestRejectsAreKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	stop := h.start()
	defer stop()
	refused := lead.Reject{Index: 3, MessageID: "m", Code: "no_user_anon_id", Message: "Nobody is named.", Body: []byte(`{}`)}
	for _, b := range []pipeline.Batch{{Rejects: []lead.Reject{refused}}, {Events: batch(h, "m").Events, Rejects: []lead.Reject{refused, refused}}} {
		if r, err := h.Ingest(t.Context(), b); err != nil || r.Accepted != len(b.Events) {
			t.Errorf("answered with %+v, %v", r, err)
		}
	}
	h.read(func(s store.Snapshot) error {
		kept, err := s.Rejects(0, 10)
		if len(kept) != 3 {
			t.Errorf("%d rejects are kept, want 3", len(kept))
		}
		for _, r := range kept {
			if r.Received != midday || r.Code != refused.Code || r.Index != 3 {
				t.Errorf("kept is %+v", r)
			}
		}
		return err
	})
}

func TestStoppedItAnswersBusy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	if err := h.start()(); err != nil {
		t.Fatal(err)
	}
	_, err := h.Ingest(t.Context(), batch(h, "late"))
	if !errors.Is(err, pipeline.ErrStopping) || fault.KindOf(err) != fault.Busy {
		t.Errorf("it answers %v", err)
	}
	if h.known("late") {
		t.Error("it was kept all the same")
	}
}

// What was handed in before the stop is committed, and its callers are told.
func TestStoppingCommitsWhatWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	slow := newSlowStore(h.store)
	h = furnish(t, slow, h.clock, h.shelf)
	stop := h.start()

	const callers = 20
	answers := make(chan error, callers)
	send := func(i int) {
		_, err := h.Ingest(context.Background(), batch(h, fmt.Sprint("m", i)))
		answers <- err
	}
	go send(0)
	<-slow.there // the first is being written; the others wait behind it
	var waiting sync.WaitGroup
	for i := 1; i < callers; i++ {
		e := batch(h, fmt.Sprint("m", i))
		c := h.Hand(e)
		waiting.Go(func() {
			_, err := c.Answer(context.Background())
			answers <- err
		})
	}
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	close(slow.gate)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	waiting.Wait()
	for i := range callers {
		if err := <-answers; err != nil {
			t.Errorf("a caller was told %v", err)
		}
		if !h.known(fmt.Sprint("m", i)) {
			t.Errorf("message %d is not there", i)
		}
	}
}

func TestTooManyWaiting(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook) // nobody runs it
	for i := range pipeline.MaxWaiting {
		h.Hand(batch(h, fmt.Sprint("m", i)))
	}
	_, err := h.Ingest(t.Context(), batch(h, "one too many"))
	if fault.KindOf(err) != fault.Busy || errors.Is(err, pipeline.ErrStopping) {
		t.Errorf("it answers %v", err)
	}
	if err := h.start()(); err != nil {
		t.Fatal(err)
	}
	if c := h.counts(); c.Events != pipeline.MaxWaiting || h.known("one too many") {
		t.Errorf("%d events are kept, want %d without the last", c.Events, pipeline.MaxWaiting)
	}
}

// A caller who goes away is told so at once; what it handed in is written.
func TestACallerWhoGoesAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	slow := newSlowStore(h.store)
	h = furnish(t, slow, h.clock, h.shelf)
	stop := h.start()
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan error, 1)
	go func() {
		_, err := h.Ingest(ctx, batch(h, "m"))
		told <- err
	}()
	<-slow.there
	cancel()
	if err := <-told; !errors.Is(err, context.Canceled) {
		t.Errorf("it was told %v", err)
	}
	close(slow.gate)
	if err := stop(); err != nil {
		t.Error(err)
	}
	if !h.known("m") {
		t.Error("what was handed in is not there")
	}
}

func TestOnePoisonedCallHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		h := newHouse(t, handbook)
		h = furnish(t, &poisonedStore{Store: h.store, poison: "poison", kind: fault.Internal, again: again}, h.clock, h.shelf)
		calls := map[string]*pipeline.Waiting{}
		for _, id := range []string{"before", "poison", "after", "twice"} {
			b := batch(h, id)
			if id == "twice" {
				b = batch(h, "before")
			}
			calls[id] = h.Hand(b)
		}
		if err := h.start()(); err != nil {
			t.Fatal(err)
		}
		for id, c := range calls {
			r, err := c.Answer(t.Context())
			want := pipeline.Receipt{Accepted: 1}
			switch id {
			case "poison":
				if err == nil {
					t.Error("the poisoned call was told that all went well")
				}
				want.Accepted = 0
			case "twice":
				want = pipeline.Receipt{Duplicates: 1}
			}
			if r != want || id != "poison" && err != nil {
				t.Errorf("%s: told %+v, %v, want %+v", id, r, err, want)
			}
		}
		if !h.known("before") || h.known("poison") || !h.known("after") {
			t.Error("other messages are in the log than those that were accepted")
		}
		if n := h.counts().Named[pipeline.CountDuplicates]; n != 1 {
			t.Errorf("%d duplicates are counted, want 1", n)
		}
		h.checkAll()
	}
}

// A store that is busy is busy for all: nobody is tried alone.
func TestABusyStoreIsBusyForTheGroup(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h = furnish(t, &poisonedStore{Store: h.store, poison: "poison", kind: fault.Busy}, h.clock, h.shelf)
	good, bad := h.Hand(batch(h, "good")), h.Hand(batch(h, "poison"))
	if err := h.start()(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*pipeline.Waiting{good, bad} {
		if _, err := c.Answer(t.Context()); fault.KindOf(err) != fault.Busy {
			t.Errorf("told %v", err)
		}
	}
	if c := h.counts(); c.Events != 0 || c.Leads != 0 {
		t.Errorf("%d events of %d leads were kept", c.Events, c.Leads)
	}
}

// Any number of senders at once, each with its part of a stream: whatever comes
// first, each message lands once and everything adds up.
func TestConcurrentSenders(t *testing.T) {
	t.Parallel()
	e := newShelf(handbook)
	rapid.Check(t, func(t *rapid.T) {
		h := emptyHouse(t, e)
		s := streams(false).Draw(t, "stream")
		stop := h.start()
		var senders sync.WaitGroup
		var mu sync.Mutex
		var sum pipeline.Receipt
		sent, distinct := 0, map[string]bool{}
		for _, sp := range s {
			for len(sp.messages) > 0 {
				n := rapid.IntRange(1, len(sp.messages)).Draw(t, "batch")
				b := pipeline.Batch{Events: sp.messages[:n]}
				sp.messages = sp.messages[n:]
				sent += n
				for _, e := range b.Events {
					distinct[e.MessageID] = true
				}
				senders.Go(func() {
					r, err := h.Ingest(context.Background(), b)
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Errorf("ingest: %v", err)
					}
					sum.Accepted += r.Accepted
					sum.Duplicates += r.Duplicates
				})
			}
		}
		senders.Wait()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if want := (pipeline.Receipt{Accepted: len(distinct), Duplicates: sent - len(distinct)}); sum != want {
			t.Fatalf("the receipts sum to %+v, want %+v", sum, want)
		}
		if c := h.counts(); c.Events != int64(len(distinct)) {
			t.Fatalf("%d events are in the log, want %d", c.Events, len(distinct))
		}
		h.checkAll()
	})
}

// The same streams through SQLite and through memory leave the same behind.
func TestSQLiteCarriesTheSame(t *testing.T) {
	t.Parallel()
	e := newShelf(handbook)
	for seed := range 6 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := streams(false).Example(seed)
			inMemory := emptyHouse(t, e)
			inMemory.carry(s, uncut(s))
			c := &clock{midday}
			db := openSQLite(t, t.TempDir(), c)
			defer db.Close()
			onDisk := furnish(t, db, c, e)
			onDisk.carry(s, byOne(s))
			onDisk.checkAll()
			if want, got := inMemory.portrait(), onDisk.portrait(); want != got {
				t.Errorf("in memory\n%s\non disk\n%s", want, got)
			}
		})
	}
}
