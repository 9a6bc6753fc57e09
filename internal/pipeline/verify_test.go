package pipeline_test

import (
	"bytes"
	"fmt"

	"galena/internal/engine"
	"galena/internal/engine/oracle"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// checkAll compares what a workspace holds of everybody with what the log says,
// by the engine and by the oracle.
func (h *house) checkAll() {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		rows, err := s.Leads(0, 1<<20)
		if err != nil {
			return err
		}
		for _, row := range rows {
			h.checkFold(s, row)
			h.checkOracle(s, row)
			h.checkMembers(s, row.ID)
		}
		return nil
	})
	h.checkClaims()
}

// checkFold folds a lead again: its state, its wake-up and its decisions are
// those that are stored.
func (h *house) checkFold(s store.Snapshot, row store.LeadRow) {
	h.Helper()
	chain, stored := h.stored(s, row)
	again, decided, err := pipeline.Refold(chain, s, row.ID, stored.At)
	if err != nil {
		h.Fatal(err)
	}
	if !bytes.Equal(chain.Newest().Encode(again), row.State) {
		h.Fatalf("the state of %s is not the fold of its log", row.ID)
	}
	if want := chain.Newest().WakeAt(again); want != row.WakeAt {
		h.Fatalf("%s wakes at %s, want %s", row.ID, row.WakeAt, want)
	}
	log, err := s.Decisions(row.ID)
	if err != nil {
		h.Fatal(err)
	}
	if rows := pipeline.Revise(row.ID, log, decided, h.clock.now); len(rows) > 0 {
		h.Fatalf("the decisions of %s are not as the log has them, there would be %v", row.ID, told(rows))
	}
	standing := pipeline.Standing(log)
	if len(standing) != len(decided) {
		h.Fatalf("of %s stands %v, the fold decides %v", row.ID, told(standing), told(decided))
	}
	newest := map[string]lead.Decision{}
	for _, d := range log {
		if was, ok := newest[d.ID()]; ok && was.Verb != lead.Retracted && was.At == d.At && was.Event == d.Event && was.From == d.From && was.Reason == d.Reason && was.Version == d.Version && d.Verb != lead.Retracted {
			h.Fatalf("%s of %s was decided twice: %v", d.ID(), row.ID, told(log))
		}
		newest[d.ID()] = d
	}
}

// checkOracle compares the explanation of a lead with the oracle's, as of the
// moment of its state and as of now.
func (h *house) checkOracle(s store.Snapshot, row store.LeadRow) {
	h.Helper()
	events, err := pipeline.History(s, row.ID)
	if err != nil {
		h.Fatal(err)
	}
	chain, stored := h.stored(s, row)
	versions := h.versions(s)
	for _, at := range []lead.Time{stored.At, max(h.clock.now, stored.At)} {
		want, err := oracle.FoldAcross(versions, events, at)
		if err != nil {
			h.Fatal(err)
		}
		if got := explained(h.chain(), events, at); got.String() != want.String() {
			h.Fatalf("%s at %s\nengine:\n%s\noracle:\n%s", row.ID, at, got, want)
		}
	}
	// What is stored says the same as the oracle, too.
	versions = versions[:chain.Newest().Plan().Version] // those that it knows of
	want, err := oracle.FoldAcross(versions, events, stored.At)
	if err != nil {
		h.Fatal(err)
	}
	log, err := s.Decisions(row.ID)
	if err != nil {
		h.Fatal(err)
	}
	standing := map[string]lead.Decision{}
	place := func(d lead.Decision) string { return fmt.Sprint(d.Stage, d.Nth) }
	for _, d := range pipeline.Standing(log) {
		standing[place(d)] = d
	}
	for _, d := range want.Decisions {
		if got := standing[place(d)]; got.At != d.At || got.Event != d.Event || got.From != d.From || got.Version != d.Version || got.Silent != d.Silent {
			h.Fatalf("%s: the log has %s, the oracle says %s", row.ID, oracle.Decided(got), oracle.Decided(d))
		}
	}
	for i, points := range chain.Newest().Read(stored) {
		if points != want.Scores[i].Points {
			h.Fatalf("%s: %s is stored as %s, the oracle says %s", row.ID, want.Scores[i].Name, points, want.Scores[i].Points)
		}
	}
}

// stored is the state of a row, and the chain of which it is a fold: of all
// versions, or, if it was not swept yet, of those up to its own.
func (h *house) stored(s store.Snapshot, row store.LeadRow) (*engine.Chain, *engine.State) {
	h.Helper()
	chain, err := h.shelf.versions.Chain(s)
	if err != nil {
		h.Fatal(err)
	}
	if version, ok := engine.VersionOf(row.State); ok {
		chain = chain.Until(version)
	}
	state, err := chain.Newest().Decode(row.State)
	if err != nil {
		h.Fatalf("state of %s: %v", row.ID, err)
	}
	return chain, state
}

// versions are those that were published, for the oracle.
func (h *house) versions(s store.Snapshot) []oracle.Version {
	h.Helper()
	chain, err := h.shelf.versions.Chain(s)
	if err != nil {
		h.Fatal(err)
	}
	books, err := s.Playbooks()
	if err != nil {
		h.Fatal(err)
	}
	var versions []oracle.Version
	for _, p := range books {
		versions = append(versions, oracle.Version{
			Plan: chain.Until(p.Version).Newest().Plan(), From: p.Published, Apply: p.Apply, Silent: !p.Effects,
		})
	}
	return versions
}

func explained(e *engine.Chain, events []lead.Event, at lead.Time) oracle.Result {
	x := e.Explain(events, at)
	r := oracle.Result{Stage: x.Stage, StageSince: x.StageSince, Cycle: x.Cycle, Excluded: x.Excluded, Decisions: x.Decisions}
	if x.Hold != nil {
		r.Reason, r.CoolDown = x.Hold.Reason, x.Hold.Until
	}
	for _, s := range x.Scores {
		score := oracle.Score{Name: s.Name, Points: s.Points}
		for _, l := range s.Lines {
			score.Lines = append(score.Lines, oracle.Line{
				Score: l.Score, Rule: l.Rule, Signal: l.Signal, Event: l.Event, At: l.At,
				Raw: l.Raw, Limited: l.Limited, Lapsed: l.Lapsed, Capped: l.Capped, Decayed: l.Decayed, Points: l.Points,
			})
		}
		r.Scores = append(r.Scores, score)
	}
	return r
}

// checkMembers checks that nobody who ever said who they were was joined to
// somebody else but by hand or by the alias of a server, and that the joins are dated within the history.
func (h *house) checkMembers(s store.Snapshot, id lead.ID) {
	h.Helper()
	joins, err := s.Joins(id)
	if err != nil {
		h.Fatal(err)
	}
	events, err := s.History(id)
	if err != nil {
		h.Fatal(err)
	}
	for _, j := range joins {
		shown, believed := false, false
		for _, e := range events {
			believed = believed || e.MessageID == j.Event && (e.Type == lead.Act || e.Type == lead.Alias && e.Origin != lead.Browser)
		}
		for _, e := range events {
			if !believed && e.Lead == j.Child && (e.UserID != "" || e.Email != "") {
				h.Fatalf("%s was joined to %s although %q had said who it is", j.Child, j.Parent, e.MessageID)
			}
			if e.MessageID == j.Event {
				shown = true
				if e.Lead != j.Parent || e.Effective() != j.At {
					h.Fatalf("the join of %s by %q is of %s at %s, want %s at %s", j.Child, j.Event, j.Parent, j.At, e.Lead, e.Effective())
				}
			}
		}
		if !shown {
			h.Fatalf("%s was joined by %q, which is not in the history", j.Child, j.Event)
		}
	}
}

// checkClaims checks whose the events are: a user id names one person for ever,
// and so does an address where no user id was given.
func (h *house) checkClaims() {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		log, err := s.Log(0, 1<<20)
		if err != nil {
			return err
		}
		seen := map[lead.MessageHash]bool{}
		for i, e := range log {
			if e.Seq != int64(i)+1 {
				h.Fatalf("event %d of the log has the number %d", i+1, e.Seq)
			}
			if e.Type == lead.Tombstone {
				continue // nothing is left of it but its place
			}
			if hash := lead.HashMessage(e.MessageID); seen[hash] {
				h.Fatalf("message %q is in the log twice", e.MessageID)
			} else {
				seen[hash] = true
			}
			if e.Occurred > e.Received || e.Occurred <= 0 {
				h.Fatalf("message %q occurred at %s and was received at %s", e.MessageID, e.Occurred, e.Received)
			}
			key := lead.Identifier{Kind: lead.User, Value: e.UserID}
			if e.UserID == "" {
				key = lead.Identifier{Kind: lead.Email, Value: e.Email}
			}
			if key.Value == "" {
				continue
			}
			holders, err := s.Find([]lead.Identifier{key})
			if err != nil {
				return err
			}
			owners, err := s.Surviving([]lead.ID{e.Lead})
			if err != nil {
				return err
			}
			if owners[e.Lead] != holders[key] {
				h.Fatalf("message %q of %s %q is of %s, and %s holds that", e.MessageID, key.Kind, key.Value, owners[e.Lead], holders[key])
			}
		}
		return nil
	})
}
