package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// The load: what a site with visitors and known people sends.
const (
	// openSessions is how many people act at the same time over one connection;
	// their events mix, as they do on the way from a site's own collector.
	openSessions = 50
	// meanSession is how many events a session has on average.
	meanSession = 8
	// percentAnonymous of the sessions are of visitors that nobody knows, half of
	// them here for the first time; the others are of leads that are there.
	percentAnonymous = 70
)

// script writes what people do, in the form of tracking messages.
type script struct {
	random *rand.Rand
	leads  int
	// scattered lets each event be another lead's, at random among all: no two
	// that come together are about the same person, and no row is near another.
	scattered bool
	sessions  [openSessions]session
}

type session struct {
	known   bool
	who     uint64
	left    int
	entered bool
}

func newScript(random *rand.Rand, leads int) *script {
	s := &script{random: random, leads: leads}
	for i := range s.sessions {
		s.sessions[i] = s.open()
	}
	return s
}

func (s *script) open() session {
	one := session{left: 1 + s.random.IntN(2*meanSession-1)}
	switch k := s.random.IntN(100); {
	case k >= percentAnonymous:
		one.known, one.who = true, uint64(s.random.IntN(s.leads))
	case k < percentAnonymous/2:
		one.who = s.random.Uint64()
	default: // a browser that was here when the leads came
		one.who = uint64(s.random.IntN(s.leads))
	}
	return one
}

// act writes the next event of some session and tells its type.
func (s *script) act(to []byte) (message []byte, kind string) {
	one := &s.sessions[s.random.IntN(openSessions)]
	if s.scattered {
		one = &session{known: true, who: uint64(s.random.IntN(s.leads)), left: 1, entered: true}
	}
	if one.left == 0 {
		*one = s.open()
	}
	one.left--
	switch {
	case one.known && !one.entered:
		one.entered = true
		to, kind = s.identify(to, one.who), "identify"
	case s.random.IntN(100) < 65:
		to, kind = s.visit(to, *one), "page"
	default:
		to, kind = s.track(to, *one), "track"
	}
	return to, kind
}

var (
	pages = []string{"/", "/product", "/pricing", "/blog/what-a-lead-is", "/customers", "/docs/start", "/pricing/teams"}
	deeds = []string{"Article Read", "Video Watched", "Whitepaper Downloaded", "Trial Started", "Demo Requested", "Webinar Registered", "Link Clicked"}
)

func (s *script) identify(to []byte, n uint64) []byte {
	to = s.head(to, "identify", session{known: true, who: n})
	return fmt.Appendf(to, `,"traits":{"email":"%s","firstName":"Ada","title":"Head of Sales","employees":%d,"industry":"software"}}`, address(n), n%400)
}

// address is that of the nth lead.
func address(n uint64) string { return fmt.Sprintf("person-%d@company-%d.example", n, n/5) }

func (s *script) visit(to []byte, one session) []byte {
	path := pages[s.random.IntN(len(pages))]
	to = s.head(to, "page", one)
	return fmt.Appendf(to, `,"name":"Page","properties":{"path":"%s","url":"https://www.galena.example%s","title":"A page of the site","referrer":"https://search.example/"}}`, path, path)
}

func (s *script) track(to []byte, one session) []byte {
	to = s.head(to, "track", one)
	return fmt.Appendf(to, `,"event":"%s","properties":{"plan":"team","seats":%d,"path":"/product"}}`, deeds[s.random.IntN(len(deeds))], s.random.IntN(200))
}

// head begins a message as the libraries in browsers do.
func (s *script) head(to []byte, kind string, one session) []byte {
	to = append(to, `{"type":"`...)
	to = append(to, kind...)
	to = append(to, `","messageId":"ajs-next-`...)
	to = strconv.AppendUint(to, s.random.Uint64(), 16)
	to = strconv.AppendUint(to, s.random.Uint64(), 16)
	if one.known {
		to = append(to, `","userId":"user-`...)
	} else {
		to = append(to, `","anonymousId":"browser-`...)
	}
	to = strconv.AppendUint(to, one.who, 16)
	to = append(to, `","timestamp":"`...)
	to = time.Now().UTC().AppendFormat(to, "2006-01-02T15:04:05.000Z")
	return append(to, `","context":{"library":{"name":"analytics.js","version":"next-1.84.3"},"locale":"en-GB","timezone":"Europe/Berlin","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"}`...)
}
