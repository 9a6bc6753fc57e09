package playbook

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// source is the text of a document with its lines, for places.
type source struct {
	text   []byte
	starts []int // offset of each line's first byte
}

const whiteSpace = " \t\r\n"

var byteOrderMark = []byte("\xef\xbb\xbf")

func newSource(text []byte) *source {
	text = bytes.TrimPrefix(text, byteOrderMark)
	s := &source{text: text, starts: []int{0}}
	for i := 0; i < len(text); {
		n := lineBreak(text[i:])
		if n == 0 {
			i++
			continue
		}
		i += n
		s.starts = append(s.starts, i)
	}
	return s
}

// lineBreak is the length of the line break that b begins with, 0 if none. YAML
// 1.1 readers also break lines at the three Unicode ones, and so columns
// and lines are counted like theirs.
func lineBreak(b []byte) int {
	switch b[0] {
	case '\r':
		if len(b) > 1 && b[1] == '\n' {
			return 2
		}
		return 1
	case '\n':
		return 1
	case 0xc2:
		if len(b) > 1 && b[1] == 0x85 {
			return 2
		}
	case 0xe2:
		if len(b) > 2 && b[1] == 0x80 && (b[2] == 0xa8 || b[2] == 0xa9) {
			return 3
		}
	}
	return 0
}

// line is the text of a line, counted from 1, without its break.
func (s *source) line(n int) []byte {
	end := len(s.text)
	if n < len(s.starts) {
		end = s.starts[n]
	}
	return bytes.TrimRight(s.text[s.starts[n-1]:end], "\r\n\u0085\u2028\u2029")
}

// place is the place of a byte.
func (s *source) place(offset int) Place {
	i, found := slices.BinarySearch(s.starts, offset)
	if !found {
		i--
	}
	return Place{Line: i + 1, Column: 1 + utf8.RuneCount(s.text[s.starts[i]:offset])}
}

// offset is the first byte of the character at a place; false if the place lies
// outside of the text.
func (s *source) offset(p Place) (int, bool) {
	if p.Line < 1 || p.Line > len(s.starts) || p.Column < 1 {
		return 0, false
	}
	at := s.starts[p.Line-1]
	for range p.Column - 1 {
		if at >= len(s.text) {
			return 0, false
		}
		_, n := utf8.DecodeRune(s.text[at:])
		at += n
	}
	return at, at < len(s.text)
}

// within finds the place of the byte at offset of a scalar's value, given where
// the scalar begins. It reads source and value side by side; where it loses the
// thread it answers with the scalar's beginning.
func (s *source) within(start Place, value string, offset int) Place {
	at, ok := s.offset(start)
	if !ok {
		return start
	}
	at = s.skipAnchor(at)
	quote := s.text[at]
	switch quote {
	case '"', '\'':
		at++
	case '|', '>':
		for at < len(s.text) && lineBreak(s.text[at:]) == 0 {
			at++
		}
	}
	end := len(strings.TrimRight(value, whiteSpace))
	for read := 0; ; {
		if read >= end {
			return s.place(at)
		}
		if text := s.text[at:]; quote != '"' || text[0] != '\\' {
			// However lines were folded and indented, white space stands for white space.
			at += len(text) - len(bytes.TrimLeft(text, whiteSpace))
			read += len(value[read:]) - len(strings.TrimLeft(value[read:], whiteSpace))
		}
		if read >= offset || at >= len(s.text) {
			return s.place(at)
		}
		took, gave := s.character(at, quote)
		if !strings.HasPrefix(value[read:], gave) {
			return start
		}
		at += took
		read += len(gave)
	}
}

// skipAnchor steps over an anchor before a scalar.
func (s *source) skipAnchor(at int) int {
	if s.text[at] != '&' {
		return at
	}
	end := bytes.IndexAny(s.text[at:], whiteSpace)
	if end < 0 {
		return at
	}
	after := at + end + len(s.text[at+end:]) - len(bytes.TrimLeft(s.text[at+end:], whiteSpace))
	if after == len(s.text) {
		return at
	}
	return after
}

// character reads one character of a scalar: how many bytes of the source it
// takes and what it stands for.
func (s *source) character(at int, quote byte) (took int, gave string) {
	text := s.text[at:]
	switch {
	case quote == '\'' && bytes.HasPrefix(text, []byte("''")):
		return 2, "'"
	case quote == '"' && text[0] == '\\' && len(text) > 1:
		return escape(text)
	}
	_, n := utf8.DecodeRune(text)
	return n, string(text[:n])
}

// escape reads an escape of a double-quoted scalar.
func escape(text []byte) (took int, gave string) {
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]; digits > 0 {
		if len(text) < 2+digits {
			return len(text), ""
		}
		code, err := strconv.ParseUint(string(text[2:2+digits]), 16, 32)
		if err != nil {
			return len(text), ""
		}
		return 2 + digits, string(rune(code))
	}
	if n := lineBreak(text[1:]); n > 0 {
		rest := text[1+n:]
		return 1 + n + len(rest) - len(bytes.TrimLeft(rest, " \t")), ""
	}
	for i := 0; i < len(escapes); i += 2 {
		if escapes[i] == text[1] {
			return 2, escapes[i+1 : i+2]
		}
	}
	return 2, string(text[1:2])
}

// escapes pairs the letters of short escapes with what they stand for; other
// letters stand for themselves.
const escapes = "0\x00a\ab\bt\tn\nv\vf\fr\re\x1b"
