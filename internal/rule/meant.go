package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// What people write into forms for numbers and times, and what they mean by it.

var (
	spokenSpan = regexp.MustCompile(`^([0-9]{1,6})\s*(\p{L}+)\.?$`)
	// A comma before groups of three digits parts thousands; before others it is a
	// decimal one.
	groupedNumber = regexp.MustCompile(`^-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$`)
	commaNumber   = regexp.MustCompile(`^-?[0-9]+,[0-9]+$`)
)

// MeantSpan is a duration as conditions and playbooks write it: of "3 weeks", "3W" and
// "3 Wochen" it is 3w. What it cannot read, or what has no fixed length, such as a
// month, it gives back as it is.
func MeantSpan(text string) string {
	if span, sure := spanMeant(text); sure {
		return span
	}
	return text
}

// spanMeant is the duration that somebody probably means, "" if none is near; sure if it
// can mean no other.
func spanMeant(text string) (span string, sure bool) {
	m := spokenSpan.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", false
	}
	unit := strings.ToLower(m[2])
	if _, known := units[unit]; known {
		return m[1] + unit, m[2] != "M" // which are months to some
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return "", false
	}
	for _, f := range foreignUnits {
		if strings.Contains(f.words, " "+unit+" ") {
			return fmt.Sprintf("%d%s", n*f.times, f.unit), f.times == 1
		}
	}
	return "", false
}

// SpanLike is an example of a duration: what a text was probably meant to be, or another.
func SpanLike(text, other string) string {
	if span, _ := spanMeant(text); span != "" {
		return span
	}
	return other
}

// NumberLike is an example of a number: what a text with commas was probably meant to
// be, or another.
func NumberLike(text, other string) string {
	switch text = strings.TrimSpace(text); {
	case groupedNumber.MatchString(text):
		return strings.ReplaceAll(text, ",", "")
	case commaNumber.MatchString(text):
		return strings.Replace(text, ",", ".", 1)
	}
	return other
}
