package bulk

import (
	"testing"
	"time"
	_ "time/tzdata" // as in the program

	"galena/internal/lead"
)

// Times that files hold and calendars do not agree about. "" is refused.
func TestOddTimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, layout, zone, want string }{
		{"2024-02-29", "", "", "2024-02-29T00:00:00.000Z"},
		{"2024-02-30", "", "", ""},
		{"2024-01-01 24:00", "", "", ""},
		{"2016-12-31T23:59:60Z", "", "", ""}, // a leap second
		{"-0001-01-01", "", "", ""},
		{"+275760-09-13", "", "", ""},
		{"10000-01-01", "", "", ""},
		{"2024-01-01T10:00:00+05:45", "", "", "2024-01-01T04:15:00.000Z"},
		{"2024-01-01T10:00:00+0545", "", "", "2024-01-01T04:15:00.000Z"},
		{"2024-01-01 10:00", "", "Asia/Kathmandu", "2024-01-01T04:15:00.000Z"},
		// The hour that spring leaves out is its end; of the hour that autumn has twice
		// the first is meant.
		{"2024-03-10 01:59", "", "America/New_York", "2024-03-10T06:59:00.000Z"},
		{"2024-03-10 02:00", "", "America/New_York", "2024-03-10T07:00:00.000Z"},
		{"2024-03-10 02:30", "", "America/New_York", "2024-03-10T07:00:00.000Z"},
		{"2024-03-10 03:00", "", "America/New_York", "2024-03-10T07:00:00.000Z"},
		{"2024-11-03 00:59", "", "America/New_York", "2024-11-03T04:59:00.000Z"},
		{"2024-11-03 02:00", "", "America/New_York", "2024-11-03T07:00:00.000Z"},
		{"2024-10-06 02:15", "", "Australia/Lord_Howe", "2024-10-05T15:30:00.000Z"},
		{"2024-03-10 02:30 EDT", "2006-01-02 15:04 MST", "America/New_York", "2024-03-10T06:30:00.000Z"},
		{"2024-11-03 01:30", "", "America/New_York", "2024-11-03T05:30:00.000Z"},
		{"2024-04-07 01:45", "", "Australia/Lord_Howe", "2024-04-06T14:45:00.000Z"},
		{"2011-12-30 12:00", "", "Pacific/Apia", "2011-12-30T10:00:00.000Z"}, // a day that was not
		{"31.12.2024 23:30", "02.01.2006 15:04", "Europe/Berlin", "2024-12-31T22:30:00.000Z"},
		{"1700000000", "unix", "", "2023-11-14T22:13:20.000Z"},
		{"1700000000.5", "unix", "", "2023-11-14T22:13:20.500Z"},
		{"1700000000000", "unix_ms", "", "2023-11-14T22:13:20.000Z"},
		{"1700000000000", "unix", "", ""},          // milliseconds for seconds
		{"1700000000000000000", "unix_ms", "", ""}, // nanoseconds for milliseconds
		{"-5", "unix", "", ""},
		{"1e300", "unix", "", ""},
		{"NaN", "unix", "", ""},
		{"0x10", "unix_ms", "", ""},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		var at lead.Time
		if read, ok := parseTime(c.text, c.layout, zone); ok {
			at = read
			got = at.String()
		}
		if got != c.want {
			t.Errorf("%q as %q in %q is %q, want %q", c.text, c.layout, c.zone, got, c.want)
		}
	}
}
