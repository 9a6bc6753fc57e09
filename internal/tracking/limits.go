package tracking

import "cmp"

// Limits bound what one request may cost. A zero field takes its default.
type Limits struct {
	// Body is the largest request body in bytes, before and after inflating.
	// Segment promises 500 KB; its libraries fill 512,000 bytes before the envelope.
	Body int
	// Waiting is how many bytes of bodies may be under way at once, from when they
	// are read to when they are answered; more are told to come again. An event in
	// memory takes several times its text.
	Waiting int
	// Ratio is how many times its own size a compressed body may inflate to.
	Ratio int
	// Events is the largest number of messages in a batch.
	Events int
	// Shared is the largest size in bytes of what a batch's messages have in common
	// once each of them has it.
	Shared int
	// Event is the largest message in bytes, as sent.
	Event int
	// Depth is how deep a message's objects and lists may nest, itself included.
	Depth int
	// Names is how many names each of properties, traits, context and the other
	// members of a message may hold, at all depths.
	Names int
	// Name is the longest name in bytes.
	Name int
	// Text is the longest identifier or event name in bytes; those are indexed.
	Text int
	// MessageID is the longest message id in bytes that is kept as it is; a
	// longer one is replaced by its hash.
	MessageID int
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Body:      cmp.Or(l.Body, 600_000),
		Waiting:   cmp.Or(l.Waiting, 40_000_000),
		Ratio:     cmp.Or(l.Ratio, 100),
		Events:    cmp.Or(l.Events, 2_500),
		Shared:    cmp.Or(l.Shared, 4<<20),
		Event:     cmp.Or(l.Event, 32<<10),
		Depth:     cmp.Or(l.Depth, 32),
		Names:     cmp.Or(l.Names, 1_000),
		Name:      cmp.Or(l.Name, 256),
		Text:      cmp.Or(l.Text, 8<<10),
		MessageID: cmp.Or(l.MessageID, 100),
	}
}
