package tracking

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// replacement is U+FFFD, which stands for text that was no Unicode.
var replacement = []byte("\uFFFD")

// mend replaces, within the strings of JSON text, what cannot be stored as text
// everywhere: invalid UTF-8, U+0000 raw or escaped, and halves of surrogate
// pairs. All else stays as it was, byte for byte. It says whether it changed
// anything; if not, it returns raw itself.
func mend(raw []byte) ([]byte, bool) {
	if utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 && !bytes.Contains(raw, []byte(`\u`)) {
		return raw, false
	}
	out := make([]byte, 0, len(raw)+len(raw)/8)
	mended, quoted := false, false
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '"':
			quoted = !quoted
			out, i = append(out, c), i+1
		case !quoted:
			out, i = append(out, c), i+1
		case c == 0:
			out, i, mended = append(out, replacement...), i+1, true
		case c == '\\' && escaped(raw[i:]) >= 0:
			n, ok := escapedLen(raw[i:])
			if ok {
				out = append(out, raw[i:i+n]...)
			} else {
				out, mended = append(out, `\ufffd`...), true
			}
			i += n
		case c == '\\':
			n := min(2, len(raw)-i)
			if n == 2 && raw[i+1] >= utf8.RuneSelf {
				n = 1 // not an escape; the next byte is looked at by itself
			}
			out, i = append(out, raw[i:i+n]...), i+n
		case c < utf8.RuneSelf:
			out, i = append(out, c), i+1
		default:
			r, n := utf8.DecodeRune(raw[i:])
			if r == utf8.RuneError && n == 1 {
				out, mended = append(out, replacement...), true
			} else {
				out = append(out, raw[i:i+n]...)
			}
			i += n
		}
	}
	if !mended {
		return raw, false
	}
	return out, true
}

// escapedLen measures the \u escape at the start of b, two of them if they are a
// surrogate pair; false if what it stands for is no storable character.
func escapedLen(b []byte) (int, bool) {
	const one = 6
	r := escaped(b)
	if !utf16.IsSurrogate(r) {
		return one, r != 0
	}
	if len(b) >= 2*one && utf16.DecodeRune(r, escaped(b[one:])) != utf8.RuneError {
		return 2 * one, true
	}
	return one, false
}

// escaped reads the \u escape at the start of b; -1 if there is none.
func escaped(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	r := rune(0)
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
