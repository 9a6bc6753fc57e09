package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"galena/internal/lead"
)

func (s *session) printJSON(v any) error {
	e := json.NewEncoder(s.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// table prints rows under a heading, in columns as wide as they need to be.
// Numbers stand on the right.
func table(w io.Writer, heading []string, rows [][]string) {
	width := make([]int, len(heading))
	for _, row := range append([][]string{heading}, rows...) {
		for i, cell := range row {
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

// printable makes a text that strangers wrote safe for a terminal: no control
// characters, none that change the direction of writing.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
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

// signed writes points with their sign.
func signed(p lead.Points) string {
	if p > 0 {
		return "+" + p.String()
	}
	return p.String()
}

// printLine writes one JSON object on a line.
func (s *session) printLine(v any) error {
	e := json.NewEncoder(s.Out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
