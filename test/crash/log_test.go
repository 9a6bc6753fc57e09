package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
)

// logged is an event as `galena export events` writes it.
type logged struct {
	MessageID   string         `json:"message_id"`
	Type        string         `json:"type"`
	Event       string         `json:"event"`
	Name        string         `json:"name"`
	UserID      string         `json:"user_id"`
	AnonymousID string         `json:"anonymous_id"`
	GroupID     string         `json:"group_id"`
	PreviousID  string         `json:"previous_id"`
	Properties  map[string]any `json:"properties"`
	Traits      map[string]any `json:"traits"`
	Lead        string         `json:"lead"`
}

// readLog takes all events out.
func readLog(t *testing.T, data string) []logged {
	t.Helper()
	out := mustGalena(t, append([]string{"export", "events", "--format", "ndjson"}, at(data)...)...)
	var events []logged
	lines := bufio.NewScanner(strings.NewReader(out))
	for lines.Scan() {
		var e logged
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in the exported line %s", err, lines.Bytes())
		}
		events = append(events, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return events
}

// compareLog says what is wrong with a log, given what the clients were told.
func compareLog(clients []*client, events []logged) []string {
	var wrong []string
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	seen := make([][]byte, len(clients)) // how often, by client and number
	for i, c := range clients {
		seen[i] = make([]byte, len(c.fates))
	}
	for _, e := range events {
		i, n, ok := placeOf(e.MessageID)
		if !ok || i < 0 || i >= len(clients) || n < 0 || n >= len(seen[i]) {
			complain("%q is in the log, and nobody sent it", e.MessageID)
			continue
		}
		if seen[i][n]++; seen[i][n] == 2 {
			complain("%s is in the log twice", e.MessageID)
		}
		if m := compose(clients[i].seed, i, n); !sameEvent(m, e) {
			complain("%s was sent as %+v and is in the log as %+v", e.MessageID, m, e)
		}
	}
	for i, c := range clients {
		for n, f := range c.fates {
			if f == acknowledged && seen[i][n] == 0 {
				complain("m-%d-%d was acknowledged and is not in the log", i, n)
			}
		}
		for _, batch := range c.givenUp {
			there := bytes.Count(seen[i][batch[0]:batch[1]], []byte{1})
			if there != 0 && there != batch[1]-batch[0] {
				complain("of the batch m-%d-%d to %d, which got no answer, %d of %d messages are in the log instead of none or all", i, batch[0], batch[1]-1, there, batch[1]-batch[0])
			}
		}
	}
	return append(wrong, compareLeads(events)...)
}

func sameEvent(m message, e logged) bool {
	return m.Type == e.Type && m.Event == e.Event && m.Name == e.Name && m.UserID == e.UserID &&
		m.AnonymousID == e.AnonymousID && m.GroupID == e.GroupID && m.PreviousID == e.PreviousID &&
		maps.Equal(m.Properties, e.Properties) && maps.Equal(m.Traits, e.Traits)
}

// compareLeads checks that every person is one lead: all events with a user id,
// and all events of a browser that was ever said to be that user's.
func compareLeads(events []logged) []string {
	var wrong []string
	leadOf := map[string]string{} // user → lead
	owner := map[string]string{}  // browser → user
	for _, e := range events {
		if e.UserID == "" {
			continue
		}
		if known, ok := leadOf[e.UserID]; ok && known != e.Lead {
			wrong = append(wrong, fmt.Sprintf("%s is %s by one event and %s by %s", e.UserID, known, e.Lead, e.MessageID))
		}
		leadOf[e.UserID] = e.Lead
		switch e.Type {
		case "identify":
			owner[e.AnonymousID] = e.UserID
		case "alias":
			owner[e.PreviousID] = e.UserID
		}
	}
	for _, e := range events {
		if user := owner[e.AnonymousID]; user != "" && leadOf[user] != e.Lead {
			wrong = append(wrong, fmt.Sprintf("%s came from a browser of %s, who is %s, and is %s's", e.MessageID, user, leadOf[user], e.Lead))
		}
	}
	return wrong
}

// expectWhole checks what no server changes meanwhile.
func expectWhole(t *testing.T, data string) {
	t.Helper()
	var v struct {
		Leads, Mismatches int
		Details           json.RawMessage
	}
	if err := json.Unmarshal([]byte(mustGalena(t, append([]string{"verify", "--json"}, at(data)...)...)), &v); err != nil {
		t.Fatal(err)
	}
	if v.Mismatches != 0 || v.Leads == 0 {
		t.Errorf("verify found %d mismatches among %d leads: %s", v.Mismatches, v.Leads, v.Details)
	}
	mustGalena(t, append([]string{"doctor"}, at(data)...)...)
}

// report fails a test with the first of many complaints.
func report(t *testing.T, wrong []string) {
	t.Helper()
	for i, w := range wrong {
		if i == 10 {
			t.Errorf("… and %d more", len(wrong)-i)
			break
		}
		t.Error(w)
	}
}
