package phrase

import "testing"

func TestPhrases(t *testing.T) {
	t.Parallel()
	german := Tongue(func(english string) string {
		if own := map[string]string{"Row %d: %s": "Zeile %d: %s", "%s has %d": "%[2]d hat %[1]s", "100%%": "ganze 100%%"}[english]; own != "" {
			return own
		}
		return english
	})
	for _, test := range []struct {
		p      Phrase
		en, de string
	}{
		{New("Row %d: %s", 2, New("%s has %d", "Ada", 3)), "Row 2: Ada has 3", "Zeile 2: 3 hat Ada"},
		{New("Row %d: %s", 2, "100%"), "Row 2: 100%", "Zeile 2: 100%"},
		{New("100%%"), "100%", "ganze 100%"},
		{New("nobody translated %q", "x"), `nobody translated "x"`, `nobody translated "x"`},
		{Lines(New("100%%"), New("Row %d: %s", 2, "a\nb")), "100%\nRow 2: a\nb", "ganze 100%\nZeile 2: a\nb"},
		{Lines(), "", ""},
		{Phrase{}, "", ""},
	} {
		if test.p.String() != test.en || test.p.In(german) != test.de {
			t.Errorf("%q and %q, want %q and %q", test.p, test.p.In(german), test.en, test.de)
		}
	}
}
