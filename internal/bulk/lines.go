package bulk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"galena/internal/fault"
)

// lines cuts an NDJSON text into lines.
type lines struct {
	r      *bufio.Reader
	number int
	ahead  *peeked
}

// peeked is what next will give.
type peeked struct {
	line
	err error
}

type line struct {
	number int
	text   []byte // without blanks around it
	bad    *problem
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 64<<10)} }

// peek gives what next will give.
func (l *lines) peek() (line, error) {
	n, err := l.next()
	l.ahead = &peeked{n, err}
	return n, err
}

// next gives the next line that is not blank; io.EOF after the last.
func (l *lines) next() (line, error) {
	if p := l.ahead; p != nil {
		l.ahead = nil
		return p.line, p.err
	}
	for {
		var text []byte
		width := 0
		for {
			part, err := l.r.ReadSlice('\n')
			width += len(part)
			text = append(text, part[:min(len(part), MaxRow-min(len(text), MaxRow))]...)
			if err == bufio.ErrBufferFull {
				continue
			}
			if err == io.EOF && width == 0 {
				return line{}, io.EOF
			}
			if err != nil && err != io.EOF {
				return line{}, fault.Wrap(err, fault.Invalid, "the file could not be read after line %d", l.number)
			}
			break
		}
		l.number++
		n := line{number: l.number, text: bytes.TrimSpace(text)}
		if width > MaxRow {
			n.bad = rowTooLong
		}
		if len(n.text) > 0 {
			return n, nil
		}
	}
}

// lineID is the message id of a line that has none.
func lineID(source string, text []byte) string {
	h := sha256.New()
	hashText(h, source)
	hashText(h, string(text))
	return "imp_" + hex.EncodeToString(h.Sum(nil))
}
