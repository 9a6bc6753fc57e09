package rule

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxProblems is how many problems of one condition are told; nobody reads more.
const maxProblems = 20

// full says that nobody will read further problems, which need not be worked out.
func (c *compiler) full() bool { return len(c.problems) >= maxProblems }

// clip shortens what is quoted from a condition.
func clip(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// tidy sorts problems by place and drops what is told twice.
func tidy(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Offset, b.Offset) })
	problems = slices.CompactFunc(problems, func(a, b Problem) bool {
		return a.Offset == b.Offset && a.Message.String() == b.Message.String()
	})
	return problems[:min(len(problems), maxProblems)]
}
