package playbook

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// What a duration may be.
const (
	minSpan = lead.Minute          // of a silence and a decay: less is no rhythm of people
	maxSpan = 100 * 365 * lead.Day // so that moments stay far from overflow
)

// ParseDuration reads a duration as playbooks write it (30d, 12h, 90m, 45s, 2w,
// 500ms) into milliseconds.
func ParseDuration(s string) (int64, error) {
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	unit, known := map[string]int64{
		"ms": lead.Millisecond, "s": lead.Second, "m": lead.Minute,
		"h": lead.Hour, "d": lead.Day, "w": lead.Week,
	}[s[len(digits):]]
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case !known || err != nil && (digits == "" || strings.Trim(digits, "0123456789") != ""):
		return 0, fault.New(fault.Invalid, "%q is not a duration such as 30d, 12h, 90m, 45s, 2w or 500ms", s)
	case err != nil || int64(n) > maxSpan/unit:
		return 0, fault.New(fault.Invalid, "%q is longer than 100 years", s)
	}
	return int64(n) * unit, nil
}

// FormatDuration writes milliseconds as ParseDuration reads them, in the largest
// unit that is exact; weeks are written as days.
func FormatDuration(ms int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{lead.Day, "d"}, {lead.Hour, "h"}, {lead.Minute, "m"}, {lead.Second, "s"}} {
		if ms != 0 && ms%u.size == 0 {
			return strconv.FormatInt(ms/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(ms, 10) + "ms"
}

// scalar is the text of a field that holds one plain value; false (and reported)
// if it holds something else.
func (o object) scalar(field string, expected phrase.Phrase) (string, bool) {
	n := o.values[field]
	if n == nil {
		return "", false
	}
	n = follow(n)
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		o.mismatch(n, o.pathOf(field), phrase.New("%q has a value of the wrong kind", field), expected)
		return "", false
	}
	return n.Value, true
}

// duration reads a duration of at least so many milliseconds; 0 if there is none.
func (o object) duration(field string, least int64) int64 {
	s, ok := o.scalar(field, phrase.New("a duration such as 30d"))
	if !ok {
		return 0
	}
	ms, err := ParseDuration(s)
	switch {
	case err != nil:
		o.report(o.at(field), o.pathOf(field), "%s", fault.Said(err))
		return 0
	case ms < least:
		o.report(o.at(field), o.pathOf(field), "%q is %s; it must be at least %s", field, quote(s), FormatDuration(least))
		return 0
	}
	return ms
}

// number checks that a node is an unquoted number and gives its digits.
func (r *reader) number(n *yaml.Node, path string, what phrase.Phrase) (string, bool) {
	n = follow(n)
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Tag == "!!bool":
		r.mismatch(n, path, phrase.New("%s is not a number", what), phrase.New("a number"))
	case n.Style&quoted != 0:
		r.mismatch(n, path, phrase.New("%s is not a number", what), phrase.New("a number without quotes"))
	default:
		return n.Value, true
	}
	return "", false
}

// pointsOf reads a number of points.
func (r *reader) pointsOf(n *yaml.Node, path string, what phrase.Phrase) (lead.Points, bool) {
	s, ok := r.number(n, path, what)
	if !ok {
		return 0, false
	}
	p, err := lead.ParsePoints(s)
	if err != nil || leadingZero(s) {
		n = follow(n)
		r.mismatch(n, path, phrase.New("%s is not a number of points", what), phrase.New("a number with at most three decimals between -1000000 and 1000000, without leading zeros"))
		return 0, false
	}
	return p, true
}

// leadingZero says whether YAML readers disagree about a number: to some of them
// 017 is fifteen.
func leadingZero(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return len(s) > 1 && s[0] == '0' && s[1] != '.'
}

// bound reads a cap or a floor; nil if there is none.
func (o object) bound(field string) *lead.Points {
	n := o.values[field]
	if n == nil {
		return nil
	}
	p, ok := o.pointsOf(n, o.pathOf(field), inQuotes(field))
	if !ok {
		return nil
	}
	return &p
}

// bounds reads cap and floor and checks them against each other.
func (o object) bounds() (most, least *lead.Points) {
	most, least = o.bound("cap"), o.bound("floor")
	if most != nil && least != nil && *most < *least {
		o.report(o.at("cap"), o.pathOf("cap"), "the cap %v lies below the floor %v", *most, *least)
	}
	return most, least
}

// whole reads a whole number between 1 and maxOccurrences.
func (o object) whole(field string) (int64, bool) {
	n := o.values[field]
	if n == nil {
		return 0, false
	}
	s, ok := o.number(n, o.pathOf(field), inQuotes(field))
	if !ok {
		return 0, false
	}
	return o.wholeOf(field, s)
}

func (o object) wholeOf(field, digits string) (int64, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > maxOccurrences || leadingZero(digits) {
		o.add(Problem{Line: o.at(field).Line, Column: o.at(field).Column, Path: o.pathOf(field),
			Message: phrase.New("%q is not a number of times", field), Found: phrase.Verbatim(quote(digits)),
			Expected: phrase.New("a whole number from 1 to %d", maxOccurrences)})
		return 0, false
	}
	return n, true
}

// MaxPerPeriod bounds the number of a limit by period: the engine remembers four
// times as many dates, and so the last four full periods.
const MaxPerPeriod = 100

// limit reads how often a rule gives its points.
func (o object) limit() Limit {
	const field = "limit"
	expected := phrase.New(`"once", a number, or a number "per" day, week, month or a duration such as 30d`)
	s, ok := o.scalar(field, expected)
	if !ok {
		return Limit{}
	}
	if s == "once" {
		return Limit{N: 1}
	}
	wrong := Problem{Line: o.at(field).Line, Column: o.at(field).Column, Path: o.pathOf(field),
		Message: phrase.New("this is not a limit"), Found: phrase.Verbatim(quote(s)), Expected: expected}
	count, period, periodic := strings.Cut(s, " per ")
	if strings.Trim(count, "+-0123456789._") != "" {
		if rest, ok := strings.CutPrefix(s, "once per "); ok {
			wrong.Suggestion = didYouMean("1 per " + rest)
		}
		o.add(wrong)
		return Limit{}
	}
	n, ok := o.wholeOf(field, count)
	if !ok {
		return Limit{}
	}
	limit := Limit{N: n}
	if !periodic {
		return limit
	}
	switch period {
	case "day":
		limit.Period = PerDay
	case "week":
		limit.Period = PerWeek
	case "month":
		limit.Period = PerMonth
	default:
		span, err := ParseDuration(period)
		if err != nil || span == 0 {
			if better := spelling.Nearest(period, []string{"day", "week", "month"}); better != "" {
				wrong.Suggestion = didYouMean(count + " per " + better)
			}
			o.add(wrong)
			return Limit{}
		}
		limit.Period, limit.Span = Rolling, span
	}
	if n > MaxPerPeriod {
		wrong.Message = phrase.New("a limit by period is at most %d", MaxPerPeriod)
		wrong.Expected = phrase.New("a smaller number, or a cap on the rule")
		o.add(wrong)
		return Limit{}
	}
	return limit
}

// moment reads a moment with its zone; 0 if there is none.
func (o object) moment(field string) lead.Time {
	expected := phrase.New("a moment with its zone such as 2026-01-05T09:00:00Z")
	s, ok := o.scalar(field, expected)
	if !ok {
		return 0
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1971 || t.Year() > 2200 {
		o.mismatch(follow(o.values[field]), o.pathOf(field), phrase.New("%q is not a moment between 1971 and 2200", field), expected)
		return 0
	}
	return lead.TimeOf(t)
}
