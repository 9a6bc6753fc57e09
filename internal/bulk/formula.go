package bulk

import (
	"strings"
	"unicode/utf8"
)

// Spreadsheets run a cell that begins like a formula. Export puts an apostrophe
// before such a cell, and before one that looks like a guarded one, so that
// import can take exactly one away and get back what was there.

// risky says whether a spreadsheet may take s for a formula. The replacement
// character stands for a NUL: export mends one, and a reader may drop it.
func risky(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	if s == "" {
		return false
	}
	return strings.ContainsRune("=+-@\t\r\x00＝＋－＠\ufffd", c)
}

// guard makes s safe to open in a spreadsheet.
func guard(s string) string {
	if risky(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// unguard takes away what guard added.
func unguard(s string) string {
	if strings.HasPrefix(s, "'") && risky(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}
