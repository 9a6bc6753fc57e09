package identity

import (
	"strings"
	"unicode"
)

// forbidden are the texts that programs write where they have no id, in lower
// case. Whoever shared one would be taken for one person.
var forbidden = map[string]bool{
	"": true, "null": true, "undefined": true, "none": true, "nil": true, "nan": true,
	"true": true, "false": true, "0": true, "-0": true, "0.0": true, "-1": true,
	"[object object]": true, "{}": true, "[]": true, "\"\"": true, "''": true,
	"anonymous": true, "anonymous_id": true, "anonymousid": true, "anon": true,
	"guest": true, "visitor": true, "unknown": true, "unidentified": true,
	"id": true, "user_id": true, "userid": true, "distinct_id": true,
	"n/a": true, "na": true, "not_authenticated": true, "not set": true, "(not set)": true,
	"00000000-0000-0000-0000-000000000000": true,
}

// Forbidden says whether id names nobody: it is blank, a word that programs
// write when they have no id, or nothing but characters that were lost.
func Forbidden(id string) bool {
	const longest = 36
	bare := strings.TrimFunc(id, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
	})
	return len(bare) <= longest && forbidden[strings.ToLower(bare)]
}
