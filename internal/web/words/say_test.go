package words

import (
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/phrase"
)

func TestSay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const at = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z
	for _, test := range []struct {
		said   phrase.Phrase
		en, de string
	}{
		{phrase.New("PostgreSQL %s: %.1f MB", "18.1", 1234.56), "PostgreSQL 18.1: 1234.6 MB", "PostgreSQL 18.1: 1234,6 MB"},
		{phrase.New("log: %.1f MB", 0.04), "log: 0.0 MB", "Journal: 0,0 MB"},
		{phrase.New("the first pass begins at %s", at), "the first pass begins at 1 Mar 2026, 13:00:00 CET", "der erste Durchlauf beginnt am 1.3.2026, 13:00:00 CET"},
		{phrase.New("%s", phrase.New("schema %d: %d events, %d leads, %d identifiers", 11, int64(20_000_000), 1_000_000, 7)),
			"schema 11: 20,000,000 events, 1,000,000 leads, 7 identifiers", "Schema 11: 20.000.000 Ereignisse, 1.000.000 Leads, 7 Kennungen"},
		{phrase.New("(mode %o)", 0o755), "(mode 755)", "(mode 755)"},
	} {
		for lang, want := range map[string]string{"en": test.en, "de": test.de} {
			v := &Voice{Lang: lang, Zone: berlin, Now: at}
			if got := v.Say(test.said); got != want {
				t.Errorf("in %s it says %q, want %q", lang, got, want)
			}
		}
	}
}
