package rule

import (
	"fmt"
	"strconv"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// units are the units of durations.
var units = map[string]int64{
	"ms": lead.Millisecond,
	"s":  lead.Second,
	"m":  lead.Minute,
	"h":  lead.Hour,
	"d":  lead.Day,
	"w":  lead.Week,
}

// foreignUnits are words that people write for units, in the languages of the pages,
// with what is meant.
var foreignUnits = []struct {
	words string
	times int64
	unit  string
}{
	{" msec msecs millisecond milliseconds millisekunde millisekunden ", 1, "ms"},
	{" sec secs second seconds sek sekunde sekunden ", 1, "s"},
	{" min mins minute minutes minuten ", 1, "m"},
	{" hr hrs hour hours std stunde stunden ", 1, "h"},
	{" day days tag tage tagen ", 1, "d"},
	{" wk wks week weeks woche wochen ", 1, "w"},
	{" mo mon month months monat monate monaten ", 30, "d"},
	{" y yr yrs year years jahr jahre jahren ", 365, "d"},
}

// parseDuration reads a number and its unit as milliseconds. whole says that the
// number has neither decimals nor an exponent.
func parseDuration(number, unit string, whole bool) (int64, *Problem) {
	written := number + unit
	size, known := units[unit]
	if !known {
		p := &Problem{
			Message:  phrase.New("%s is no unit of time.", unit),
			Found:    phrase.Verbatim(written),
			Expected: phrase.New("a number with ms, s, m, h, d or w"),
		}
		if isDigit(unit[len(unit)-1]) || strings.ContainsAny(unit, "0123456789") {
			p.Message = phrase.New("A duration has one number and one unit.")
			p.Suggestion = phrase.New("write 90m for an hour and a half")
			return 0, p
		}
		for _, f := range foreignUnits {
			if n, err := strconv.ParseInt(number, 10, 32); err == nil && strings.Contains(f.words, " "+strings.ToLower(unit)+" ") {
				p.Suggestion = phrase.New("write %s", fmt.Sprintf("%d%s", n*f.times, f.unit))
			}
		}
		if _, upper := units[strings.ToLower(unit)]; upper && p.Suggestion.IsZero() {
			p.Suggestion = phrase.New("write %s", strings.ToLower(written))
		}
		return 0, p
	}
	if !whole {
		return 0, &Problem{
			Message:    phrase.New("A duration is a whole number of its unit."),
			Found:      phrase.Verbatim(written),
			Expected:   phrase.New("a whole number"),
			Suggestion: phrase.New("use a smaller unit: 90m for an hour and a half"),
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > MaxSpan/size {
		return 0, &Problem{
			Message:  phrase.New("A duration is at most ten years."),
			Found:    phrase.Verbatim(written),
			Expected: phrase.New("at most 3650d"),
		}
	}
	return n * size, nil
}

// writeDuration writes milliseconds in the largest unit that needs no fraction.
func writeDuration(ms int64) string {
	for _, u := range []string{"d", "h", "m", "s"} {
		if ms%units[u] == 0 {
			return strconv.FormatInt(ms/units[u], 10) + u
		}
	}
	return strconv.FormatInt(ms, 10) + "ms"
}
