package bulk

import (
	"bufio"
	"io"
	"strings"
)

// sheet writes a CSV table after RFC 4180 that is safe to open in a spreadsheet.
type sheet struct {
	w     *bufio.Writer
	wrote bool // a cell of the row at hand
}

func newSheet(w io.Writer) *sheet { return &sheet{w: bufio.NewWriter(w)} }

// text writes a cell that came from anyone.
func (s *sheet) text(cell string) {
	cell, _ = mend(cell)
	s.own(guard(cell))
}

// own writes a cell that only we can have made, such as a number.
func (s *sheet) own(cell string) {
	if s.wrote {
		s.w.WriteByte(',')
	}
	s.wrote = true
	// Every usual delimiter is quoted: a spreadsheet set up for another one must
	// not find the beginning of a cell inside a text.
	if !strings.ContainsAny(cell, delimiters+"\"\r\n") && strings.TrimSpace(cell) == cell {
		s.w.WriteString(cell)
		return
	}
	s.w.WriteByte('"')
	s.w.WriteString(strings.ReplaceAll(cell, `"`, `""`))
	s.w.WriteByte('"')
}

// end ends the row. Errors of writing are kept and told by flush.
func (s *sheet) end() {
	s.w.WriteString("\r\n")
	s.wrote = false
}

func (s *sheet) flush() error { return s.w.Flush() }
