package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/fault"
	"galena/internal/lead"
)

// printJSON writes a value for programs, over several lines; printLine on one.
func (s *session) printJSON(v any) error { return s.encode(v, jsontext.Multiline(true)) }

func (s *session) printLine(v any) error { return s.encode(v) }

func (s *session) encode(v any, options ...jsontext.Options) error {
	b, err := json.Marshal(v, append(options, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))...)
	if err != nil {
		return err
	}
	_, err = s.Stdout.Write(append(b, '\n'))
	return err
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// maxCell is how many characters of a cell are shown: all of a message id, but
// not all of a name of 8 KB, which would make every row as wide.
const maxCell = 100

// table prints rows under a heading, in columns as wide as they need to be.
// Numbers stand on the right. Cells are made safe for a terminal.
func table(w io.Writer, heading []string, rows [][]string) {
	width := make([]int, len(heading))
	for _, row := range append([][]string{heading}, rows...) {
		for i, cell := range row {
			cell = shorten(printable(cell))
			row[i] = cell
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	line := func(row []string) {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if numeric(cell) {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
			b.WriteString("  ")
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	line(heading)
	for _, row := range rows {
		line(row)
	}
}

func numeric(s string) bool {
	return s != "" && strings.Trim(s, "-+0123456789.,%") == ""
}

// shorten cuts a text that is too long for a cell.
func shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}

// printable makes a text that strangers wrote safe for a terminal: no control
// characters, none that change the direction of writing or end a line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			return '\uFFFD'
		}
		return r
	}, s)
}

// moment is a time for people, in the zone of the terminal.
func moment(t lead.Time) string {
	if t == 0 {
		return "–"
	}
	return time.UnixMilli(int64(t)).Format("2006-01-02 15:04")
}

// instant is a time to the millisecond, in the zone of the terminal, which it
// names, so that it can be given to --at.
func instant(t lead.Time) string {
	return time.UnixMilli(int64(t)).Format("2006-01-02T15:04:05.000Z07:00")
}

// signed writes points with their sign.
func signed(p lead.Points) string {
	if p > 0 {
		return "+" + p.String()
	}
	return p.String()
}

// atLeastNone refuses a number of things to list that is below 0, which stands for
// all.
func atLeastNone(flag string, n int) error {
	if n < 0 {
		return fault.New(fault.Invalid, "%s is %d; give a number from 0 on.", flag, n)
	}
	return nil
}
