package pipeline_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

func TestRevise(t *testing.T) {
	t.Parallel()
	// A decision of lead 1, which is the survivor, or of 7 or 8, joined into it.
	row := func(id lead.ID, verb lead.Verb, stage string, hour int64) lead.Decision {
		return lead.Decision{Lead: id, Verb: verb, Cycle: 1, Stage: stage, Nth: 1, At: midday.Add(hour * lead.Hour)}
	}
	log := func(rows ...lead.Decision) []lead.Decision { return rows }
	const made, retracted, reinstated = lead.Made, lead.Retracted, lead.Reinstated
	cases := []struct {
		name         string
		log, decided []lead.Decision
		want         []string
	}{
		{"nothing", nil, nil, nil},
		{"the first decision", nil, log(row(0, 0, "Lead", 1)), []string{"made Lead of lead_1 at +1"}},
		{"the same again", log(row(1, made, "Lead", 1)), log(row(0, 0, "Lead", 1)), nil},
		{"dated anew", log(row(1, made, "Lead", 1)), log(row(0, 0, "Lead", -5)), []string{"made Lead of lead_1 at -5"}},
		{"dated anew before", log(row(1, made, "Lead", 1), row(1, made, "Lead", -5)), log(row(0, 0, "Lead", -5)), nil},
		{"no longer", log(row(1, made, "Lead", 1), row(1, made, "MQL", 2)), log(row(0, 0, "Lead", 1)), []string{"retracted MQL of lead_1 at +2"}},
		{"no longer since before", log(row(1, made, "MQL", 2), row(1, retracted, "MQL", 2)), nil, nil},
		{"again", log(row(1, made, "MQL", 2), row(1, retracted, "MQL", 2)), log(row(0, 0, "MQL", 2)), []string{"reinstated MQL of lead_1 at +2"}},
		{"again since before", log(row(1, made, "MQL", 2), row(1, retracted, "MQL", 2), row(1, reinstated, "MQL", 3)), log(row(0, 0, "MQL", 3)), nil},
		{"a stage further on instead", log(row(1, made, "Lead", 1)), log(row(0, 0, "MQL", 1)), []string{"made MQL of lead_1 at +1", "retracted Lead of lead_1 at +1"}},
		{"a visitor's decision goes on under its name", log(row(7, made, "Lead", 1)), log(row(0, 0, "Lead", 1)), nil},
		{"a visitor's decision is dated anew", log(row(7, made, "Lead", 1)), log(row(0, 0, "Lead", 0)), []string{"made Lead of lead_7 at +0"}},
		{"a visitor's decision is taken back", log(row(7, made, "Lead", 1)), nil, []string{"retracted Lead of lead_7 at +1"}},
		{"the survivor's own goes before a visitor's", log(row(7, made, "Lead", 1), row(1, made, "Lead", 2)), log(row(0, 0, "Lead", 1)),
			[]string{"made Lead of lead_1 at +1", "retracted Lead of lead_7 at +1"}},
		{"of two visitors the first", log(row(7, made, "Lead", 1), row(8, made, "Lead", 2)), log(row(0, 0, "Lead", 1)), []string{"retracted Lead of lead_8 at +2"}},
		{"what stands goes before what was taken back", log(row(1, made, "Lead", 2), row(1, retracted, "Lead", 2), row(7, made, "Lead", 1)), log(row(0, 0, "Lead", 1)), nil},
		{"of two that were taken back the survivor's own", log(row(7, made, "Lead", 1), row(7, retracted, "Lead", 1), row(1, made, "Lead", 2), row(1, retracted, "Lead", 2)),
			log(row(0, 0, "Lead", 1)), []string{"reinstated Lead of lead_1 at +1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows := pipeline.Revise(1, c.log, c.decided, midday)
			if got := told(rows); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
			for _, d := range rows {
				if d.Recorded != midday {
					t.Errorf("%s was recorded at %s", d.ID(), d.Recorded)
				}
			}
		})
	}
}

// Whatever the log says, what it says after a revision is what was decided, and
// there is nothing left to revise.
func TestReviseSettlesTheLog(t *testing.T) {
	t.Parallel()
	stages := []string{"Curious", "Lead", "MQL"}
	rapid.Check(t, func(t *rapid.T) {
		var log []lead.Decision
		standing := map[string]bool{}
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			d := lead.Decision{
				Lead:  rapid.SampledFrom([]lead.ID{1, 7, 8}).Draw(t, "lead"),
				Cycle: 1, Nth: 1, Stage: rapid.SampledFrom(stages).Draw(t, "stage"),
				At: midday.Add(rapid.Int64Range(0, 3).Draw(t, "at")),
			}
			switch on := standing[d.ID()]; {
			case on && rapid.Bool().Draw(t, "retract"):
				d.Verb = lead.Retracted
			case on || !slices.ContainsFunc(log, func(o lead.Decision) bool { return o.ID() == d.ID() }):
				d.Verb = lead.Made
			default:
				d.Verb = lead.Reinstated
			}
			standing[d.ID()] = d.Verb != lead.Retracted
			log = append(log, d)
		}
		var decided []lead.Decision
		for _, stage := range stages {
			if rapid.Bool().Draw(t, "decides "+stage) {
				decided = append(decided, lead.Decision{Cycle: 1, Nth: 1, Stage: stage, At: midday.Add(rapid.Int64Range(0, 3).Draw(t, "when"))})
			}
		}
		rows := pipeline.Revise(1, log, decided, midday)
		after := append(slices.Clone(log), rows...)
		if again := pipeline.Revise(1, after, decided, midday); len(again) > 0 {
			t.Fatalf("after %v it says %v", told(rows), told(again))
		}
		got := map[string]lead.Time{}
		for _, d := range pipeline.Standing(after) {
			if _, twice := got[d.Stage]; twice {
				t.Fatalf("%s stands twice: %v", d.Stage, told(after))
			}
			got[d.Stage] = d.At
		}
		for _, d := range decided {
			if at, ok := got[d.Stage]; !ok || at != d.At {
				t.Fatalf("%s does not stand as decided: %v", d.Stage, told(after))
			}
		}
		if len(got) != len(decided) {
			t.Fatalf("%d stand, %d were decided: %v", len(got), len(decided), told(after))
		}
		// Who had entered a stage before and after has not left it meanwhile.
		for _, d := range rows {
			if d.Verb == lead.Reinstated && slices.ContainsFunc(pipeline.Standing(log), func(o lead.Decision) bool { return o.Stage == d.Stage }) {
				t.Fatalf("%s is reinstated although it stood: %v then %v", d.Stage, told(log), told(rows))
			}
		}
	})
}

func TestBackfillRewritesDecisions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	backfill := func(name string, ago int64, traits map[string]any) {
		h.say(with(lead.Event{
			Type: lead.Identify, Name: name, UserID: "u1", Origin: lead.Import, Backfill: true, Occurred: midday.Add(-ago),
		}, traits))
	}
	h.say(identify("u1", "a1", "ada@corp.example"))
	h.clock.now = midday.Add(lead.Hour)
	h.say(visit("a1"))
	ada := h.who(lead.User, "u1")
	step := func(want ...string) {
		t.Helper()
		if got := told(h.decisions(ada)); !slices.Equal(got, want) {
			t.Fatalf("the log says %q, want %q", got, want)
		}
		h.checkAll()
	}
	step("made Lead of lead_1 at +1")

	// It turns out that she had been studying: no stage was to be entered.
	backfill("", 10*lead.Hour, map[string]any{"studies": true})
	step("made Lead of lead_1 at +1", "retracted Lead of lead_1 at +1")

	// But only until nine hours before.
	backfill("", 9*lead.Hour, map[string]any{"studies": false})
	step("made Lead of lead_1 at +1", "retracted Lead of lead_1 at +1", "reinstated Lead of lead_1 at +1")

	// And she had visited us before that, and given her address.
	h.say(with(lead.Event{Type: lead.Track, Name: "Visit", UserID: "u1", Origin: lead.Import, Backfill: true, Occurred: midday.Add(-5 * lead.Hour), Email: "ada@corp.example"},
		map[string]any{"email": "ada@corp.example"}))
	step("made Lead of lead_1 at +1", "retracted Lead of lead_1 at +1", "reinstated Lead of lead_1 at +1", "made Lead of lead_1 at -5")
}

func TestAVisitorsDecisionsGoOnAfterAJoin(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("", "", "ada@corp.example")) // lead_1, known from a list
	h.clock.now = midday.Add(lead.Hour)
	h.say(visit("a1"), visit("a1")) // lead_2 is curious
	h.clock.now = midday.Add(2 * lead.Hour)
	h.say(identify("u1", "a1", "ada@corp.example"))
	want := []string{
		"made Curious of lead_2 at +1", // the visitor's, before the join
		"made Lead of lead_1 at +1",    // with the address from the list she was one at the first visit
		"retracted Curious of lead_2 at +1",
	}
	if got := told(h.decisions(1)); !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
	h.checkAll()

	// Where the address becomes known only now, the visitor's decision stands.
	h = newHouse(t, handbook)
	h.say(visit("a1"), visit("a1"))
	h.say(lead.Event{Type: lead.Identify, UserID: "u1", Origin: lead.Server})
	h.clock.now = midday.Add(lead.Hour)
	// What else the batch brings is folded over both histories, too.
	h.say(identify("u1", "a1", "ada@corp.example"), visit("a1"), visit("a1"))
	want = []string{"made Curious of lead_1 at +0", "made Lead of lead_2 at +1"}
	if got := told(h.decisions(2)); !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
	h.checkAll()
}

// A state that this program cannot read is made anew from the log, and what was
// decided is not decided a second time.
func TestAForeignStateIsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, cause := range []string{"event", "backfill", "wake"} {
		t.Run(cause, func(t *testing.T) {
			t.Parallel()
			h, twin := newHouse(t, handbook), newHouse(t, handbook)
			for _, h := range []*house{h, twin} {
				h.say(identify("u1", "a1", "ada@corp.example"), lead.Event{Name: "Demo", UserID: "u1"})
				h.wake(midday.Add(2*lead.Day + 1)) // patient, by time alone
			}
			row := h.row(1)
			row.State = append([]byte{99}, row.State...)
			h.write(func(tx store.Tx) error { return tx.PutLeads([]store.LeadRow{row}) })
			for _, h := range []*house{h, twin} {
				switch cause {
				case "event":
					h.clock.now += lead.Time(lead.Hour)
					h.say(visit("a1"))
				case "backfill":
					h.say(lead.Event{Name: "Visit", UserID: "u1", Origin: lead.Import, Backfill: true, Occurred: midday.Add(-lead.Day)})
				case "wake":
					h.wake(midday.Add(30 * lead.Day))
				}
			}
			if got, want := told(h.decisions(1)), told(twin.decisions(1)); !slices.Equal(got, want) {
				t.Errorf("the log says %q, with a state that could be read %q", got, want)
			}
			if !bytes.Equal(h.row(1).State, twin.row(1).State) {
				t.Errorf("the state is another than with one that could be read")
			}
			h.checkAll()
		})
	}
}
