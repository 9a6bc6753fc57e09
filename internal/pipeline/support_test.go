package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	_ "time/tzdata" // the playbook's days are the same wherever the tests run

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/store/sqlite"
)

// handbook has something of everything by which a fold may go wrong: points that
// fade, limits by day and in all, silence, windows, stages that a visitor enters
// and stages that time alone brings, an exclusion.
const handbook = `
galena: 1
name: Carry
time_zone: Europe/Berlin
attributes:
  employees: {type: number}
  studies: {type: bool}
signals:
  visit: {event: Visit}
  demo: {event: Demo}
  interest: {any: [visit, demo]}
scores:
  fit:
    rules:
      - {name: size, when: employees >= 50, points: 20}
  keen:
    cap: 100
    decay: {half_life: 7d}
    rules:
      - {on: visit, points: 10, limit: 2 per day}
      - {on: demo, points: 45, limit: once, decay: none}
      - {name: quiet, silence: 3d, of: interest, points: -5, limit: 3, decay: none}
totals:
  score: {sum: [fit, keen], cap: 100, floor: 0}
stages:
  - {name: Curious, role: identified, when: "count(visit, 1d) >= 2"}
  - {name: Lead, role: engaged, when: reachable && count(interest) >= 1}
  - {name: MQL, role: qualified, when: score >= 60}
  - {name: Patient, role: ready, when: reachable && since(demo) >= 2d}
exclusions:
  student: {when: studies}
`

// shelf is what workspaces that begin with the same playbook may share: its
// source, and what was compiled of it.
type shelf struct {
	source   string
	versions *pipeline.Versions
}

func newShelf(source string) *shelf { return &shelf{source, &pipeline.Versions{}} }

// midday is where the clocks of the tests begin.
const midday = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z

// clock stands still until it is moved.
type clock struct{ now lead.Time }

func (c *clock) read() lead.Time { return c.now }

// house is a workspace with a pipeline of which nothing runs by itself.
type house struct {
	rapid.TB
	*pipeline.Pipeline
	store store.Store
	shelf *shelf
	clock *clock
	sent  int
	// heard are the group calls of the log up to a place.
	heard   []lead.Event
	heardTo int64
	judged  robots
}

func newHouse(t rapid.TB, source string) *house { return emptyHouse(t, newShelf(source)) }

func emptyHouse(t rapid.TB, b *shelf) *house {
	c := &clock{midday}
	return furnish(t, memory.New(c.read), c, b)
}

// furnish opens the workspace of a store; an empty one gets the shelf's playbook.
func furnish(t rapid.TB, s store.Store, c *clock, b *shelf) *house {
	t.Helper()
	h := &house{TB: t, Pipeline: pipeline.New(s, b.versions), store: s, shelf: b, clock: c}
	h.read(func(s store.Snapshot) error {
		version, err := s.InForce()
		if err == nil && version == 0 {
			err = h.store.Write(context.Background(), func(tx store.Tx) error {
				return tx.PutPlaybook(store.Playbook{Version: 1, Source: []byte(b.source), Published: c.now})
			})
		}
		return err
	})
	return h
}

// chain folds as the workspace does.
func (h *house) chain() *engine.Chain {
	h.Helper()
	var chain *engine.Chain
	h.read(func(s store.Snapshot) (err error) {
		chain, err = h.shelf.versions.Chain(s)
		return err
	})
	return chain
}

func (h *house) engine() *engine.Engine { return h.chain().Newest() }

func openSQLite(t testing.TB, dir string, c *clock) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "galena.db"), sqlite.Options{Clock: c.read})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// say commits events as one batch, each received now and, where a test says
// nothing else, with a message id of its own, from a browser, occurred now.
func (h *house) say(events ...lead.Event) pipeline.Receipt {
	h.Helper()
	for i := range events {
		h.complete(&events[i])
	}
	r, err := h.CommitTogether(pipeline.Batch{Events: events})
	if err != nil {
		h.Fatal(err)
	}
	return r[0]
}

func (h *house) complete(e *lead.Event) {
	h.sent++
	if e.MessageID == "" {
		e.MessageID = fmt.Sprint("message ", h.sent)
	}
	if e.Type == 0 {
		e.Type = lead.Track
	}
	if e.Origin == 0 {
		e.Origin = lead.Browser
	}
	if e.Occurred == 0 {
		e.Occurred = h.clock.now
	}
}

// wake wakes who is due at a moment.
func (h *house) wake(at lead.Time) {
	h.Helper()
	h.clock.now = at
	if err := h.Wake(context.Background()); err != nil {
		h.Fatal(err)
	}
}

// read asks a workspace as it is.
func (h *house) read(ask func(store.Snapshot) error) {
	h.Helper()
	if err := h.store.Read(context.Background(), ask); err != nil {
		h.Fatal(err)
	}
}

func (h *house) write(fn func(store.Tx) error) {
	h.Helper()
	if err := h.store.Write(context.Background(), fn); err != nil {
		h.Fatal(err)
	}
}

// who is the lead that holds an identifier, 0 for nobody.
func (h *house) who(kind lead.IdentifierKind, value string) (id lead.ID) {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		key := lead.Identifier{Kind: kind, Value: value}
		found, err := s.Find([]lead.Identifier{key})
		id = found[key]
		return err
	})
	return id
}

func (h *house) decisions(id lead.ID) (log []lead.Decision) {
	h.Helper()
	h.read(func(s store.Snapshot) (err error) {
		log, err = s.Decisions(id)
		return err
	})
	return log
}

func (h *house) row(id lead.ID) (row store.LeadRow) {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		rows, err := s.States([]lead.ID{id})
		row = rows[id]
		return err
	})
	return row
}

func (h *house) stateOf(id lead.ID) *engine.State {
	h.Helper()
	s, err := h.engine().Decode(h.row(id).State)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

func (h *house) counts() (c store.Counts) {
	h.Helper()
	h.read(func(s store.Snapshot) (err error) {
		c, err = s.Counts()
		return err
	})
	return c
}

// told is a decision log in a few words: verb, stage, whose, when.
func told(log []lead.Decision) []string {
	var words []string
	for _, d := range log {
		words = append(words, fmt.Sprintf("%s %s of %s at %+d", d.Verb, d.Stage, d.Lead, (d.At-midday)/lead.Time(lead.Hour)))
	}
	return words
}

// with gives an event traits, in its body and opened.
func with(e lead.Event, traits map[string]any) lead.Event {
	e.Body, _ = json.Marshal(map[string]any{"traits": traits})
	if err := e.Open(); err != nil {
		panic(err)
	}
	return e
}
