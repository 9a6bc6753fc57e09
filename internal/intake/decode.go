package intake

import (
	"errors"
	"time"

	"galena/internal/lead"
	"galena/internal/tracking"
)

// Decode reads a tracking message of a file.
func Decode(line []byte) (lead.Event, *lead.Reject) {
	from := tracking.Arrival{Received: lead.TimeOf(time.Now()), Origin: lead.Import}
	m, err := tracking.Decoder{}.Message(line, 0, from)
	if refusal, ok := errors.AsType[*tracking.Refusal](err); ok {
		reject := refusal.Reject(0, line, from)
		return lead.Event{}, &reject
	}
	return m.Event, nil
}
