package bulk

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	bomUTF8    = "\xef\xbb\xbf"
	bomUTF16LE = "\xff\xfe"
	bomUTF16BE = "\xfe\xff"
)

// charsetSample is how much is looked at to recognise UTF-16 without a mark.
const charsetSample = 512

// unmarked strips a byte order mark and turns UTF-16 into UTF-8. Eight-bit texts
// pass as they are: whether a cell is UTF-8 is asked cell by cell, see decodeText.
func unmarked(b *bufio.Reader) io.Reader {
	head, _ := b.Peek(charsetSample) // an error shows again on reading
	switch {
	case bytes.HasPrefix(head, []byte(bomUTF8)):
		_, _ = b.Discard(len(bomUTF8)) // was just peeked
		return b
	case bytes.HasPrefix(head, []byte(bomUTF16LE)):
		return utf16Reader(b, unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte(bomUTF16BE)):
		return utf16Reader(b, unicode.BigEndian)
	}
	// Text in a Latin script has a zero in every other byte of UTF-16, and one
	// without a mark is told by that.
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch most := len(head) / 4; {
	case zeros[1] > most && zeros[0] == 0:
		return utf16Reader(b, unicode.LittleEndian)
	case zeros[0] > most && zeros[1] == 0:
		return utf16Reader(b, unicode.BigEndian)
	}
	return b
}

func utf16Reader(r io.Reader, e unicode.Endianness) io.Reader {
	return transform.NewReader(r, unicode.UTF16(e, unicode.UseBOM).NewDecoder())
}

// decodeText reads b as UTF-8, and as Windows-1252 if it is not. The question is
// asked of each cell: files are pasted together from several sources, and text
// in Windows-1252 is all but never valid UTF-8 by chance.
func decodeText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, err := charmap.Windows1252.NewDecoder().String(string(b))
	if err != nil { // the decoder maps every byte
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return s
}

// mend replaces what no store can keep as text; true if there was any.
func mend(s string) (string, bool) {
	if !strings.ContainsRune(s, 0) {
		return s, false
	}
	return strings.ReplaceAll(s, "\x00", "\ufffd"), true
}
