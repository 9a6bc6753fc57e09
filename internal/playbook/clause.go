package playbook

import (
	"regexp"
	"strings"
)

// ClauseKind is what a clause says. The texts are names of what pages say in the
// language of whoever reads.
type ClauseKind string

// The kinds.
const (
	ReachableClause  ClauseKind = "reachable"
	IdentifiedClause ClauseKind = "identified"
	SegmentClause    ClauseKind = "segment"  // Subject
	CountClause      ClauseKind = "count"    // Subject occurred Op N times, within Span
	DistinctClause   ClauseKind = "distinct" // with Op N different values of Of
	SameClause       ClauseKind = "same"     // Subject and Other with the same Of
	LastClause       ClauseKind = "last"     // Subject occurred last Op Span ago
	AgeClause        ClauseKind = "age"      // Subject was told last Op Span ago
	OneOfClause      ClauseKind = "one_of"   // Subject is one of the texts N
	KnownClause      ClauseKind = "known"    // Subject is known
	CompareClause    ClauseKind = "compare"  // Subject is Op N
)

// Clause is a condition of simple shape, or a part of one, taken apart.
type Clause struct {
	Kind ClauseKind
	// Name is what it is about in the document, Subject what people call that; of what
	// has no label both are the same. OtherName and Other are the second of two.
	Name, Subject, OtherName, Other string
	Op                              string // as it is written: ">="
	N, Of                           string
	Span                            int64 // in milliseconds; 0 for none
}

// Clauses takes conditions of simple shape apart, of which all parts must hold; false
// for a condition that has to speak for itself.
func Clauses(d *Document) func(condition string) ([]Clause, bool) { return wordsFor(d, nil).clauses }

func (w words) clauses(text string) ([]Clause, bool) {
	if strings.Contains(text, "||") {
		return nil, false
	}
	var all []Clause
	for part := range strings.SplitSeq(text, "&&") {
		c, ok := w.clause(strings.TrimSpace(part))
		if !ok {
			return nil, false
		}
		all = append(all, c)
	}
	return all, true
}

var (
	countClause    = regexp.MustCompile(`^count\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\) (>=|>|==|<|<=) (\d+)$`)
	sinceClause    = regexp.MustCompile(`^since\(\s*(\w+)\s*\) (>=|>|<|<=) (\w+)$`)
	compareClause  = regexp.MustCompile(`^(\w+) (>=|>|==|!=|<|<=) (-?[\d.]+|"[^"\\]*")$`)
	inClause       = regexp.MustCompile(`^(\w+) in \[((?:"[^"\\]*"(?:, *)?)+)\]$`)
	distinctClause = regexp.MustCompile(`^distinct\(\s*(\w+)\s*,\s*([\w.]+)\s*(?:,\s*(\w+)\s*)?\) (>=|>|==|<|<=) (\d+)$`)
	sameClause     = regexp.MustCompile(`^same\(\s*(\w+)\s*,\s*(\w+)\s*,\s*([\w.]+)\s*(?:,\s*(\w+)\s*)?\)$`)
	knownClause    = regexp.MustCompile(`^known\((\w+)\)$`)
)

func (w words) clause(text string) (Clause, bool) {
	about := func(kind ClauseKind, name string) Clause {
		return Clause{Kind: kind, Name: name, Subject: w.label(name)}
	}
	switch text {
	case "reachable":
		return about(ReachableClause, text), true
	case "identified":
		return about(IdentifiedClause, text), true
	}
	if label := w.segments[text]; label != "" {
		return Clause{Kind: SegmentClause, Name: text, Subject: label}, true
	}
	if m := countClause.FindStringSubmatch(text); m != nil {
		c := about(CountClause, m[1])
		c.Op, c.N = m[3], m[4]
		return c.spanning(m[2])
	}
	if m := distinctClause.FindStringSubmatch(text); m != nil {
		c := about(DistinctClause, m[1])
		c.Of, c.Op, c.N = lastPart(m[2]), m[4], m[5]
		return c.spanning(m[3])
	}
	if m := sameClause.FindStringSubmatch(text); m != nil {
		c := about(SameClause, m[1])
		c.OtherName, c.Other, c.Of = m[2], w.label(m[2]), lastPart(m[3])
		return c.spanning(m[4])
	}
	if m := sinceClause.FindStringSubmatch(text); m != nil {
		c := about(LastClause, m[1])
		if w.attributes[m[1]] {
			c.Kind = AgeClause
		}
		c.Op = m[2]
		return c.spanning(m[3])
	}
	if m := inClause.FindStringSubmatch(text); m != nil {
		c := about(OneOfClause, m[1])
		c.N = m[2]
		return c, true
	}
	if m := knownClause.FindStringSubmatch(text); m != nil {
		return about(KnownClause, m[1]), true
	}
	if m := compareClause.FindStringSubmatch(text); m != nil && w.labels[m[1]] != "" {
		c := about(CompareClause, m[1])
		c.Op, c.N = m[2], m[3]
		return c, true
	}
	return Clause{}, false
}

// spanning gives the clause its span of time; false for a text that is none.
func (c Clause) spanning(text string) (Clause, bool) {
	if text == "" {
		return c, true
	}
	ms, err := ParseDuration(text)
	c.Span = ms
	return c, err == nil
}
