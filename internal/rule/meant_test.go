package rule

import "testing"

func TestMeantSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"30d": "30d", "30D": "30d", " 3 weeks ": "3w", "3 Wochen": "3w", "1 week": "1w", "12 Stunden": "12h", "12 Std.": "12h", "90min": "90m",
		"30 Tage": "30d", "0 days": "0d",
		// Months and years have no fixed length.
		"3 months": "3 months", "3M": "3M", "3 m": "3m", "1 Jahr": "1 Jahr",
		"": "", "soon": "soon", "3": "3", "1.5 weeks": "1.5 weeks", "-3 weeks": "-3 weeks", "2 weeks 3 days": "2 weeks 3 days", "3 parsecs": "3 parsecs",
	} {
		if got := MeantSpan(text); got != want {
			t.Errorf("MeantSpan(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestExamplesOfWhatWasMeant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1,5": "1.5", "-0,25": "-0.25", "10,000": "10000", "1,234,567.5": "1234567.5", "0,125": "0.125", "1,2345": "1.2345",
		"": "60", "many": "60", "1,2,3": "60", ",5": "60",
	} {
		if got := NumberLike(text, "60"); got != want {
			t.Errorf("NumberLike(%q) is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"3 months": "90d", "2 Jahre": "730d", "3 weeks": "3w", "soon": "30d"} {
		if got := SpanLike(text, "30d"); got != want {
			t.Errorf("SpanLike(%q) is %q, want %q", text, got, want)
		}
	}
}
