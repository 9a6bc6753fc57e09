package bench

import (
	"fmt"
	"math/rand/v2"

	"galena/internal/identity"
	"galena/internal/lead"
)

// lives are the histories of invented visitors and leads, each the same whenever
// it is asked for: sessions of about eight events, days or weeks apart, over a
// year; seven of ten people stay unknown.
type lives struct {
	seed uint64
	// mean is how many events a life has on average.
	mean int
}

const (
	livesBegin = lead.Time(1_735_689_600_000) // 2025-01-01
	livesSpan  = 365 * lead.Day
	// livesEnd is when they are looked at.
	livesEnd = livesBegin + lead.Time(livesSpan) + lead.Time(30*lead.Day)
)

// doing is what may happen on a visit, so often in a thousand.
type doing struct {
	often int
	page  string // a path; "" for an act
	act   string
}

// doings are mostly pages, of which few say anything, as on every site.
var doings = []doing{
	{190, "/", ""}, {130, "/product", ""}, {110, "/blog/", ""}, {90, "/docs/", ""}, {60, "/customers", ""},
	{55, "/pricing", ""}, {8, "/careers/engineer", ""}, {7, "/pricing/teams", ""},
	{120, "", "Article Read"}, {90, "", "Link Clicked"}, {50, "", "Video Watched"}, {35, "", "Email Opened"},
	{20, "", "Email Link Clicked"}, {13, "", "Ebook Downloaded"}, {8, "", "Webinar Attended"}, {6, "", "Case Study Downloaded"},
	{3, "", "Signed Up"}, {2, "", "Trial Started"}, {2, "", "Demo Requested"}, {1, "", "Unsubscribed"},
}

var titles = []string{"VP Marketing", "Head of Sales", "Engineer", "Intern", "Founder", "Account Manager", "Student", "Analyst"}

// life is the whole history of one person, in the order of the fold, with bodies
// as a website's library sends them; not opened.
func (l lives) life(n int) []lead.Event {
	r := rand.New(rand.NewPCG(l.seed, uint64(n)))
	known := r.IntN(10) < 3
	sessions := 1 + r.IntN(2*l.mean/meanSession)
	at := livesBegin.Add(r.Int64N(livesSpan / 2))
	var events []lead.Event
	for range sessions {
		who := lead.Event{AnonymousID: fmt.Sprintf("browser-%x", n), Origin: lead.Browser}
		if known {
			who.UserID = fmt.Sprintf("user-%x", n)
		}
		for i := range 1 + r.IntN(2*meanSession-1) {
			at = at.Add(lead.Second + r.Int64N(3*lead.Minute))
			e := who
			e.Occurred, e.Received = at, at.Add(r.Int64N(2*lead.Second))
			e.MessageID = fmt.Sprintf("life-%x-%x", n, len(events))
			if known && i == 0 {
				identified(&e, n)
			} else {
				act(&e, r)
			}
			events = append(events, e)
		}
		at = at.Add(lead.Hour + r.Int64N(livesSpan/int64(2*sessions)))
	}
	// What was received later may have been sent before it.
	for i := 1; i < len(events); i++ {
		events[i].Received = max(events[i].Received, events[i-1].Received)
	}
	for i := range events {
		events[i].Seq = int64(i + 1)
	}
	return events
}

const bodyContext = `"context":{"library":{"name":"analytics.js","version":"next-1.84.3"},"locale":"en-GB","timezone":"Europe/Berlin",` +
	`"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"}}`

func identified(e *lead.Event, n int) {
	address := fmt.Sprintf("person-%d@company-%d.example", n, n/5)
	e.Type = lead.Identify
	e.Email, _, _ = identity.Email(address)
	e.Company = identity.Company(e.Email)
	e.Body = fmt.Appendf(nil, `{"traits":{"email":"%s","firstName":"Ada","title":"%s","employees":%d,"industry":"Software","country":"DE"},`+bodyContext,
		address, titles[n%len(titles)], 10+n%400*2)
}

func act(e *lead.Event, r *rand.Rand) {
	d := doings[0]
	for i, k := 0, r.IntN(1000); i < len(doings); i++ {
		if d = doings[i]; k < d.often {
			break
		}
		k -= d.often
	}
	if d.page == "" {
		e.Type, e.Name = lead.Track, d.act
		e.Body = fmt.Appendf(nil, `{"properties":{"plan":"team","seats":%d,"path":"/product"},`+bodyContext, r.IntN(200))
		return
	}
	path := d.page
	if path[len(path)-1] == '/' && len(path) > 1 {
		path += fmt.Sprint("article-", r.IntN(200))
	}
	e.Type, e.Name = lead.Page, "Page"
	e.Body = fmt.Appendf(nil, `{"properties":{"path":"%s","url":"https://www.galena.example%s","title":"A page of the site","referrer":"https://search.example/"},`+bodyContext, path, path)
}

// open opens events, which the bodies above cannot refuse.
func open(events []lead.Event) error {
	for i := range events {
		if err := events[i].Open(); err != nil {
			return err
		}
	}
	return nil
}
