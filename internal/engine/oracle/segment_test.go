package oracle

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine/oracle/generate"
)

var segmentLine = regexp.MustCompile(`(?m)^  (segment_\d): \{when: '(.*)'\}\n`)

// TestSegmentsAreTheirConditions puts in place of each segment's name what it
// stands for, as text.
func TestSegmentsAreTheirConditions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := generate.Any(generate.Options{}).Draw(t, "case")
		written := segmentLine.ReplaceAllString(c.Playbook, "")
		for _, m := range segmentLine.FindAllStringSubmatch(c.Playbook, -1) {
			name := regexp.MustCompile(`\b` + m[1] + `\b`)
			written = name.ReplaceAllLiteralString(written, "("+m[2]+")")
		}
		if written == c.Playbook {
			return
		}
		short, long := compile(t, c.Playbook), compile(t, written)
		for _, at := range c.Looks {
			want := byEngine(t, long, c.Events, at)
			for name, fold := range folds {
				if got := fold(t, []Version{{Plan: short}}, c.Events, at); got.String() != want.String() {
					t.Fatalf("%s at %d:\n%s", name, at, difference(want.String(), got.String()))
				}
			}
		}
	})
}
