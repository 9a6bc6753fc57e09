package spelling

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"points", "limit", "minimum", "decay", "cap"}
	for word, want := range map[string]string{
		"poins": "points", "Points": "points", "pionts": "points", "limits": "limit", "minimun": "minimum",
		"cpa": "cap", strings.Repeat("x", maxWord+1): "", "colour": "", "x": "", "": "", "decision": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	// Of equally near words the answer must not hang on the order in which they come.
	for _, known := range [][]string{{"ab", "ac"}, {"ac", "ab"}} {
		if got := Nearest("ad", known); got != "ab" {
			t.Errorf("nearest among %q is %q", known, got)
		}
	}
}
