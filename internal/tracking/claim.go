package tracking

import (
	"galena/internal/identity"
	"galena/internal/lead"
)

// emailEvents are the tracks that mail services send about a person whom they
// know by address only.
var emailEvents = map[string]bool{
	"Email Delivered":      true,
	"Email Opened":         true,
	"Email Clicked":        true,
	"Email Link Clicked":   true,
	"Email Bounced":        true,
	"Email Marked as Spam": true,
	"Email Unsubscribed":   true,
	"Unsubscribed":         true,
}

// claimedEmail is the address that the event says is its person's, in matching
// form; "" if it names none that could be one. Elsewhere, context.traits tells
// what the sender knew at the time and claims nothing.
func claimedEmail(e *lead.Event) string {
	var from map[string]any
	switch {
	case e.Type == lead.Identify:
		from = e.Traits
		if email, _ := from["email"].(string); email == "" {
			from, _ = e.Context["traits"].(map[string]any)
		}
	case e.Type == lead.Track && emailEvents[e.Name]:
		from, _ = e.Context["traits"].(map[string]any)
	}
	address, _ := from["email"].(string)
	if address == "" {
		return ""
	}
	match, _, _ := identity.Email(address)
	return match
}
