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
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// The editions that follow the handbook: other points, stages that come and go,
// change their names and their roles.
var editions = []string{
	strings.NewReplacer("score >= 60", "score >= 30", "points: 10, limit: 2 per day", "points: 15, limit: 3 per day").Replace(handbook),
	strings.NewReplacer("name: MQL, role: qualified", "name: Qualified, role: qualified", "half_life: 7d", "half_life: 2d").Replace(handbook),
	strings.NewReplacer(`  - {name: Curious, role: identified, when: "count(visit, 1d) >= 2"}`+"\n", "",
		"name: Patient, role: ready", "name: Patient, role: customer").Replace(handbook),
	strings.NewReplacer("silence: 3d", "silence: 1d", "student: {when: studies}", "small: {when: employees < 50}").Replace(handbook),
	handbook,
}

// publish puts a playbook in force now; it says from when on.
func (h *house) publish(source string, apply, effects bool) lead.Time {
	h.Helper()
	var from lead.Time
	h.write(func(tx store.Tx) error {
		now, err := tx.Publishing()
		if err != nil {
			return err
		}
		all, err := tx.Playbooks()
		if err != nil {
			return err
		}
		from = max(now, all[len(all)-1].Published) + 1
		return tx.PutPlaybook(store.Playbook{Version: len(all) + 1, Source: []byte(source), Published: from, Apply: apply, Effects: effects})
	})
	return from
}

// sweep brings everybody to the newest version.
func (h *house) sweep() (parts int) {
	h.Helper()
	for {
		p, err := h.Sweep(context.Background())
		if err != nil {
			h.Fatal(err)
		}
		if p.Over {
			return parts
		}
		parts++
	}
}

// level steps everybody to one moment. Who was swept may have been woken less often
// than who was not, and so stand at an earlier one.
func (h *house) level() {
	h.Helper()
	e := h.engine()
	h.write(func(tx store.Tx) error {
		rows, err := tx.Leads(0, 1<<20)
		if err != nil {
			return err
		}
		for _, row := range rows {
			s, err := e.Decode(row.State)
			if err != nil {
				return err
			}
			decisions := e.Step(s, nil, midday.Add(100*lead.Day))
			if err := tx.Decide(pipeline.Made(row.ID, decisions, h.clock.now)); err != nil {
				return err
			}
			if err := tx.PutLeads([]store.LeadRow{{ID: row.ID, State: e.Encode(s), WakeAt: e.WakeAt(s)}}); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestEditionsCompile(t *testing.T) {
	t.Parallel()
	for i, source := range editions {
		if h := newHouse(t, source); i < len(editions)-1 && source == handbook || h.engine().Plan().Version != 1 {
			t.Errorf("edition %d is no other than the handbook", i)
		}
	}
}

// publication is one that a random stream is interrupted by, before a spell.
type publication struct {
	spell          int
	edition        int
	apply, effects bool
}

func drawPublications(t *rapid.T, spells int) []publication {
	all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) publication {
		return publication{rapid.IntRange(0, spells-1).Draw(t, "spell"), rapid.IntRange(0, len(editions)-1).Draw(t, "edition"),
			rapid.Bool().Draw(t, "apply"), rapid.Bool().Draw(t, "effects")}
	}), 1, 3).Draw(t, "publications")
	slices.SortStableFunc(all, func(a, b publication) int { return a.spell - b.spell })
	return all
}

// TestStreamsAcrossPublications sends random streams through a workspace in which
// playbooks follow each other, each stream twice: cut otherwise, and swept at other
// times or not at all. What is stored is what the engine and the oracle say, and
// nobody sees how it came about.
func TestStreamsAcrossPublications(t *testing.T) {
	t.Parallel()
	b := newShelf(handbook)
	rapid.Check(t, func(t *rapid.T) {
		s := streams(rapid.Bool().Draw(t, "backwards")).Draw(t, "stream")
		published := drawPublications(t, len(s))
		var first string
		for _, run := range []string{"first", "second"} {
			c := &clock{midday}
			h := furnish(t, memory.New(c.read), c, &shelf{b.source, &pipeline.Versions{}})
			cuts := drawCuts(t, s, run)
			due := published
			h.carryWith(s, cuts, func(spell int) {
				for ; len(due) > 0 && due[0].spell == spell; due = due[1:] {
					h.publish(editions[due[0].edition], due[0].apply, due[0].effects)
					if rapid.Bool().Draw(t, run+" swept at once") {
						h.sweep()
					}
				}
				if rapid.IntRange(0, 3).Draw(t, run+" swept a part") == 0 {
					if _, err := h.Sweep(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
			})
			h.checkAll()
			h.sweep()
			h.level()
			h.checkAll()
			if first == "" {
				first = h.portrait()
			} else if diff := cmp.Diff(first, h.portrait()); diff != "" {
				t.Fatalf("otherwise (-first +second)\n%s", diff)
			}
		}
	})
}

// The same streams and publications through SQLite and through memory leave the
// same behind, also when SQLite is closed and opened again in between.
func TestSQLitePublishesTheSame(t *testing.T) {
	t.Parallel()
	for seed := range 4 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := streams(false).Example(seed)
			published := rapid.Custom(func(t *rapid.T) []publication { return drawPublications(t, len(s)) }).Example(seed)
			publish := func(h *house) func(int) {
				due := published
				return func(spell int) {
					for ; len(due) > 0 && due[0].spell == spell; due = due[1:] {
						h.publish(editions[due[0].edition], due[0].apply, due[0].effects)
					}
				}
			}
			inMemory := newHouse(t, handbook)
			inMemory.carryWith(s, uncut(s), publish(inMemory))
			inMemory.sweep()
			inMemory.level()

			c, dir := &clock{midday}, t.TempDir()
			onDisk := furnish(t, openSQLite(t, dir, c), c, newShelf(handbook))
			onDisk.carryWith(s, byOne(s), publish(onDisk))
			if err := onDisk.store.Close(); err != nil {
				t.Fatal(err)
			}
			onDisk = furnish(t, openSQLite(t, dir, c), c, newShelf("never read"))
			defer func() { onDisk.store.Close() }()
			onDisk.sweep()
			onDisk.level()
			onDisk.checkAll()
			if diff := cmp.Diff(inMemory.portrait(), onDisk.portrait()); diff != "" {
				t.Errorf("in memory and on disk (-memory +disk)\n%s", diff)
			}
		})
	}
}

func TestPublishing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(with(identify("u1", "", "ada@corp.example"), map[string]any{"employees": 100.0}), lead.Event{Name: "Visit", UserID: "u1"})
	h.say(lead.Event{Name: "Visit", AnonymousID: "a9"})
	if got, want := told(h.decisions(1)), []string{"made Lead of lead_1 at +0"}; !slices.Equal(got, want) {
		t.Fatalf("the log says %q, want %q", got, want)
	}
	h.clock.now = midday.Add(lead.Hour)

	t.Log("Not applied: a criterion that holds does not count until it has not.")
	from := h.publish(editions[0], false, false) // MQL from 30 on; she has 20 + 15
	if parts := h.sweep(); parts != 0 {
		t.Errorf("two leads are swept in %d parts and one", parts)
	}
	if from != midday.Add(lead.Hour)+1 || h.stateOf(1).At != from {
		t.Errorf("in force from %s, swept to %s", from, h.stateOf(1).At)
	}
	h.say(lead.Event{Name: "Visit", UserID: "u1"})
	if got := told(h.decisions(1)); len(got) != 1 {
		t.Errorf("the log says %q", got)
	}
	h.checkAll()

	t.Log("Applied: it counts at once, without effects.")
	again := h.publish(handbook, false, false)
	applied := h.publish(editions[0], true, false)
	if applied != again+1 || again != from+1 {
		t.Errorf("published at %d, %d, %d, want one millisecond after the other", from, again, applied)
	}
	h.sweep()
	log := h.decisions(1)
	if d := log[len(log)-1]; len(log) != 2 || d.Stage != "MQL" || !d.Silent || d.At != applied || d.Version != 4 || d.Event != "" {
		t.Errorf("the log says %+v", log)
	}
	h.checkAll()

	t.Log("What comes later has effects as ever.")
	h.clock.now = midday.Add(2 * lead.Hour)
	h.say(identify("u2", "", "bo@corp.example"), lead.Event{Name: "Demo", UserID: "u2"})
	for _, d := range h.decisions(h.who(lead.User, "u2")) {
		if d.Silent || d.Version != 4 {
			t.Errorf("the log says %+v", d)
		}
	}
	h.checkAll()
}

// History that is imported after a publication is decided under the version of
// its own day.
func TestHistoryBeforeAPublication(t *testing.T) {
	t.Parallel()
	h := newHouse(t, strings.Replace(handbook, "score >= 60", "score >= 1000", 1))
	h.clock.now = midday.Add(10 * lead.Day)
	h.publish(editions[0], false, false) // MQL from 30 on
	h.clock.now = midday.Add(11 * lead.Day)
	at := func(days int64, e lead.Event) lead.Event {
		e.Origin, e.Backfill, e.Occurred = lead.Import, true, midday.Add(days*lead.Day)
		return e
	}
	h.say(at(1, identify("u1", "", "ada@corp.example")), at(1, lead.Event{Name: "Demo", UserID: "u1"}))
	log := h.decisions(1)
	if got, want := told(log), []string{"made Lead of lead_1 at +24", "made Patient of lead_1 at +72"}; !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
	for _, d := range log {
		if d.Version != 1 {
			t.Errorf("decided under version %d", d.Version)
		}
	}
	h.checkAll()
	h.say(at(5, lead.Event{Name: "Visit", UserID: "u1"}), at(10, lead.Event{Name: "Visit", UserID: "u1"}))
	h.checkAll()
}

// A sweep in the midst of which everything stops is gone on with by whoever comes
// next, and two at once do no harm.
func TestSweepGoesOn(t *testing.T) {
	t.Parallel()
	c := &clock{midday}
	dir := t.TempDir()
	h := furnish(t, openSQLite(t, dir, c), c, newShelf(handbook))
	const people = 2*pipeline.MaxSwept + 50
	var batch []lead.Event
	for i := range people {
		batch = append(batch, visit(fmt.Sprint("a", i)), visit(fmt.Sprint("a", i)))
	}
	h.say(batch...)
	if p, err := h.Sweep(t.Context()); err != nil || !p.Over || p.Done != 0 {
		t.Errorf("before any publication there is something to sweep: %+v, %v", p, err)
	}
	h.publish(editions[0], true, true)
	if p, err := h.Sweep(t.Context()); err != nil || p != (pipeline.Progress{Version: 2, Done: pipeline.MaxSwept, Leads: people}) {
		t.Errorf("after the first part: %+v, %v", p, err)
	}
	h.checkAll() // those who were swept and those who were not
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}

	h = furnish(t, openSQLite(t, dir, c), c, newShelf("never read"))
	defer func() { h.store.Close() }()
	first, second := make(chan int), make(chan int)
	for _, parts := range []chan int{first, second} {
		go func() { parts <- h.sweep() }()
	}
	if n := <-first + <-second; n > 1 {
		t.Errorf("one part and the last were left; it took %d", n)
	}
	h.read(func(s store.Snapshot) error {
		sweep, err := s.Sweep()
		if want := (store.Sweep{Version: 2, Reached: people, Leads: people, Over: true}); sweep != want {
			t.Errorf("it ended as %+v, want %+v", sweep, want)
		}
		return err
	})
	h.checkAll()
	if got := h.engine().Plan().Version; got != 2 {
		t.Errorf("version %d is in force", got)
	}
}

// Another node publishes; nobody tells this one.
func TestAnotherNodePublishes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	other := furnish(t, h.store, h.clock, newShelf(handbook))
	h.say(identify("u1", "", "ada@corp.example"), lead.Event{Name: "Visit", UserID: "u1"})
	other.publish(editions[0], false, false)
	h.say(lead.Event{Name: "Demo", UserID: "u1"}) // it is brought over as it is touched
	log := h.decisions(1)
	if d := log[len(log)-1]; d.Stage != "MQL" || d.Version != 2 || d.Silent {
		t.Errorf("the log says %+v", log)
	}
	h.checkAll()
	other.sweep()
	h.checkAll()
}

// A version that this program cannot compile stops it, and says why.
func TestAVersionThatCannotBeCompiled(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"))
	h.publish("galena: 7\n", false, false)
	_, err := h.CommitTogether(pipeline.Batch{Events: []lead.Event{{MessageID: "m", Type: lead.Track, AnonymousID: "a1", Origin: lead.Browser}}})
	if fault.KindOf(err) != fault.Internal || !strings.HasPrefix(fault.Text(err), "Playbook version 2 is stored but cannot be compiled by this program: ") {
		t.Errorf("it says %v", err)
	}
	empty := pipeline.New(memory.New(h.clock.read), &pipeline.Versions{})
	if _, err := empty.CommitTogether(pipeline.Batch{Events: []lead.Event{{MessageID: "m"}}}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of an empty workspace it says %v", err)
	}
}
