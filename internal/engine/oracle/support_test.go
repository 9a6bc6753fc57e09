package oracle

import (
	"slices"
	_ "time/tzdata" // summer time must be the same wherever the tests run

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// folds are the two computations that must agree.
var folds = map[string]func(t rapid.TB, versions []Version, events []lead.Event, at lead.Time) Result{
	"oracle": func(t rapid.TB, versions []Version, events []lead.Event, at lead.Time) Result {
		r, err := FoldAcross(versions, events, at)
		if err != nil {
			t.Fatalf("oracle: %v", err)
		}
		return r
	},
	"engine": func(_ rapid.TB, versions []Version, events []lead.Event, at lead.Time) Result {
		return explained(engine.NewChain(publications(versions)...).Explain(inOrder(events), at))
	},
}

// publications are versions as the engine has them.
func publications(versions []Version) []engine.Publication {
	links := make([]engine.Publication, len(versions))
	for i, v := range versions {
		links[i] = engine.Publication{Engine: engine.New(v.Plan), From: v.From, Apply: v.Apply, Silent: v.Silent}
	}
	return links
}

func byOracle(t rapid.TB, p *playbook.Plan, events []lead.Event, at lead.Time) Result {
	t.Helper()
	r, err := Fold(p, events, at)
	if err != nil {
		t.Fatalf("oracle: %v", err)
	}
	return r
}

func byEngine(_ rapid.TB, p *playbook.Plan, events []lead.Event, at lead.Time) Result {
	return explained(engine.New(p).Explain(inOrder(events), at))
}

// explained is an explanation as a result.
func explained(x *engine.Explanation) Result {
	r := Result{Stage: x.Stage, StageSince: x.StageSince, Cycle: x.Cycle, Excluded: x.Excluded, Grade: x.Grade, Decisions: x.Decisions}
	if x.Hold != nil {
		r.Reason, r.CoolDown = x.Hold.Reason, x.Hold.Until
	}
	for _, s := range x.Scores {
		score := Score{Name: s.Name, Points: s.Points}
		for _, l := range s.Lines {
			score.Lines = append(score.Lines, Line{
				Score: l.Score, Rule: l.Rule, Signal: l.Signal, Event: l.Event, At: l.At,
				Raw: l.Raw, Limited: l.Limited, Lapsed: l.Lapsed, Capped: l.Capped, Decayed: l.Decayed, Points: l.Points,
				Failed: l.Failed,
			})
		}
		r.Scores = append(r.Scores, score)
	}
	return r
}

// inOrder is the events in the order of the fold.
func inOrder(events []lead.Event) []lead.Event {
	sorted := slices.Clone(events)
	slices.SortFunc(sorted, func(a, b lead.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	return sorted
}
