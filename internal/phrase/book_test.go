package phrase

import (
	"fmt"
	"strings"
	"testing"
)

func TestABookFindsWhatWasSaid(t *testing.T) {
	t.Parallel()
	german := map[string]string{
		"row %d: %s": "Zeile %d: %s", "%s is %s; give an object": "%s ist %s; geben Sie ein Objekt", "a list": "eine Liste",
		"the name %q… has %d bytes; at most %d are taken": "%[2]d Bytes hat der Name %[1]q…; höchstens %[3]d gehen", "100%% of %s": "ganz %s",
		"the message is not JSON": "die Nachricht ist kein JSON", "the message is not JSON: %s": "die Nachricht ist kein JSON: %s", "%s %s": "%s %s",
	}
	var formats []string
	for english := range german {
		formats = append(formats, english)
	}
	book := NewBook(formats)
	tongue := Tongue(func(english string) string { return german[english] })
	for text, want := range map[string]string{
		"row 7: traits is a list; give an object":               "Zeile 7: traits ist eine Liste; geben Sie ein Objekt",
		`the name "a\n%d"… has 3000 bytes; at most 9 are taken`: `3000 Bytes hat der Name "a\n%d"…; höchstens 9 gehen`,
		"100% of it":                           "ganz it",
		"the message is not JSON":              "die Nachricht ist kein JSON",
		"the message is not JSON: a list":      "die Nachricht ist kein JSON: eine Liste",
		"the message is not JSON: row 1: 100%": "die Nachricht ist kein JSON: Zeile 1: 100%",
		"nobody":                               "nobody",
		"":                                     "",
	} {
		found := book.Find(text)
		if got := found.In(tongue); got != want && text != "nobody" && text != "" {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
		if got := found.String(); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

// A page of rejects, of which one is of the longest and none is known, takes no time.
func BenchmarkBook(b *testing.B) {
	var formats []string
	for i := range 100 {
		formats = append(formats, fmt.Sprintf("%%s of the message %d is %%.40s; give another", i))
	}
	book := NewBook(formats)
	text := strings.Repeat("x of the message ", 25)
	for b.Loop() {
		book.Find(text)
	}
}
