package identity

import (
	"testing"
	"unicode/utf8"

	"galena/internal/lead"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ written, region, match, display string }{
		{"+49 1512 3456789", "", "+4915123456789", "+49 1512 3456789"},
		{" +49 (0)1512/345-6789 ", "", "+4915123456789", "+49 (0)1512/345-6789"},
		{"0049 1512 3456789", "DE", "+4915123456789", "0049 1512 3456789"},
		{"01512 3456789", "DE", "+4915123456789", "01512 3456789"},
		{"01512 3456789", "de", "+4915123456789", "01512 3456789"},
		{"07400 123456", "GB", "+447400123456", "07400 123456"},
		{"(415) 555-2671", "US", "+14155552671", "(415) 555-2671"},
		{"+1 415 555 2671", "DE", "+14155552671", "+1 415 555 2671"},
		{"٠٧٤٠٠ ١٢٣٤٥٦", "GB", "+447400123456", "٠٧٤٠٠ ١٢٣٤٥٦"},
		// Without a country nobody knows whose it is.
		{"01512 3456789", "", "", ""},
		{"01512 3456789", "ZZ", "", ""},
		{"01512 3456789", "nowhere", "", ""},
		// Shared, or nobody's.
		{"+49 30 901820", "", "", ""},
		{"+1 800 555 0199", "", "", ""},
		{"+44 20 7946 0018", "", "", ""},
		{"+1 415 555 2671 ext. 17", "", "", ""},
		{"+49 1512 3456789x5", "", "", ""},
		{"112", "DE", "", ""},
		{"+1 000 000 0000", "", "", ""},
		{"+999 123 456 789", "", "", ""},
		// No number at all.
		{"", "DE", "", ""},
		{"call me", "DE", "", ""},
		{"ada@corp.example", "US", "", ""},
		{"\xff+4915123456789", "", "", ""},
		{"+4915123456789                                                       .", "", "", ""},
	} {
		match, display, ok := Phone(c.written, c.region)
		if match != c.match || display != c.display || ok != (c.match != "") {
			t.Errorf("%q in %q is %q, shown %q, %t; want %q, %q", c.written, c.region, match, display, ok, c.match, c.display)
		}
		if again, _, ok := Phone(match, ""); c.match != "" && (again != match || !ok) {
			t.Errorf("%q is read again as %q", match, again)
		}
	}
}

func TestPhoneOf(t *testing.T) {
	t.Parallel()
	const text = "01512 3456789"
	country := func(code any) map[string]any { return map[string]any{"country": code} }
	for name, c := range map[string]struct {
		e    lead.Event
		want string
	}{
		"by its own code":         {lead.Event{Traits: map[string]any{"phone": "+4915123456789"}}, "+4915123456789"},
		"by the address":          {lead.Event{Traits: map[string]any{"phone": text, "address": country("DE")}}, "+4915123456789"},
		"by the country":          {lead.Event{Traits: map[string]any{"phone": text, "country": "DE"}}, "+4915123456789"},
		"by the location":         {lead.Event{Traits: map[string]any{"phone": text}, Context: map[string]any{"location": country("DE")}}, "+4915123456789"},
		"in the context's traits": {lead.Event{Context: map[string]any{"traits": map[string]any{"phone": text, "country": "DE"}}}, "+4915123456789"},
		"the address first":       {lead.Event{Traits: map[string]any{"phone": text, "country": "GB", "address": country("DE")}}, "+4915123456789"},
		"a name of a country":     {lead.Event{Traits: map[string]any{"phone": text, "country": "Germany"}}, ""},
		"no country":              {lead.Event{Traits: map[string]any{"phone": text}}, ""},
		"cleared":                 {lead.Event{Traits: map[string]any{"phone": nil}, Context: map[string]any{"traits": map[string]any{"phone": "+4915123456789"}}}, ""},
		"a number of JSON":        {lead.Event{Traits: map[string]any{"phone": 4915123456789.0}}, ""},
		"odd types":               {lead.Event{Traits: map[string]any{"phone": text, "address": "DE", "country": 49}}, ""},
		"none":                    {lead.Event{}, ""},
	} {
		c.e.Type = lead.Identify
		if got, _ := PhoneOf(&c.e); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		c.e.Type = lead.Group
		if got, _ := PhoneOf(&c.e); got != "" {
			t.Errorf("%s: a group has the number %q", name, got)
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"+49 1512 3456789", "tel:+1-415-555-2671;ext=3", "(415) 555-2671", "+++", "\x00", "٠٧٤٠٠ ١٢٣٤٥٦", ";phone-context=+49", "１２３"} {
		f.Add(s, "US")
		f.Add(s, "DE")
	}
	f.Fuzz(func(t *testing.T, s, region string) {
		match, display, ok := Phone(s, region)
		if !ok {
			if match != "" || display != "" {
				t.Errorf("%q is none, and is %q", s, match)
			}
			return
		}
		if len(match) > 16 || match[0] != '+' || !utf8.ValidString(display) {
			t.Errorf("%q is %q, shown %q", s, match, display)
		}
		if again, _, ok := Phone(match, ""); !ok || again != match {
			t.Errorf("%q is %q, and that is %q", s, match, again)
		}
	})
}
