package lead

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func eventOf(t testing.TB, kind Type, body string) *Event {
	t.Helper()
	e := &Event{Type: kind, Origin: Server, Occurred: 1, Body: []byte(body)}
	if err := e.Open(); err != nil {
		t.Fatal(err)
	}
	return e
}

// What an event says about consent, in every form in which it may say so.
func TestStatements(t *testing.T) {
	t.Parallel()
	act := eventOf(t, Act, `{"properties":{"purpose":" Newsletter ","agreed":false,"author":"Ann"}}`)
	act.Name = ActConsent
	other := eventOf(t, Act, `{"properties":{"purpose":"newsletter","agreed":true}}`)
	other.Name = ActStage
	for _, test := range []struct {
		event *Event
		want  string
	}{
		{act, "newsletter=false"},
		{other, ""},
		{eventOf(t, Track, `{"context":{"consent":{"categoryPreferences":{"Advertising":true,"Analytics":false}}}}`), "advertising=true analytics=false"},
		{eventOf(t, Page, `{"context":{"consentManagement":{"allowedConsentIds":["C2","C3"],"deniedConsentIds":["C3","C4"]}}}`), "c2=true c3=false c4=false"},
		{eventOf(t, Identify, `{"traits":{"consent":true}}`), "contact=true"},
		{eventOf(t, Identify, `{"traits":{"consent":"withdrawn"}}`), "contact=false"},
		{eventOf(t, Identify, `{"traits":{"consent":{"newsletter":"opted_in","calls":{"granted":false,"text":"May we call?"},"odd":[1]}}}`), "calls=false(May we call?) newsletter=true"},
		{eventOf(t, Identify, `{"traits":{"consent.calls":"yes","consent":{"calls":0}}}`), "calls=false"},
		{eventOf(t, Identify, `{"context":{"traits":{"consent":{"calls":1}}}}`), "calls=true"},
		{eventOf(t, Identify, `{"traits":{"consent":{"granted":{"granted":{"granted":true}}}}}`), ""},
		{eventOf(t, Track, `{"traits":{"consent":true}}`), ""},
		{eventOf(t, Identify, `{"traits":{"consent":{"":true," ":true,"`+strings.Repeat("x", MaxPurpose+1)+`":true,"a\u0000b":true,"maybe":"perhaps","null":null}}}`), ""},
		{eventOf(t, Identify, `{"traits":{"consent":null},"context":{"consent":7,"consentManagement":{"allowedConsentIds":7}}}`), ""},
	} {
		var said []string
		for _, s := range Statements(test.event) {
			text := fmt.Sprintf("%s=%v", s.Purpose, s.Agreed)
			if s.Text != "" {
				text += "(" + s.Text + ")"
			}
			said = append(said, text)
		}
		if got := strings.Join(said, " "); got != test.want {
			t.Errorf("%s says %q, want %q", test.event.Body, got, test.want)
		}
	}
}

// Who may say what: a no counts whoever says it, a yes by who may be believed.
func TestStandings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ said, want string }{
		{"browser+", "claimed"},
		{"import+", "granted"},
		{"server+", "granted"},
		{"browser-", "withdrawn"},
		{"server+ browser+", "granted"},
		{"browser+ server+", "granted"},
		{"server+ browser-", "withdrawn"},
		{"server+ browser- browser+", "claimed"}, // the browser takes its own word back
		{"server- browser+", "withdrawn"},
		{"browser- server- browser+", "withdrawn"},
		{"server- import+", "withdrawn"},
		{"import- import+", "withdrawn"},
		{"server- server+", "granted"},
		{"import- browser+ server+ import-", "withdrawn"},
	} {
		var c Consents
		for i, word := range strings.Fields(test.said) {
			origin := map[string]Origin{"browser": Browser, "server": Server, "import": Import}[word[:len(word)-1]]
			c.Take(&Event{Origin: origin, Occurred: Time(i + 1)}, Statement{Purpose: "calls", Agreed: word[len(word)-1] == '+'})
		}
		if got := c.Of("calls").String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.said, got, test.want)
		}
	}
}

// What was said before what stands does not count, however late it comes; what is
// said again stands since it was said first.
func TestConsentGoesByWhenItWasSaid(t *testing.T) {
	t.Parallel()
	var c Consents
	say := func(at Time, agreed bool) bool {
		return c.Take(&Event{Origin: Server, Occurred: at}, Statement{Purpose: "calls", Agreed: agreed})
	}
	if !say(10, false) || say(9, true) || c.Of("calls") != Withdrawn {
		t.Errorf("an older yes counts: %v", c)
	}
	if !say(10, true) || !say(30, true) || c[0].Since != 10 || c.Of("calls") != Granted {
		t.Errorf("said twice it is %v", c)
	}
	if say(20, false) || c.Of("calls") != Granted {
		t.Errorf("a no counts that is older than the last yes: %v", c)
	}
	if c.Take(&Event{Origin: Browser, Occurred: 50}, Statement{Purpose: "calls", Agreed: true}); !say(40, false) {
		t.Errorf("what a browser adds to what is known better keeps a no out: %v", c)
	}
}

func TestConsentsHaveABound(t *testing.T) {
	t.Parallel()
	var c Consents
	for i := range MaxPurposes + 5 {
		counts := c.Take(&Event{Origin: Server, Occurred: 1}, Statement{Purpose: fmt.Sprintf("purpose %d", i), Agreed: i%2 == 0})
		if counts != (i < MaxPurposes) {
			t.Errorf("purpose %d counts: %v", i, counts)
		}
	}
	sorted := slices.IsSortedFunc(c, func(a, b Consent) int { return strings.Compare(a.Purpose, b.Purpose) })
	if len(c) != MaxPurposes || !sorted {
		t.Errorf("%d purposes are kept, sorted: %v", len(c), sorted)
	}
	if c.Take(&Event{Origin: Server, Occurred: 2}, Statement{Purpose: "purpose 0"}); c.Of("purpose 0") != Withdrawn {
		t.Error("what is known cannot change any more")
	}
}
