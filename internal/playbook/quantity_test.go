package playbook

import (
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"30d": 30 * lead.Day, "12h": 12 * lead.Hour, "90m": 90 * lead.Minute, "45s": 45 * lead.Second,
		"2w": 14 * lead.Day, "500ms": 500, "0d": 0, "36500d": maxSpan,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "d", "30", "30 d", "-1d", "+1d", "1.5h", "1y", "1D", "36501d", "99999999999999999999d",
		"9223372036854775807w", "1h30m", "0x1d", "1_0d", "³d",
	} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %d, want an error", text, got)
		}
	}
}

func TestDurationsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]int64{lead.Millisecond, lead.Second, lead.Minute, lead.Hour, lead.Day, lead.Week}).Draw(t, "unit")
		ms := rapid.Int64Range(0, maxSpan/unit).Draw(t, "n") * unit
		if back, err := ParseDuration(FormatDuration(ms)); err != nil || back != ms {
			t.Fatalf("%d ms is written %s and read %d, %v", ms, FormatDuration(ms), back, err)
		}
	})
}
