package bulk

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// Layouts that are no reference time.
const (
	layoutUnix      = "unix"
	layoutUnixMilli = "unix_ms"
)

// isoLayouts are read where a mapping names no layout.
var isoLayouts = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04", "2006-01-02"}

// parseTime reads a moment; the zone counts where the text names none.
func parseTime(text, layout string, zone *time.Location) (lead.Time, bool) {
	text = strings.TrimSpace(text)
	if layout == layoutUnix || layout == layoutUnixMilli {
		f, err := strconv.ParseFloat(text, 64)
		if layout == layoutUnix {
			f *= 1000
		}
		if err != nil || math.IsNaN(f) || f < 0 || f > maxTime {
			return 0, false
		}
		return lead.Time(f), true
	}
	layouts := isoLayouts
	if layout != "" {
		layouts = []string{layout}
	}
	for _, l := range layouts {
		// 07 stands for the offset in a layout, MST for the name of a zone.
		if strings.Contains(l, "07") || strings.Contains(l, "MST") {
			if at, err := time.ParseInLocation(l, text, zone); err == nil {
				return lead.TimeOf(at), true
			}
		} else if wall, err := time.Parse(l, text); err == nil {
			return lead.TimeOf(onClock(wall, zone)), true
		}
	}
	return 0, false
}

// maxTime is the end of the year 9999, which every text form can say.
const maxTime = 253402300799999

// parseNumber reads a plain decimal number as JSON, keeping its digits.
func parseNumber(text string) (jsontext.Value, bool) {
	s := strings.TrimPrefix(strings.TrimSpace(text), "+")
	if s == "" || strings.Trim(s, "0123456789.eE+-") != "" {
		return nil, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, false
	}
	if v := jsontext.Value(s); v.IsValid() {
		return v, true
	}
	return jsontext.Value(strconv.FormatFloat(f, 'g', -1, 64)), true // 01, .5
}

// value reads a datum from a row: what goes into the JSON of an event, nil if
// there is no value.
func (b *builder) value(r *record, d *Datum) (any, *problem) {
	if d.Column == "" {
		return d.Value, nil
	}
	c := r.cell(d.Column)
	if rest, ok := strings.CutPrefix(c.text, d.Strip); ok && d.Strip != "" {
		c = cell{text: rest}
	}
	if b.isMissing(c.text) {
		return nil, nil
	}
	switch d.Kind {
	case lead.Number:
		n, ok := readNumber(c, d.Numbers)
		if !ok {
			return nil, unreadable(d.Column, c.text, wantNumber(c.text, d.Numbers))
		}
		b.note(d, c.text, n)
		return n, nil
	case lead.Bool:
		v, ok := lead.Convert(c.text, lead.Bool)
		if !ok {
			return nil, unreadable(d.Column, c.text, phrase.New("yes or no; write true or false, or name the text under `missing`"))
		}
		return v.Num == 1, nil
	case lead.Moment:
		t, ok := parseTime(c.text, d.Layout, b.zone(d.Zone))
		if !ok {
			return nil, unreadable(d.Column, c.text, phrase.New("a time in the form of the mapping; give its `layout`, or name the text under `missing`"))
		}
		return t.String(), nil
	case lead.Missing:
		if c.raw != nil {
			return c.raw, nil
		}
		if d.Numbers != "" {
			if n, ok := readNumber(c, d.Numbers); ok {
				b.note(d, c.text, n)
				return n, nil
			}
		}
	}
	text, mended := mend(c.text)
	b.sanitised = b.sanitised || mended
	return text, nil
}

func unreadable(column, text string, want phrase.Phrase) *problem {
	return refusal("bad_value", "%s: %q is not %s", column, shorten(text), want)
}
