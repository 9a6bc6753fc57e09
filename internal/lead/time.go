package lead

import "time"

// Time is a moment in milliseconds since 1970-01-01T00:00:00Z. Zero means
// "never" or "not set" where a field allows it; no event is dated that early.
type Time int64

// Millisecond, Second, … are durations on the same scale as Time.
const (
	Millisecond int64 = 1
	Second            = 1000 * Millisecond
	Minute            = 60 * Second
	Hour              = 60 * Minute
	Day               = 24 * Hour
	Week              = 7 * Day
)

// Never is later than every moment that can occur.
const Never Time = 1<<63 - 1

// TimeOf cuts t to the millisecond (towards the past).
func TimeOf(t time.Time) Time { return Time(t.UnixMilli()) }

// UTC is t as a time.Time in UTC.
func (t Time) UTC() time.Time { return time.UnixMilli(int64(t)).UTC() }

// Add moves t by a duration in milliseconds.
func (t Time) Add(ms int64) Time { return t + Time(ms) }

// String writes t as RFC 3339 in UTC with milliseconds; zero is "".
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// MarshalText and UnmarshalText use the form of String.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads RFC 3339; empty text is zero.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = 0
		return nil
	}
	at, err := time.Parse(time.RFC3339, string(b))
	if err != nil {
		return err
	}
	*t = TimeOf(at)
	return nil
}
