package web

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks a letter is shown with: no writing needs as
// many, and more are drawn over the lines above and below.
const maxMarks = 8

// textArea is in which text is not only shown, but sent back.
var textArea = []byte("textarea")

// visible is a page whose text, whoever wrote it, looks like what it is: signs that
// nobody sees, or that turn what follows around, are spelled out, and marks are
// not piled up. What is in tags and in text areas stays, since forms send it back.
func visible(page []byte) []byte {
	out := make([]byte, 0, len(page))
	marks, editing := 0, false
	for len(page) > 0 {
		if page[0] == '<' { // within text it is always escaped, as is > within tags
			end := bytes.IndexByte(page, '>') + 1
			if end == 0 {
				end = len(page)
			}
			if tag := page[1:end]; bytes.HasPrefix(tag, textArea) {
				editing = true
			} else if bytes.HasPrefix(tag, []byte("/textarea")) {
				editing = false
			}
			out, page, marks = append(out, page[:end]...), page[end:], 0
			continue
		}
		r, size := rune(page[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(page)
		}
		switch {
		case editing || r < utf8.RuneSelf:
			marks = 0
		case deceives(r):
			out, page, marks = fmt.Appendf(out, "[U+%04X]", r), page[size:], 0
			continue
		case unicode.Is(unicode.Mn, r):
			if marks++; marks > maxMarks {
				page = page[size:]
				continue
			}
		default:
			marks = 0
		}
		out, page = append(out, page[:size]...), page[size:]
	}
	return out
}

// deceives says of a sign that it is not seen and makes a text look like another.
// Joiners stay, which emoji and some writings are made with, and marks of
// direction, which turn nothing around.
func deceives(r rune) bool {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069': // embeddings, overrides, isolates
		return true
	case r == '\u200b', r == '\u2060', r == '\ufeff': // of no width
		return true
	}
	return false
}

// seen says whether a text has anything that one can see.
func seen(text string) bool {
	for _, r := range text {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && r != '\u3164' && r != '\u2800' { // the last two are letters, and empty
			return true
		}
	}
	return false
}
