package sim

import (
	"iter"
	"time"

	"galena/internal/lead"
)

// Load says how a company's events are sent to measure whoever takes them.
type Load struct {
	// Rate is how many events come in a second, of all senders together; 0 is as
	// many as are taken.
	Rate float64
	// Senders is how many there are, Sender which of them this one is, from 0.
	// What one person does comes from one sender, in order; 0 senders are one.
	Senders, Sender int
}

// Load gives events without end, each with the time after the beginning at which
// it is due. They are those of History and then of Live; due times are a Poisson
// process of the rate. Everything follows from the seed and the arguments, whatever
// the time of day: whoever sends them waits until they are due, and sets Occurred
// to its own time if need be. Message ids never repeat.
func (c *Company) Load(o Load) iter.Seq2[time.Duration, lead.Event] {
	senders := uint64(max(o.Senders, 1))
	return func(yield func(time.Duration, lead.Event) bool) {
		d := newDice(c.seed, saltLoad)
		due := 0.0
		c.acts(c.start, lead.Never, func(a *act) bool {
			if o.Rate > 0 {
				due += d.ExpFloat64() / o.Rate
			}
			if a.who.number%senders != uint64(o.Sender) {
				return true
			}
			return yield(time.Duration(due*float64(time.Second)), c.event(a))
		})
	}
}

// Message is an event of this package as the message that a library sends.
func Message(e *lead.Event) []byte {
	b := append(make([]byte, 0, 256+len(e.Body)), `{"type":`...)
	b = appendText(b, e.Type.String())
	for _, m := range []struct{ name, value string }{
		{`,"messageId":`, e.MessageID}, {`,"userId":`, e.UserID}, {`,"anonymousId":`, e.AnonymousID},
	} {
		if m.value != "" {
			b = appendText(append(b, m.name...), m.value)
		}
	}
	if e.Name != "" {
		name := `,"name":`
		if e.Type == lead.Track {
			name = `,"event":`
		}
		b = appendText(append(b, name...), e.Name)
	}
	b = appendText(append(b, `,"timestamp":`...), e.Occurred.String())
	if len(e.Body) > len(`{}`) {
		return append(append(b, ','), e.Body[1:]...)
	}
	return append(b, '}')
}
