// Package pipeline carries events from the doors into the log: dedupe, identity,
// the engine's step, one commit; and the wake-ups of leads about which something
// changes by itself.
//
// It reads no clock but the store's, speaks no protocol and knows no command.
package pipeline

import "galena/internal/lead"

// Batch is what a door hands over in one call: events, opened, with Seq, Lead and
// Received not yet set, and what the door refused. Both are committed together.
type Batch struct {
	Events  []lead.Event
	Rejects []lead.Reject
}

// Receipt tells what became of a Batch that was committed.
type Receipt struct {
	Accepted   int // events now in the log, the first time
	Duplicates int // events whose message id was known, in the log or earlier in the batch
}
