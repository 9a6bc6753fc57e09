package app_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/store"
)

// TestExplanationsSumToEverybodysScores: the lines of everybody, told at once,
// come to the scores that are listed at the same moment.
func TestExplanationsSumToEverybodysScores(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"employees": 80}), visit("a1"), visit("a1"))
	o.say(lead.Event{Name: "Demo", UserID: "u1"}, visit("a1"), visit("a1"), visit("a2"))
	o.say(identify("u3", "", "sam@college.example", map[string]any{"studies": true}), lead.Event{Name: "Demo", UserID: "u3"})

	scores := map[lead.ID][]lead.Points{}
	if err := o.Leads(t.Context(), func(l *app.Lead) error { scores[l.ID] = l.Scores; return nil }); err != nil {
		t.Fatal(err)
	}
	lines := 0
	err := o.Explanations(t.Context(), 0, 0, func(id lead.ID, x *engine.Explanation) error {
		for i, s := range x.Scores {
			sum := lead.Points(0)
			for _, line := range s.Lines {
				sum += line.Points
				lines++
			}
			if sum != scores[id][i] {
				t.Errorf("%s: the lines of %s sum to %s, the score is %s", id, s.Name, sum, scores[id][i])
			}
		}
		delete(scores, id)
		return nil
	})
	if err != nil || len(scores) > 0 || lines < 12 {
		t.Errorf("%d lines, nothing told of %v: %v", lines, scores, err)
	}

	// Before anybody came, nobody had points.
	err = o.Explanations(t.Context(), 0, midday-1, func(id lead.ID, x *engine.Explanation) error {
		for _, s := range x.Scores {
			if len(s.Lines) > 0 {
				t.Errorf("%s had %v before it came", id, s.Lines)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}

	// Of those who were seen of late only: here of who came in the last batch.
	var late []lead.ID
	err = o.Explanations(t.Context(), midday.Add(2*lead.Hour), 0, func(id lead.ID, _ *engine.Explanation) error {
		late = append(late, id)
		return nil
	})
	equal(t, "those who were seen of late", late, []lead.ID{3})
	if err != nil {
		t.Error(err)
	}
}

func TestDecisionsAreListedUnderTheirHolder(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"employees": 80}), visit("a1"))
	o.say(visit("a2"))
	o.write(func(tx store.Tx) error {
		return tx.Decide([]lead.Decision{{Lead: 2, Cycle: 1, Stage: "Lead", Nth: 1, At: midday, Verb: lead.Made}})
	})
	o.say(identify("u1", "a2", "", nil)) // lead 2 is part of lead 1 from now on
	var got []string
	err := o.Decisions(t.Context(), func(holder lead.ID, d *lead.Decision) error {
		got = append(got, holder.String()+" "+d.ID()+" "+d.Verb.String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "decisions", got, []string{"lead_1 lead_1/1/Lead/1 made", "lead_1 lead_2/1/Lead/1 made", "lead_1 lead_2/1/Lead/1 retracted"})
}
