package privacy

import (
	"testing"
	"time"

	"galena/internal/lead"
)

func TestAge(t *testing.T) {
	t.Parallel()
	now := lead.TimeOf(time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC))
	for text, before := range map[string]string{
		"never": "1970-01-01T00:00:00Z", "14d": "2026-03-17T12:00:00Z", "13mo": "2025-03-03T12:00:00Z", "1d": "2026-03-30T12:00:00Z", "240mo": "2006-03-31T12:00:00Z",
	} {
		a, err := ParseAge(text)
		if err != nil || a.String() != text {
			t.Errorf("%s is read as %s, %v", text, a, err)
		}
		// No 31st of February: the calendar goes on into March.
		if got := a.Before(now).UTC().Format(time.RFC3339); got != before {
			t.Errorf("%s before %s is %s, want %s", text, now, got, before)
		}
	}
	for _, text := range []string{"", "0d", "-1d", "1", "d", "mo", "241mo", "7301d", "1.5mo", "ever"} {
		if a, err := ParseAge(text); err == nil {
			t.Errorf("%q is read as %s", text, a)
		}
	}
	if !Months(1).Shorter(Age{}, now) || Months(1).Shorter(Days(28), now) || Days(28).Shorter(Days(28), now) {
		t.Error("what is shorter is not")
	}
}
