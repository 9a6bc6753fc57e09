package bulk

import (
	"bytes"
	"io"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// table cuts a CSV text into rows, a piece at a time.
//
// It is lenient where files in the world are: rows end with LF, CRLF or CR, a
// quote inside an unquoted cell is a letter, and quoted cells keep every byte.
// It is strict about quotes that open a cell. When they do not close, or text
// follows the one that closes, the row is refused up to its first line end, and
// reading goes on with the next line, so one stray quote costs one row and not
// the rest of the file.
type table struct {
	r         io.Reader
	delimiter byte

	buf    []byte // the unread bytes are buf[at:]
	at     int
	done   bool  // the reader is exhausted
	failed error // or has failed

	number    int // of the last row, from 1
	rescanned int // bytes of rows that were looked at in vain
}

// tableRow is one row: cells, or the reason why there are none.
type tableRow struct {
	number int
	cells  []string
	text   string // as read
	bad    *problem
}

// problem is why a row is refused.
type problem struct{ code, message string }

func refusal(code, format string, args ...any) *problem {
	return &problem{code, phrase.New(format, args...).String()}
}

const tableBuffer = 64 << 10

func newTable(r io.Reader, delimiter byte) *table {
	t := &table{r: r, delimiter: delimiter}
	t.fill()
	return t
}

// fill reads until the buffer is full, having grown it if nothing could be freed.
func (t *table) fill() {
	if t.at > 0 {
		t.buf = t.buf[:copy(t.buf, t.buf[t.at:])]
		t.at = 0
	} else if len(t.buf) == cap(t.buf) {
		grown := make([]byte, len(t.buf), max(tableBuffer, 2*cap(t.buf)))
		copy(grown, t.buf)
		t.buf = grown
	}
	n, err := io.ReadFull(t.r, t.buf[len(t.buf):cap(t.buf)])
	t.buf = t.buf[:len(t.buf)+n]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		t.done = true
	} else if err != nil {
		t.done, t.failed = true, err
	}
}

// next gives the next row that is not blank; io.EOF after the last.
func (t *table) next() (tableRow, error) {
	for {
		if t.failed != nil {
			return tableRow{}, fault.Wrap(t.failed, fault.Invalid, "the file could not be read after row %d", t.number)
		}
		data := t.buf[t.at:]
		if len(data) == 0 && t.done {
			return tableRow{}, io.EOF
		}
		cells, width, state := cut(data, t.delimiter, t.done)
		if state == rowOpen && len(data) <= MaxRow && !t.done {
			t.fill()
			continue
		}
		t.number++
		if state == rowWhole {
			t.at += width
			if row, blank := t.whole(cells, data[:width]); !blank {
				return row, nil
			}
			continue
		}
		row := tableRow{number: t.number, bad: badQuotes}
		if len(data) > MaxRow && state == rowOpen {
			row.bad = rowTooLong
		}
		t.rescanned += width
		row.text = decodeText(t.skipLine())
		if t.rescanned > MaxRescan {
			return tableRow{}, fault.New(fault.Invalid, "too many cells have quotes that never close, the last in row %d: is %q the delimiter, and are the texts quoted with double quotes?", t.number, t.delimiter)
		}
		return row, nil
	}
}

var (
	badQuotes  = refusal("bad_quotes", "a cell begins with a quote that does not end the cell: double the quotes inside it and close it, or leave it unquoted")
	rowTooLong = refusal("row_too_long", "the row is longer than 1 MiB: shorten it, or close the quotes in it")
)

// whole makes a row of cells that were found complete.
func (t *table) whole(cells [][]byte, data []byte) (row tableRow, blank bool) {
	row = tableRow{number: t.number, text: decodeText(bytes.TrimRight(data, "\r\n"))}
	if len(data) > MaxRow {
		row.bad = rowTooLong
		return row, false
	}
	row.cells = make([]string, len(cells))
	blank = true
	for i, c := range cells {
		row.cells[i] = decodeText(c)
		blank = blank && len(c) == 0
	}
	return row, blank
}

// skipLine passes over what is left of the line and gives its beginning.
func (t *table) skipLine() []byte {
	var head []byte
	for {
		data := t.buf[t.at:]
		end := bytes.IndexAny(data, "\r\n")
		if end >= 0 {
			head = append(head, data[:min(end, MaxRow-min(len(head), MaxRow))]...)
			t.at += end + 1
			if data[end] == '\r' {
				t.skipLF()
			}
			return head
		}
		head = append(head, data[:min(len(data), MaxRow-min(len(head), MaxRow))]...)
		t.at = len(t.buf)
		if t.done {
			return head
		}
		t.fill()
	}
}

// skipLF passes over the LF of a CRLF.
func (t *table) skipLF() {
	if t.at == len(t.buf) && !t.done {
		t.fill()
	}
	if t.at < len(t.buf) && t.buf[t.at] == '\n' {
		t.at++
	}
}

type rowState uint8

const (
	rowWhole rowState = iota
	rowOpen           // it goes on past data
	rowTorn           // its quotes are broken
)

// cut takes the first row off data: its cells, and its width with the line end;
// of a row that is not whole the width is what was looked at. whole says that
// nothing follows data.
func cut(data []byte, delimiter byte, whole bool) (cells [][]byte, width int, state rowState) {
	i := 0
	for {
		var cell []byte
		if i < len(data) && data[i] == '"' {
			var ok bool
			if cell, i, ok = quoted(data, i+1, whole); !ok {
				return nil, len(data), rowOpen
			}
		} else {
			start := i
			for i < len(data) && data[i] != delimiter && data[i] != '\n' && data[i] != '\r' {
				i++
			}
			cell = data[start:i]
		}
		cells = append(cells, cell)
		switch {
		case i == len(data):
			if !whole {
				return nil, len(data), rowOpen
			}
			return cells, i, rowWhole
		case data[i] == delimiter:
			i++
		case data[i] == '\n':
			return cells, i + 1, rowWhole
		case data[i] == '\r':
			if i+1 == len(data) && !whole {
				return nil, len(data), rowOpen
			}
			if i+1 < len(data) && data[i+1] == '\n' {
				i++
			}
			return cells, i + 1, rowWhole
		default:
			return nil, i, rowTorn
		}
	}
}

// quoted reads a cell from behind its opening quote to behind its closing one;
// false if data ends before.
func quoted(data []byte, from int, whole bool) (cell []byte, next int, ok bool) {
	doubled := false
	for i := from; ; {
		j := bytes.IndexByte(data[i:], '"')
		if j < 0 {
			return nil, 0, false
		}
		i += j + 1
		if i < len(data) && data[i] == '"' {
			doubled = true
			i++
			continue
		}
		if i == len(data) && !whole {
			return nil, 0, false
		}
		cell = data[from : i-1]
		if doubled {
			cell = bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
		}
		return cell, i, true
	}
}
