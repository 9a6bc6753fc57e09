package identity

import (
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"galena/internal/lead"
)

// maxPhone bounds a number as written: E.164 has 15 digits, people write signs
// and an extension around them.
const maxPhone = 64

// Phone reads a number. match is the form by which people are recognised, as
// +4930123456; display is as it was written, trimmed. A number without its
// country's code is read as one of region, two letters as in DE; "" reads none.
// Numbers that cannot exist are not taken, and neither are those that a person
// shares with others: lines that are known to be fixed, which offices and homes
// have, free and shared-cost ones, services, and numbers with an extension, where
// it is the switchboard that is dialled.
func Phone(s, region string) (match, display string, ok bool) {
	display = strings.TrimSpace(s)
	if len(display) > maxPhone || !utf8.ValidString(display) {
		return "", "", false
	}
	n, err := phonenumbers.Parse(display, strings.ToUpper(region))
	if err != nil || n.GetExtension() != "" || !phonenumbers.IsValidNumber(n) {
		return "", "", false
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.PERSONAL_NUMBER:
		return phonenumbers.Format(n, phonenumbers.E164), display, true
	}
	return "", "", false
}

// PhoneOf is the number that an event says is its person's: the trait phone of an
// identify. Its country, where it names none, is the person's by the traits
// address.country or country, else by context.location.country.
func PhoneOf(e *lead.Event) (match, display string) {
	if e.Type != lead.Identify {
		return "", ""
	}
	fallback, _ := e.Context["traits"].(map[string]any)
	raw, given := e.Traits["phone"]
	if !given {
		raw = fallback["phone"]
	}
	text, isText := raw.(string)
	if !isText {
		return "", ""
	}
	match, display, _ = Phone(text, region(e.Traits, fallback, e.Context))
	return match, display
}

// region finds a country of two letters.
func region(traits, fallback, context map[string]any) string {
	location, _ := context["location"].(map[string]any)
	for _, from := range []map[string]any{traits, fallback, location} {
		address, _ := from["address"].(map[string]any)
		for _, raw := range []any{address["country"], from["country"]} {
			if code, ok := raw.(string); ok && len(code) == 2 {
				return code
			}
		}
	}
	return ""
}
