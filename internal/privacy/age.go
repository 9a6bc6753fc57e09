package privacy

import (
	"fmt"
	"strconv"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
)

// Age is how old something may become before it goes: so many days or months. The
// zero Age is for ever.
type Age struct {
	N      int
	Months bool // else days
}

// Days and Months make ages.
func Days(n int) Age   { return Age{N: n} }
func Months(n int) Age { return Age{N: n, Months: true} }

// maxYears bounds an age. Who wants to keep something for longer keeps it for ever.
const maxYears = 20

// Never is the word for the zero Age.
const Never = "never"

// ParseAge reads an age as String writes it.
func ParseAge(text string) (Age, error) {
	text = strings.TrimSpace(text)
	if text == Never {
		return Age{}, nil
	}
	digits, months := strings.CutSuffix(text, "mo")
	if !months {
		digits, _ = strings.CutSuffix(text, "d")
	}
	n, err := strconv.Atoi(digits)
	most := maxYears * 12
	if !months {
		most = maxYears * 365
	}
	if err != nil || digits == text || n < 1 || n > most {
		return Age{}, fault.New(fault.Invalid, "%.40q is no age. Write days as 30d or months as 13mo, of %d years at most, or never.", text, maxYears)
	}
	return Age{n, months}, nil
}

// String writes an age as "30d", "13mo" or "never".
func (a Age) String() string {
	switch {
	case a.N == 0:
		return Never
	case a.Months:
		return fmt.Sprintf("%dmo", a.N)
	}
	return fmt.Sprintf("%dd", a.N)
}

// Words writes an age as people say it.
func (a Age) Words() string {
	unit := "days"
	switch {
	case a.N == 0:
		return "ever"
	case a.Months && a.N == 1:
		unit = "month"
	case a.Months:
		unit = "months"
	case a.N == 1:
		unit = "day"
	}
	return fmt.Sprintf("%d %s", a.N, unit)
}

// MarshalText writes an age as String does.
func (a Age) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Age) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAge(string(text))
	return err
}

// Ever says that it is for ever.
func (a Age) Ever() bool { return a.N == 0 }

// Before is the moment before which is older than the age what is looked at now; 0,
// before which there is nothing, of one that is for ever. Months are those of the
// calendar in UTC.
func (a Age) Before(now lead.Time) lead.Time {
	switch {
	case a.Ever():
		return 0
	case a.Months:
		return max(lead.TimeOf(now.UTC().AddDate(0, -a.N, 0)), 0)
	}
	return max(now-lead.Time(int64(a.N)*lead.Day), 0)
}

// Shorter says whether something goes sooner by this age than by another, seen from
// a moment.
func (a Age) Shorter(than Age, now lead.Time) bool { return a.Before(now) > than.Before(now) }
