//go:build !race

// The race detector makes everything ten times as slow; what it looks for is not here.

package playbook

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestBombs loads texts made to cost time or memory.
func TestBombs(t *testing.T) {
	const size = MaxSource - 100
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	var directives, names, similar strings.Builder
	for i := range 100_000 {
		directives.WriteString("%TAG !" + strings.Repeat("a", i%7) + " b\n")
	}
	for i := range 1900 {
		n := strings.Repeat("a", 40) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		names.WriteString("  " + n + ": {event: X}\n")
		similar.WriteString("      - {on: " + n[:40] + "zzz, points: 1}\n")
	}
	var conditions strings.Builder
	for i := range MaxRules {
		conditions.WriteString("      - {name: r" + strconv.Itoa(i) + ", points: 1, when: '" + strings.Repeat("reachable && ", 70) + "true'}\n")
	}
	oneLine := "{galena: 1, name: x, time_zone: UTC, description: \"" + strings.Repeat("é", 4000) + "\", scores: {s: {rules: ["
	for i := range MaxRules {
		oneLine += "{name: r" + strconv.Itoa(i) + ", points: 1, label: '" + strings.Repeat("é", 150) + "', when: nobody > 1}, "
	}
	oneLine += "]}}}"
	ring := "signals:\n"
	for i := range 1999 {
		ring += "  s" + strconv.Itoa(i) + ": {any: s" + strconv.Itoa((i+1)%1999) + "}\n"
	}
	for name, text := range map[string]string{
		"brackets":       fill("["),
		"braces":         fill("{a: "),
		"questions":      fill("? "),
		"list":           "a: [" + fill("x,") + "]",
		"pairs":          "{" + fill("a: b,") + "}",
		"keys":           "? " + fill("a\n"),
		"lines":          fill("k: 1\n"),
		"scalar":         "name: " + fill("x"),
		"quotes":         "name: " + fill("''"),
		"escapes":        "name: \"" + fill("\\x41"),
		"block":          "name: |\n" + fill(" \n"),
		"comments":       fill("#\n"),
		"anchors":        "[" + strings.Repeat("&a a,", maxMarks-10) + "]",
		"documents":      fill("---\n"),
		"directives":     directives.String(),
		"spaces":         fill(" "),
		"long key":       fill("a ") + ": x",
		"bangs":          fill("!"),
		"too large":      strings.Repeat("#", MaxSource+1),
		"similar names":  string(minimal("signals:\n" + names.String() + "scores:\n  s:\n    rules:\n" + similar.String())),
		"chain of any":   string(minimal(ring)),
		"conditions":     string(minimal("scores:\n  s:\n    rules:\n" + conditions.String())),
		"dense":          "a: [" + strings.Repeat("x,", maxMarks-10) + "]",
		"dense fields":   "{" + strings.Repeat("a: b,", maxMarks/2-10) + "}",
		"one line":       oneLine,
		"wide condition": string(minimal("stages: [{name: A, role: engaged, when: '" + strings.Repeat("(", 4000) + "'}]")),
	} {
		begun := time.Now()
		_, _, problems := Load([]byte(text), 1)
		// The promise is one second on a machine of one's own; tests share theirs.
		if took := time.Since(begun); took > 4*time.Second {
			t.Errorf("%s takes %v", name, took)
		} else {
			t.Logf("%s: %v, %d problems", name, took.Round(time.Millisecond), len(problems))
		}
		if !Failed(problems) || len(problems) > MaxProblems {
			t.Errorf("%s: %d problems", name, len(problems))
		}
	}
}
