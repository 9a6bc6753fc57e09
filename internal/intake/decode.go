package intake

import (
	"errors"
	"time"

	"galena/internal/lead"
	"galena/internal/privacy"
	"galena/internal/tracking"
)

// Decode reads a tracking message of a file, with what is kept of addresses in it.
func Decode(line []byte, addresses privacy.Addresses) (lead.Event, *lead.Reject) {
	from := tracking.Arrival{Received: lead.TimeOf(time.Now()), Origin: lead.Import, Addresses: addresses}
	m, err := tracking.Decoder{}.Message(line, 0, from)
	if refusal, ok := errors.AsType[*tracking.Refusal](err); ok {
		reject := refusal.Reject(0, line, from)
		return lead.Event{}, &reject
	}
	return m.Event, nil
}
