package tracking

import (
	"net/netip"

	"galena/internal/lead"
	"galena/internal/privacy"
)

// Arrival is what a door knows of a message besides its text.
type Arrival struct {
	// Received is when the message came. No event is dated later.
	Received lead.Time
	// Origin is how far the sender is believed. Messages of a file
	// (lead.Import) are not corrected for the sender's clock: their sentAt was
	// long ago.
	Origin lead.Origin
	// Source is the id of the write key or import.
	Source int64
	// Backfill marks history; see lead.Event.
	Backfill bool
	// Address is the sender's, not valid if unknown. What is kept of it becomes
	// context.ip of browser messages that have none.
	Address netip.Addr
	// Addresses is what is kept of addresses; "" cuts them.
	Addresses privacy.Addresses
	// Passing is the id under which what happened is taken if the message names
	// nobody; "" refuses it.
	Passing string
	// Objects says that the browser objects to being followed, and that this counts.
	Objects bool
	// Key is the write key itself, which is blanked in what is kept of refused
	// messages.
	Key string
}

// Warning is the code of something that was put right in a message, or left out.
type Warning string

const (
	// WarnIDDropped: an identifier that names nobody, such as "null", was left out.
	WarnIDDropped Warning = "id_dropped"
	// WarnMessageIDHashed: the message id was too long and is kept as its hash.
	WarnMessageIDHashed Warning = "message_id_hashed"
	// WarnTimeIgnored: the time could not be read, or is before 1970; the event
	// is dated by its arrival.
	WarnTimeIgnored Warning = "timestamp_ignored"
	// WarnFuture: the time lay well after the arrival; the event is dated by its arrival.
	WarnFuture Warning = "timestamp_in_future"
	// WarnSanitised: text that was no Unicode was mended.
	WarnSanitised Warning = "sanitised"
)
