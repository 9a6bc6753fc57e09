package sim

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// truth reads what Truth writes.
func truth(t *testing.T, c *Company) (people []truthPerson, spend []truthSpend) {
	t.Helper()
	var b bytes.Buffer
	if err := c.Truth(&b); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		if bytes.HasPrefix(line, []byte(`{"kind":"spend"`)) {
			var s truthSpend
			if err := json.Unmarshal(line, &s); err != nil {
				t.Fatal(err)
			}
			spend = append(spend, s)
			continue
		}
		var p truthPerson
		if err := json.Unmarshal(line, &p); err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	return people, spend
}

// TestTruthIsOfTheHistory: what is written of people is what the events show, and
// what depends on it does.
func TestTruthIsOfTheHistory(t *testing.T) {
	t.Parallel()
	c := New(9, Options{Leads: 900})
	people, _ := truth(t, c)
	shown := map[string]string{}
	for e := range c.History {
		if outcome, ok := strings.CutPrefix(e.Name, "Opportunity "); ok {
			shown[e.UserID] = outcome
			if e.Properties["amount"].(float64) < 600 || e.Properties["opportunity_id"] != "opp_"+e.UserID {
				t.Fatalf("an opportunity says %v", e.Properties)
			}
		}
	}
	won, lost := []float64{}, []float64{}
	for _, p := range people {
		switch p.Outcome {
		case "won":
			won = append(won, p.Need)
		case "lost":
			lost = append(lost, p.Need)
		}
		// The history may end before the deal does.
		want := map[string]string{"won": "Won", "lost": "Lost", "open": "Created"}[p.Outcome]
		if p.Closed >= c.end {
			want = "Created"
		}
		if p.Opened >= c.end {
			want = ""
		}
		if shown[p.UserID] != want {
			t.Errorf("%s ended %q, and the events show %q", p.UserID, p.Outcome, shown[p.UserID])
		}
		if p.Outcome != "" && (p.Persona == "student" || p.Persona == "competitor") {
			t.Errorf("a %s buys", p.Persona)
		}
	}
	if len(won) < 8 || len(lost) < 8 || mean(won) < 1.1*mean(lost) {
		t.Errorf("%d won at a need of %.2f, %d lost at one of %.2f", len(won), mean(won), len(lost), mean(lost))
	}
}

// TestScoresFindBuyers: who buys had, the day before sales opened a deal or at any
// time without one, a higher score than others, but not always.
func TestScoresFindBuyers(t *testing.T) {
	t.Parallel()
	c := New(10, Options{Leads: 700})
	people, _ := truth(t, c)
	text, _ := playbook.Shipped("default")
	_, plan, problems := playbook.Load(text, 1)
	if plan == nil {
		t.Fatal(problems)
	}
	histories := map[string][]lead.Event{}
	for e := range c.History {
		who := "u_" + strings.Repeat("0", max(0, 6-len(numberOf(&e)))) + numberOf(&e)
		e.Received, e.Seq = e.Occurred, int64(len(histories[who])+1)
		histories[who] = append(histories[who], e)
	}
	eng := engine.New(plan)
	type scored struct {
		points lead.Points
		won    bool
	}
	var all []scored
	for _, p := range people {
		events := histories[p.UserID]
		at := c.end
		if p.Opened != 0 {
			at = p.Opened
		} else if n := len(events); n > 0 {
			at = events[n-1].Occurred
		}
		n, _ := slices.BinarySearchFunc(events, at, func(e lead.Event, at lead.Time) int { return cmp.Compare(e.Occurred, at) })
		state := eng.NewState()
		eng.Step(state, events[:n], at)
		all = append(all, scored{eng.Read(state)[len(plan.Scores)-1], p.Outcome == "won"})
	}
	better, pairs := 0.0, 0.0
	for _, a := range all {
		for _, b := range all {
			if a.won && !b.won {
				pairs++
				if a.points > b.points {
					better++
				} else if a.points == b.points {
					better += 0.5
				}
			}
		}
	}
	if auc := better / pairs; auc < 0.7 || auc > 0.99 {
		t.Errorf("the score finds buyers with an AUC of %.3f: there is nothing to find, or nothing to miss", auc)
	}
}

func numberOf(e *lead.Event) string { return strings.Split(e.MessageID, "_")[2] }

func TestSpend(t *testing.T) {
	t.Parallel()
	c := New(11, Options{Leads: 500})
	_, spend := truth(t, c)
	cents, clicks := map[string]int{}, map[string]int{}
	for _, s := range spend {
		cents[s.Campaign] += s.Cents
		clicks[s.Campaign] += s.Clicks
	}
	came := map[string]int{}
	for e := range c.History {
		if u, ok := e.Context["campaign"].(map[string]any); ok {
			came[u["name"].(string)]++
		}
	}
	for name := range clickCents {
		if cents[name] < 3_000 || clicks[name] < came[name]/3 || clicks[name] > 6*came[name] {
			t.Errorf("%s cost %d cents for %d clicks, and %d came", name, cents[name], clicks[name], came[name])
		}
	}
	if names := slices.Sorted(maps.Keys(cents)); len(names) != 1+len(clickCents) || cents["contacts"] == 0 {
		t.Errorf("money went to %v", names)
	}
}

func TestRobotsComeInBursts(t *testing.T) {
	t.Parallel()
	type burst struct {
		pages       int
		first, last lead.Time
	}
	bursts := map[string]*burst{}
	c := New(12, Options{Leads: 2000})
	for day := midnight(c.start); day < c.end; day = day.Add(lead.Day) {
		for _, a := range c.bursts(day) {
			e := c.event(&a)
			if e.Type != lead.Page || e.UserID != "" || e.Email != "" || len(numberOf(&e)) < 10 {
				t.Fatalf("a robot does more than look: %+v", e)
			}
			b := bursts[e.AnonymousID]
			if b == nil {
				b = &burst{first: e.Occurred}
				bursts[e.AnonymousID] = b
			}
			b.pages++
			b.last = e.Occurred
		}
	}
	if len(bursts) < 30 || len(bursts) > 90 {
		t.Errorf("%d bursts in a year", len(bursts))
	}
	robots := map[string]bool{}
	for e := range New(12, Options{Leads: 300}).History {
		if len(numberOf(&e)) >= 10 {
			robots[e.AnonymousID] = true
		}
	}
	if len(robots) == 0 || len(robots) > 30 {
		t.Errorf("%d robots come to a small company in a year", len(robots))
	}
	for id, b := range bursts {
		if b.pages < 10 || b.last-b.first > lead.Time(2*lead.Minute) {
			t.Errorf("%s looks at %d pages in %d ms", id, b.pages, b.last-b.first)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	c := small(13)
	const n = 3000
	collect := func(o Load, limit int) (due []time.Duration, ids []string) {
		for at, e := range c.Load(o) {
			if len(ids) == limit {
				break
			}
			due, ids = append(due, at), append(ids, e.MessageID)
		}
		return due, ids
	}
	due, ids := collect(Load{Rate: 1000}, n)
	again, same := collect(Load{Rate: 1000}, n)
	if !slices.Equal(due, again) || !slices.Equal(ids, same) {
		t.Error("the same load is another one the second time")
	}
	if took := due[n-1]; took < 2700*time.Millisecond || took > 3300*time.Millisecond || !slices.IsSorted(due) {
		t.Errorf("%d events at 1,000 a second take %v", n, took)
	}
	if fast, _ := collect(Load{}, n); fast[n-1] != 0 {
		t.Errorf("without a rate the last is due after %v", fast[n-1])
	}
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != n {
		t.Error("a message id repeats")
	}
	// Several senders share the same events, each person's with one of them.
	parts := map[string]int{}
	for sender := range 3 {
		_, part := collect(Load{Senders: 3, Sender: sender}, n)
		for _, id := range part {
			who := strings.Split(id, "_")[2]
			if by, ok := parts[who]; ok && by != sender {
				t.Fatalf("two senders do what %s does", who)
			}
			parts[who] = sender
		}
		if len(part) != n {
			t.Errorf("sender %d has %d events", sender, len(part))
		}
	}
	for _, id := range ids {
		if _, ok := parts[strings.Split(id, "_")[2]]; !ok {
			t.Fatalf("nobody sends %s", id)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	for e := range small(14).History {
		var m struct {
			Type, Event, Name, MessageID, UserID, AnonymousID string
			Timestamp                                         lead.Time
			Properties, Traits, Context                       map[string]any
		}
		if err := json.Unmarshal(Message(&e), &m, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("%s: %v", Message(&e), err)
		}
		if m.Type != e.Type.String() || m.Event+m.Name != e.Name || (m.Event != "") != (e.Type == lead.Track) || m.MessageID != e.MessageID ||
			m.UserID != e.UserID || m.AnonymousID != e.AnonymousID || m.Timestamp != e.Occurred ||
			len(m.Properties) != len(e.Properties) || len(m.Traits) != len(e.Traits) || len(m.Context) != len(e.Context) {
			t.Fatalf("%+v\nis written as %s", e, Message(&e))
		}
	}
	if got := string(Message(&lead.Event{Type: lead.Page, MessageID: "m", Occurred: 1})); got != `{"type":"page","messageId":"m","timestamp":"1970-01-01T00:00:00.001Z"}` {
		t.Error(got)
	}
}
