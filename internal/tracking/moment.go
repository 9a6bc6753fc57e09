package tracking

import (
	"time"

	"galena/internal/lead"
)

// layouts are the forms in which libraries write moments, the commonest first.
// A fraction of a second is read after each that has seconds; days and months
// may have one digit; without a zone it is UTC.
var layouts = [...]string{
	time.RFC3339,
	"2006-1-2T15:04:05Z07:00",
	"2006-1-2T15:04:05Z0700",
	"2006-1-2T15:04:05",
	"2006-1-2T15:04Z07:00",
	"2006-1-2T15:04",
	"2006-1-2 15:04:05Z07:00",
	"2006-1-2 15:04:05",
	"2006-1-2",
}

// longestMoment bounds what is tried as a moment.
const longestMoment = 64

// parseMoment reads a moment; false if it is none, or not after 1970 began, as
// Go's zero time is not.
func parseMoment(s string) (lead.Time, bool) {
	if len(s) > longestMoment {
		return 0, false
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			at := lead.TimeOf(t)
			return at, at > 0
		}
	}
	return 0, false
}

// moment reads a member that is a moment; 0 for none.
func (d *draft) moment(f *field) lead.Time {
	if f.none() {
		return 0
	}
	at, ok := parseMoment(f.text)
	if !ok {
		d.warn(WarnTimeIgnored)
		return 0
	}
	return at
}

// futureTolerance is how far ahead a clock may be without being remarked on.
const futureTolerance = 5 * lead.Minute

// date sets when the event occurred: the sender's time, moved by as much as the
// sender's clock, at sending, differed from ours.
func (d *draft) date() {
	e, received := &d.event, d.from.Received
	at, sent := d.timestamp, d.sent
	if at == 0 {
		at = d.original
	}
	if sent == 0 {
		sent = d.around.sent
	}
	switch {
	case at == 0:
		at = received
	case sent != 0 && d.from.Origin != lead.Import:
		at = received.Add(int64(at - sent))
	}
	switch {
	case at > received.Add(futureTolerance):
		d.warn(WarnFuture)
		at = received
	case at > received:
		at = received
	case at <= 0:
		d.warn(WarnTimeIgnored)
		at = received
	}
	e.Occurred = at
}
