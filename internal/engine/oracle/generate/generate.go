// Package generate makes random playbooks and histories for tests of the engine:
// few signals, short windows and small half-lives, so that moments collide as
// they seldom do in life but sometimes must.
//
// Playbooks are made as text, so that the parser and the compiler are tested
// along. It is used by tests only, and knows neither the engine nor the oracle.
package generate

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// Case is a playbook, a lead's history under it, and moments to look at the lead.
type Case struct {
	Playbook string       // YAML
	Events   []lead.Event // open, in the order of the log; at least one
	Looks    []lead.Time  // none before the first event takes effect
}

// Options are for tests that want a scale of their own.
type Options struct {
	// Scale, unless 0, is the milliseconds of which every duration is a small
	// multiple.
	Scale int64
	// Stretch, unless 0, multiplies silences and the times of decays. A playbook has none
	// below a minute; a test that wants them shorter divides those of the plan.
	Stretch int64
}

// Any makes cases.
func Any(o Options) *rapid.Generator[Case] {
	return rapid.Custom(func(t *rapid.T) Case {
		w := drawWorld(t, o)
		return Case{
			Playbook: w.playbook(t, o),
			Events:   w.history(t),
			Looks:    w.looks(t),
		}
	})
}

// GoString is String: rapid shows what it drew by it.
func (c Case) GoString() string { return "\n" + c.String() }

// String is the case as a person may read it.
func (c Case) String() string {
	var b strings.Builder
	b.WriteString(c.Playbook)
	for i := range c.Events {
		e := &c.Events[i]
		kind := "live"
		if e.Backfill {
			kind = "backfill"
		}
		fmt.Fprintf(&b, "%3d %s effective %d occurred %d %-8s %s %q user=%q email=%q company=%q group=%q %s\n",
			e.Seq, e.MessageID, e.Effective(), e.Occurred, kind, e.Type, e.Name, e.UserID, e.Email, e.Company, e.GroupID, e.Body)
	}
	fmt.Fprintf(&b, "looks %d\n", c.Looks)
	return b.String()
}

// world is what a playbook and a history must agree on to meet.
type world struct {
	zone  string
	start lead.Time // near a moment at which calendars are awkward
	scale int64     // milliseconds; every duration is a small multiple of it
	// wanted are the sorts of events that the playbook's signals are about.
	wanted []sort
	last   lead.Time // the last effective moment, once there is a history
	at     []lead.Time
	places []string // stages and exits into which a person may put the lead
	// renames says that playbooks have stages of any names and roles.
	renames bool
}

// beginnings are zones with moments near which their days, weeks or months are
// not what they usually are.
var beginnings = []struct {
	zone  string
	start string
}{
	{"UTC", "2025-12-31T23:00:00.000Z"},
	{"Europe/Berlin", "2026-03-28T22:30:00.000Z"},         // the day of 23 hours begins
	{"Europe/Berlin", "2026-10-24T21:30:00.000Z"},         // the day of 25 hours begins
	{"America/New_York", "2026-11-01T03:30:00.000Z"},      // likewise, also the month
	{"Australia/Lord_Howe", "2026-04-04T12:30:00.000Z"},   // half an hour is turned back
	{"Africa/Cairo", "2026-04-23T21:30:00.000Z"},          // midnight does not exist
	{"Asia/Kathmandu", "2026-02-28T17:45:00.000Z"},        // a quarter of an hour past
	{"Pacific/Kiritimati", "2026-06-30T09:30:00.000Z"},    // fourteen hours ahead
	{"America/St_Johns", "2024-02-29T03:00:00.000Z"},      // a leap day
	{"Europe/London", "2026-03-29T00:59:59.000Z"},         // a second before summer
	{"America/Sao_Paulo", "1999-12-31T23:59:59.000Z"},     // a zone that has given summer time up
	{"Pacific/Chatham", "2026-09-26T13:30:00.000Z"},       // the other half's spring
	{"Africa/Casablanca", "2026-02-14T23:30:00.000Z"},     // standard time in a month only
	{"Antarctica/Troll", "2026-10-25T00:30:00.000Z"},      // two hours at once
	{"America/Argentina/Ushuaia", "2026-01-04T22:00:00Z"}, // a Sunday's last hours
}

func drawWorld(t *rapid.T, o Options) *world {
	b := beginnings[between(t, 0, len(beginnings)-1, "beginning")]
	w := &world{
		zone:  b.zone,
		scale: among(t, []int64{lead.Minute + 7, lead.Hour, 12 * lead.Hour, lead.Day}, "scale"),
	}
	if o.Scale != 0 {
		w.scale = o.Scale
	}
	if err := w.start.UnmarshalText([]byte(b.start)); err != nil {
		panic(err) // the table above is wrong
	}
	return w
}

// duration is a small multiple of the scale, as playbooks write durations.
func (w *world) duration(t *rapid.T, label string) string {
	return fmt.Sprintf("%dms", w.scale*int64(between(t, 1, 6, label)))
}
