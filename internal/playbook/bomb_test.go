//go:build !race

// The race detector makes everything ten times as slow; what it looks for is not here.

package playbook

import (
	"encoding/json"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// mostTimes is how much more of the processor a bomb may take than it takes to
	// decode JSON of its size. They take up to 1.5 times as much; without one of the
	// bounds that keep work from growing with the square of the size, it is more
	// than ten times.
	mostTimes = 8
	// mostMemory is what may be allocated for a bomb, in all: twice what is.
	mostMemory = 512 << 20
)

// TestBombs loads texts made to cost time or memory. It does not run beside other
// tests of the package, and looks at no clock: what else the machine does makes
// neither the time of the processor nor the memory much more.
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
	plain := jsonTime(t)
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
		problems, took := measure([]byte(text))
		// A loaded machine may disturb a measurement, but not each.
		for again := 0; took.time > mostTimes*plain && again < 2; again++ {
			plain = jsonTime(t)
			problems, took = measure([]byte(text))
		}
		t.Logf("%s: %.1f times as long as JSON takes, %d MB, %d problems", name, float64(took.time)/float64(plain), took.memory>>20, len(problems))
		if took.time > mostTimes*plain {
			t.Errorf("%s takes %v of the processor, and JSON of the same size %v", name, took.time, plain)
		}
		if took.memory > mostMemory {
			t.Errorf("%s takes %d MB of memory", name, took.memory>>20)
		}
		if !Failed(problems) || len(problems) > MaxProblems {
			t.Errorf("%s: %d problems", name, len(problems))
		}
	}
}

// effort is what something cost.
type effort struct {
	time   time.Duration // of the processor
	memory uint64        // bytes allocated, given back or not
}

func measure(text []byte) ([]Problem, effort) {
	var problems []Problem
	cost := effortOf(func() { _, _, problems = Load(text, 1) })
	return problems, cost
}

// jsonTime is what it takes to decode JSON of the size of a bomb.
func jsonTime(t *testing.T) time.Duration {
	text := []byte("[" + strings.Repeat("1,", MaxSource/2-2) + "1]")
	return effortOf(func() {
		var list []any
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
	}).time
}

func effortOf(do func()) effort {
	var before, after runtime.MemStats
	runtime.GC() // what was before is not on this account
	runtime.ReadMemStats(&before)
	begun := processorTime()
	do()
	took := processorTime() - begun
	runtime.ReadMemStats(&after)
	return effort{took, after.TotalAlloc - before.TotalAlloc}
}

// processorTime is what the process has used of processors so far.
func processorTime() time.Duration {
	var used syscall.Rusage
	// It fails only for arguments that make no sense.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
