package app

import (
	"bytes"
	"strings"
)

// Typed makes the bytes that somebody meant who was shown some in a text field and
// sent a text back. Browsers end lines as they like: lines at the beginning and at
// the end that say what they said stay as they were to the byte, and the others end
// as the first line did.
func Typed(text string, was []byte) []byte {
	before, now := linesOf(string(was)), linesOf(text)
	head := 0
	for head < len(before) && head < len(now) && before[head].same(now[head]) {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(now)-head && before[len(before)-1-tail].same(now[len(now)-1-tail]) {
		tail++
	}
	end := "\n"
	if len(before) > 0 && before[0].end != "" {
		end = before[0].end
	}
	var b bytes.Buffer
	write := func(l line) {
		if l.text == "" && l.end == "\n" && bytes.HasSuffix(b.Bytes(), []byte("\r")) {
			l.end = "\r" // both would end one line
		}
		b.WriteString(l.text + l.end)
	}
	put := func(lines []line) {
		for _, l := range lines {
			write(l)
		}
	}
	put(before[:head])
	for _, l := range now[head : len(now)-tail] {
		if l.end != "" {
			l.end = end
		}
		write(l)
	}
	put(before[len(before)-tail:])
	return b.Bytes()
}

type line struct{ text, end string }

// same says whether two lines differ in how they end at most.
func (l line) same(o line) bool { return l.text == o.text && (l.end == "") == (o.end == "") }

// linesOf splits a text where browsers do.
func linesOf(text string) []line {
	var all []line
	for text != "" {
		i := strings.IndexAny(text, "\r\n")
		if i < 0 {
			return append(all, line{text, ""})
		}
		n := 1
		if strings.HasPrefix(text[i:], "\r\n") {
			n = 2
		}
		all = append(all, line{text[:i], text[i : i+n]})
		text = text[i+n:]
	}
	return all
}
