package sim

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"galena/internal/lead"
)

func history(c *Company) []lead.Event { return slices.Collect(c.History) }

// small is a company that is quick to tell of.
func small(seed uint64) *Company { return New(seed, Options{Leads: 100}) }

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	write := func(seed uint64) string {
		text, err := json.Marshal(history(small(seed)), json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	once := write(7)
	if write(7) != once {
		t.Error("the same seed gives another history")
	}
	if write(8) == once {
		t.Error("another seed gives the same history")
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	c := New(1, Options{})
	events := history(c)
	t.Logf("%d events in %v", len(events), time.Since(begun))
	if n := len(events); n < 35_000 || n > 65_000 {
		t.Errorf("2,000 people leave %d events, want about 50,000", n)
	}
	last := c.start
	ids := map[string]bool{}
	for i := range events {
		e := &events[i]
		if e.Occurred < last || e.Occurred >= c.end {
			t.Fatalf("event %d occurred at %s, after %s, before the end at %s", i, e.Occurred, last, c.end)
		}
		last = e.Occurred
		if ids[e.MessageID] {
			t.Fatalf("message id %s comes twice", e.MessageID)
		}
		ids[e.MessageID] = true
		switch e.Origin {
		case lead.Browser:
			if e.AnonymousID == "" {
				t.Fatalf("a browser sends no anonymous id: %+v", e)
			}
		case lead.Server:
			if e.UserID == "" || e.AnonymousID != "" {
				t.Fatalf("a server names nobody, or a browser: %+v", e)
			}
		case lead.Import:
			if e.Type != lead.Identify || e.Email == "" || e.UserID != "" {
				t.Fatalf("a list does more than name people: %+v", e)
			}
		}
		if e.Email != "" && !strings.HasSuffix(e.Email, ".example") {
			t.Fatalf("%s is not under .example", e.Email)
		}
		if (e.Email == "") != (e.Company == "") {
			t.Fatalf("%q is of company %q", e.Email, e.Company)
		}
		opened := *e
		opened.Properties, opened.Traits, opened.Context = nil, nil, nil
		if err := opened.Open(); err != nil {
			t.Fatalf("%v: %s", err, e.Body)
		}
		if !reflect.DeepEqual(&opened, e) {
			t.Fatalf("opened from its body it is\n%+v, not\n%+v", opened, *e)
		}
	}
}

// names of tracks that the playbook knows.
var names = []string{
	"Demo Requested", "Email Opened", "Email Clicked", "Webinar Attended", "Case Study Downloaded", "Ebook Downloaded",
	"Trial Started", "Unsubscribed", "Contact Requested", "Signed Up",
	"Email Sent", "Email Bounced", "Meeting Held", "Opportunity Created", "Opportunity Won", "Opportunity Lost",
}

func TestEverythingHappens(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	visitors, known := map[string]bool{}, map[string]bool{}
	for e := range New(2, Options{Leads: 1000}).History {
		if e.Type == lead.Track && !slices.Contains(names, e.Name) {
			t.Fatalf("no playbook knows %q", e.Name)
		}
		switch e.Type {
		case lead.Track:
			count[e.Name]++
		case lead.Page:
			path, _, _ := strings.Cut(strings.TrimPrefix(e.Properties["path"].(string), "/"), "/")
			count["/"+path]++
			visitors[e.AnonymousID] = true
			if e.Context["campaign"] != nil {
				count["campaign"]++
			}
			if e.Properties["referrer"] != nil {
				count["referrer"]++
			}
		case lead.Identify:
			count["identify by "+e.Origin.String()]++
			if e.AnonymousID != "" {
				known[e.AnonymousID] = true
			}
			for _, trait := range []string{"title", "company", "employees", "industry", "country"} {
				if e.Traits[trait] != nil {
					count[trait]++
				}
			}
		}
	}
	for _, name := range append([]string{
		"/", "/pricing", "/blog", "/careers", "/case-studies", "/docs", "campaign", "referrer",
		"identify by browser", "identify by server", "identify by import",
		"title", "company", "employees", "industry", "country",
	}, names...) {
		if count[name] < 10 {
			t.Errorf("%s: %d times only", name, count[name])
		}
	}
	if share := float64(len(known)) / float64(len(visitors)); share < 0.15 || share > 0.6 {
		t.Errorf("%.0f %% of browsers are known in the end, want between 15 and 60", 100*share)
	}
}

func TestPeopleKeepHours(t *testing.T) {
	t.Parallel()
	byDay, byMonth := [7]int{}, [13]int{}
	for e := range New(3, Options{Leads: 500}).History {
		byDay[e.Occurred.UTC().Weekday()]++
		byMonth[e.Occurred.UTC().Month()]++
	}
	if byDay[time.Sunday]*2 > byDay[time.Tuesday] {
		t.Errorf("Sundays are not quiet: %v", byDay)
	}
	if byMonth[time.August]*5 > byMonth[time.October]*4 {
		t.Errorf("August is not quieter than October: %v", byMonth)
	}
	d := newDice(1)
	for _, p := range places {
		r := office
		r.offset = p.offset()
		for range 200 {
			at := defaultEnd.Add(d.Int64N(365 * lead.Day))
			there := r.attend(d, at)
			hour := there.Add(r.offset).UTC().Hour()
			if there < at || there > at.Add(5*lead.Day) || hour < 8 || hour >= 18 {
				t.Fatalf("somebody in %s who is called at %s is there at %s", p.country, at, there)
			}
		}
	}
}

// Whoever wants more does more: otherwise there would be nothing to find.
func TestIntentDrivesBehaviour(t *testing.T) {
	t.Parallel()
	c := New(4, Options{})
	var asked, others, all []float64
	demos := map[string]int{}
	for n := range uint64(2000) {
		p := c.person(n, c.start, false)
		acts := c.journey(p)
		all = append(all, float64(len(acts)))
		if p.asked {
			asked = append(asked, p.intent)
			demos[p.persona.name]++
		} else {
			others = append(others, p.intent)
		}
	}
	if mean(asked) < 2*mean(others) {
		t.Errorf("who asks for a demo has an intent of %.2f, others of %.2f", mean(asked), mean(others))
	}
	if demos["vp"] < 10 || demos["student"]+demos["careers"] > 0 {
		t.Errorf("demos are asked for by %v", demos)
	}
	if m := mean(all); m < 10 || m > 50 {
		t.Errorf("a person does %.1f things", m)
	}
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

func take(n int, from func(func(lead.Event) bool)) []lead.Event {
	var events []lead.Event
	for e := range from {
		if events = append(events, e); len(events) == n {
			break
		}
	}
	return events
}

func TestLiveContinuesTheHistory(t *testing.T) {
	t.Parallel()
	c := small(5)
	all := history(c)
	for _, at := range []int{0, 1, len(all) / 3, len(all) - 20} {
		from := all[at].Occurred
		for at > 0 && all[at-1].Occurred == from {
			at--
		}
		rest := all[at:]
		if got := take(len(rest), c.Live(from, 1)); !reflect.DeepEqual(got, rest) {
			t.Errorf("from event %d on, what comes live is not what the history tells", at)
		}
	}
	// Past the end the company goes on.
	live := take(200, c.Live(c.end, 0))
	if len(live) != 200 || live[0].Occurred < c.end {
		t.Fatalf("%d events from %s on", len(live), live[0].Occurred)
	}
	if span := int64(live[199].Occurred - live[0].Occurred); span < 3*lead.Day || span > 200*lead.Day {
		t.Errorf("200 events take %d hours", span/lead.Hour)
	}
	for i, e := range take(200, c.Live(c.end, 60)) {
		want := live[i]
		want.Occurred = c.end + lead.Time(float64(want.Occurred-c.end)/60)
		if !reflect.DeepEqual(e, want) {
			t.Fatalf("sixty times as fast, event %d is %+v, want %+v", i, e, want)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	end := lead.Time(1_700_000_000_000)
	for _, o := range []Options{
		{Leads: 50, End: end, Start: end.Add(-10 * lead.Day)},
		{Leads: 50, End: end, Start: end.Add(-3 * 365 * lead.Day)},
		{Leads: 1, End: end},
		{Leads: 20, End: end, Start: end},
	} {
		c := New(6, o)
		people := map[string]bool{}
		for e := range c.History {
			if e.Occurred < c.start || e.Occurred >= c.end {
				t.Errorf("%+v: an event at %s", o, e.Occurred)
			}
			if who := strings.Split(e.MessageID, "_")[2]; len(who) < len("4294967296") {
				people[who] = true
			}
		}
		if len(people) > o.Leads {
			t.Errorf("%+v: %d people", o, len(people))
		}
		if o.Leads == 50 && len(people) < 40 {
			t.Errorf("%+v: %d people only", o, len(people))
		}
	}
}

func ExampleCompany_History() {
	for e := range New(1, Options{Leads: 10}).History {
		fmt.Println(e.Type, e.Name != "")
		break
	}
	// Output: page true
}

func BenchmarkHistory(b *testing.B) {
	n := 0
	for b.Loop() {
		n = 0
		New(1, Options{}).History(func(lead.Event) bool { n++; return true })
	}
	b.ReportMetric(float64(n), "events/op")
}
