package app_test

import (
	"fmt"
	"slices"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

const stages = `
galena: 1
name: Stages
time_zone: UTC
signals:
  visit: {label: visited us, event: Visit}
scores:
  keen:
    rules:
      - {on: visit, points: 10}
stages:
  - {name: Known, role: identified, by_hand: true}
  - {name: Lead, role: engaged, by_hand: true}
  - {name: MQL, role: qualified, by_hand: true}
exits:
  - {name: Lost, role: disqualified, by_hand: true}
`

// decide writes rows of the decision log, of leads of their own by their number.
func (o *office) decide(rows ...lead.Decision) {
	o.Helper()
	o.write(func(tx store.Tx) error { return tx.Decide(rows) })
}

// flowInWords is a flow in words.
func flowInWords(f *app.Flow) (all []string) {
	for _, m := range f.Moves {
		over := ""
		if m.Skips {
			over = " over others"
		}
		all = append(all, fmt.Sprint(f.Stages[m.From].Name, " to ", f.Stages[m.To].Name, " ", m.N, over))
	}
	for _, st := range f.Stages {
		if st.In+st.Out > 0 {
			all = append(all, fmt.Sprint(st.Name, " in ", st.In, " out ", st.Out))
		}
	}
	return all
}

// A move counts where the log says now that it happened, once, whether or not it was
// counted already; what was taken back counts nowhere.
func TestFlow(t *testing.T) {
	t.Parallel()
	for _, counted := range []bool{false, true} {
		t.Run(fmt.Sprint("counted ", counted), func(t *testing.T) {
			t.Parallel()
			o := openWith(t, stages)
			o.write(func(tx store.Tx) error { _, err := tx.NewLeads(9); return err })
			move := func(id lead.ID, from, to string, nth int, ago int64, verb lead.Verb) lead.Decision {
				return lead.Decision{Lead: id, Cycle: 1, Stage: to, From: from, Nth: nth, At: midday.Add(-ago), Verb: verb}
			}
			expect := func(when string, days int, want ...string) *app.Flow {
				t.Helper()
				if counted {
					for range 2 {
						if err := o.Census(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
				}
				f, err := o.Flow(t.Context(), days)
				if err != nil {
					t.Fatal(err)
				}
				if got := flowInWords(f); !slices.Equal(got, want) || f.Behind != 0 {
					t.Errorf("%s: in %d days %q, %d behind; want %q", when, days, got, f.Behind, want)
				}
				return f
			}
			expect("of nothing", 30)
			o.decide(
				move(1, "", "Known", 1, 10*lead.Day, lead.Made), move(1, "Known", "Lead", 1, 2*lead.Day, lead.Made), move(1, "Lead", "MQL", 1, lead.Hour, lead.Made),
				move(2, "", "Known", 1, 40*lead.Day, lead.Made), move(2, "Known", "MQL", 1, 2*lead.Hour, lead.Made), move(2, "MQL", "Known", 2, lead.Hour, lead.Made),
				move(3, "", "Lead", 1, lead.Day, lead.Made), move(3, "Lead", "Lost", 1, lead.Hour, lead.Made), move(3, "Lost", "Lead", 2, 0, lead.Made),
				move(4, "", "Gone", 1, lead.Hour, lead.Made), move(4, "Gone", "Lead", 1, lead.Hour, lead.Made), move(4, "Lead", "Gone", 2, 0, lead.Made),
			)
			expect("at first", 1, "Known to MQL 1 over others", "Lead to MQL 1", "MQL to Known 1", "Lead in 3 out 2", "Lost in 1 out 1")
			week := expect("at first", 7, "Known to Lead 1", "Known to MQL 1 over others", "Lead to MQL 1", "MQL to Known 1", "Lead in 3 out 2", "Lost in 1 out 1")
			if known, mql := week.Stages[0], week.Stages[2]; known.On != 2 || known.Over != 1 || known.Back != 0 || mql.On != 0 || mql.Back != 1 {
				t.Errorf("from the first stage went %+v, from the last %+v", known, mql)
			}
			expect("at first", 30, "Known to Lead 1", "Known to MQL 1 over others", "Lead to MQL 1", "MQL to Known 1", "Known in 1 out 0", "Lead in 3 out 2", "Lost in 1 out 1")
			o.decide(move(2, "Known", "MQL", 1, 2*lead.Hour, lead.Retracted), move(2, "MQL", "Known", 2, lead.Hour, lead.Retracted))
			expect("after some was taken back", 1, "Lead to MQL 1", "Lead in 3 out 2", "Lost in 1 out 1")
			o.decide(
				move(2, "Lead", "MQL", 1, 3*lead.Day, lead.Reinstated), // elsewhere, and earlier
				move(1, "Known", "MQL", 1, lead.Hour, lead.Made),       // from elsewhere
				move(1, "Known", "Lead", 1, 40*lead.Day, lead.Made),    // so early that nobody asks
			)
			expect("dated anew", 1, "Known to MQL 1 over others", "Lead in 3 out 2", "Lost in 1 out 1")
			expect("dated anew", 7, "Known to MQL 1 over others", "Lead to MQL 1", "Lead in 3 out 2", "Lost in 1 out 1")
			o.clock.now = o.clock.now.Add(29 * lead.Day)
			expect("weeks later", 1)
			expect("weeks later", 30, "Known to MQL 1 over others", "Lead in 3 out 2", "Lost in 1 out 1")
			o.clock.now = o.clock.now.Add(20 * lead.Day)
			o.decide(move(5, "", "Known", 1, -49*lead.Day, lead.Made))
			expect("when the days have gone", 30, "Known in 1 out 0")
			if _, err := o.Flow(t.Context(), app.FlowDays+1); fault.KindOf(err) != fault.Invalid {
				t.Errorf("of 31 days it says %v", err)
			}
		})
	}
}

// Days of which nobody asks any more are dropped, and what one asks for is few papers,
// however much moved.
func TestFlowKeepsFewPapers(t *testing.T) {
	t.Parallel()
	o := openWith(t, stages)
	o.write(func(tx store.Tx) error { _, err := tx.NewLeads(200); return err })
	for day := range int64(50) {
		var rows []lead.Decision
		for n := range 200 {
			rows = append(rows, lead.Decision{Lead: lead.ID(1 + n), Cycle: int(day + 1), Nth: 1, Stage: "MQL", From: "Lead", At: o.clock.now.Add(int64(n) * lead.Minute), Verb: lead.Made})
		}
		o.decide(rows...)
		if err := o.Census(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.clock.now = o.clock.now.Add(lead.Day)
	}
	var kept []store.Paper
	if err := o.store.Read(t.Context(), func(snap store.Snapshot) (err error) {
		kept, err = snap.Papers("flow", "", "", 1000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, p := range kept {
		size += len(p.Text)
	}
	if len(kept) < app.FlowDays || len(kept) > app.FlowDays+4 || size > 150*len(kept) {
		t.Errorf("%d papers of %d bytes are kept", len(kept), size)
	}
	f, err := o.Flow(t.Context(), app.FlowDays)
	if err != nil || len(f.Moves) != 1 || f.Moves[0].N != 200*app.FlowDays {
		t.Errorf("it tells %+v, %v", f, err)
	}
}
