package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/lead"
)

// TestPathsOfAccounts gives a lead words on an attribute that has several paths: its
// own group calls, what its company tells, and moves between companies. Random
// playbooks have no such attribute.
func TestPathsOfAccounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, comparePaths)
}

const pathsPlaybook = `
galena: 1
name: paths
time_zone: UTC
attributes:
  seats: {type: number, from: [account.seats, seats, account.size, account.team.size]}
scores:
  fit:
    rules:
      - {name: seats, when: known(seats), points: "seats + 1", max: 100}
stages:
  - {name: Lead, role: identified, when: known(email)}
`

func comparePaths(t *rapid.T) {
	plan := compile(t, pathsPlaybook)
	accounts := rapid.SampledFrom([]string{"a.example", "b.example"})
	value := rapid.SampledFrom([]any{1, 2, 3, nil, "", "no number"})
	traits := rapid.Custom(func(t *rapid.T) map[string]any {
		all := rapid.MapOf(rapid.SampledFrom([]string{"seats", "size"}), value).Draw(t, "traits")
		if rapid.Bool().Draw(t, "with a team") {
			all["team"] = map[string]any{"size": value.Draw(t, "team")}
		}
		return all
	})
	var events []lead.Event
	for i := range rapid.IntRange(1, 12).Draw(t, "events") {
		at := monday.Add(int64(i) * lead.Hour)
		e := lead.Event{Seq: int64(i + 1), MessageID: fmt.Sprintf("m%d", i+1), UserID: "u", Occurred: at, Received: at}
		body := map[string]any{"traits": traits.Draw(t, "said")}
		switch rapid.IntRange(0, 3).Draw(t, "type") {
		case 0:
			e.Type, e.GroupID = lead.Group, accounts.Draw(t, "group")
		case 1:
			e.Type, e.Name = lead.Act, lead.ActAccount
			body = map[string]any{"properties": map[string]any{"account": accounts.Draw(t, "told by"), "change": i, "traits": traits.Draw(t, "told")}}
		case 2:
			e.Type = lead.Identify
		default:
			e.Type, e.Email, e.Company = lead.Identify, "u@a.example", "a.example"
		}
		var err error
		if e.Body, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		if err := e.Open(); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	e := engine.New(plan)
	state := e.NewState()
	for i := range events {
		at := events[i].Received
		want := byOracle(t, plan, events[:i+1], at)
		if got := byEngine(t, plan, events[:i+1], at); got.String() != want.String() {
			t.Fatalf("at %d:\n%s", at, difference(want.String(), got.String()))
		}
		e.Step(state, events[i:i+1], at)
		stored := e.Encode(state)
		var err error
		if state, err = e.Decode(stored); err != nil || !bytes.Equal(e.Encode(state), stored) {
			t.Fatalf("the state is not read as it was written: %v", err)
		}
		if got := e.Read(state)[0]; got != want.Scores[0].Points {
			t.Fatalf("at %d, step by step, it is %s, want %s", at, got, want.Scores[0].Points)
		}
	}
}
