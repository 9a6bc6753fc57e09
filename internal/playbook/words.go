package playbook

import (
	"fmt"
	"regexp"
	"strings"
)

// words puts conditions of simple shape into words: conjunctions of comparisons,
// counts and truths. For others the CEL text has to speak for itself.
type words struct {
	labels   map[string]string // of attributes, signals and scores
	segments map[string]string // their labels
	// attributes are the names of those of the document.
	attributes map[string]bool
}

func wordsFor(d *Document) words {
	w := words{labels: map[string]string{}, segments: map[string]string{}, attributes: map[string]bool{}}
	for _, a := range builtins {
		w.labels[a.Name] = a.Label
	}
	for _, a := range d.Attributes {
		w.labels[a.Name.Text] = a.Label
		w.attributes[a.Name.Text] = true
	}
	for _, s := range d.Signals {
		w.labels[s.Name.Text] = s.Label
	}
	for _, s := range d.Segments {
		w.segments[s.Name.Text] = s.Label
	}
	for _, p := range d.Personas {
		w.segments[p.Name.Text] = p.Label
	}
	for _, s := range d.Scores {
		w.labels[s.Name.Text] = s.Label
	}
	for _, t := range d.Totals {
		w.labels[t.Name.Text] = t.Label
	}
	return w
}

// Clauses puts conditions of simple shape into the words that Describe uses, as
// clauses that complete "the lead …"; false for a condition that has to speak for
// itself.
func Clauses(d *Document) func(condition string) (string, bool) { return wordsFor(d).condition }

func (w words) label(name string) string {
	if l := w.labels[name]; l != "" {
		return l
	}
	return name
}

// deed is what somebody does who gives a signal; its label is such a clause
// ("visited pricing"), its bare name is not.
func (w words) deed(signal string) string {
	if l := w.label(signal); l != signal {
		return l
	}
	return "did " + signal
}

// withArticle puts "a" or "an" before a noun.
func withArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiouAEIOU") {
		return "an " + noun
	}
	return "a " + noun
}

// condition is a clause that completes "the lead …"; false if the condition is
// not of a simple shape.
func (w words) condition(text string) (string, bool) {
	if strings.Contains(text, "||") {
		return "", false
	}
	var clauses []string
	for part := range strings.SplitSeq(text, "&&") {
		clause, ok := w.clause(strings.TrimSpace(part))
		if !ok {
			return "", false
		}
		clauses = append(clauses, clause)
	}
	return enumerate(clauses, "and"), true
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

var comparisons = map[string]string{
	">=": "at least", ">": "more than", "==": "exactly", "!=": "other than", "<": "less than", "<=": "at most",
}

func (w words) clause(text string) (string, bool) {
	switch text {
	case "reachable":
		return "can be reached", true
	case "identified":
		return "is identified", true
	}
	if label := w.segments[text]; label != "" {
		return label, true
	}
	if m := countClause.FindStringSubmatch(text); m != nil {
		clause := fmt.Sprintf("%s %s %s", w.deed(m[1]), comparisons[m[3]], times(m[4]))
		return clause + within(m[2]), true
	}
	if m := distinctClause.FindStringSubmatch(text); m != nil {
		clause := fmt.Sprintf("%s with %s %s different %s", w.deed(m[1]), comparisons[m[4]], m[5], lastPart(m[2]))
		return clause + within(m[3]), true
	}
	if m := sameClause.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s and %s with the same %s", w.deed(m[1]), w.deed(m[2]), lastPart(m[3])) + within(m[4]), true
	}
	if m := sinceClause.FindStringSubmatch(text); m != nil && w.attributes[m[1]] {
		return fmt.Sprintf("last told %s %s %s ago", w.label(m[1]), comparisons[m[2]], durationInWords(m[3])), true
	}
	if m := sinceClause.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("last %s %s %s ago", w.deed(m[1]), comparisons[m[2]], durationInWords(m[3])), true
	}
	if m := inClause.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("has as %s one of %s", w.label(m[1]), m[2]), true
	}
	if m := knownClause.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("has a known %s", w.label(m[1])), true
	}
	if m := compareClause.FindStringSubmatch(text); m != nil && w.labels[m[1]] != "" {
		how := comparisons[m[2]]
		if m[2] == "==" {
			how = ""
		}
		return strings.Join(strings.Fields(fmt.Sprintf("has %s of %s %s", withArticle(w.label(m[1])), how, m[3])), " "), true
	}
	return "", false
}

// lastPart is the last name of a path.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// within says how long a window is; nothing for none.
func within(window string) string {
	if window == "" {
		return ""
	}
	return " within " + durationInWords(window)
}

func times(n string) string {
	switch n {
	case "1":
		return "once"
	case "2":
		return "twice"
	}
	return n + " times"
}

// durationInWords writes "30d" as "30 days".
func durationInWords(text string) string {
	ms, err := ParseDuration(text)
	if err != nil {
		return text
	}
	return spanInWords(ms)
}

func spanInWords(ms int64) string {
	short := FormatDuration(ms)
	digits := strings.TrimRight(short, "abcdefghijklmnopqrstuvwxyz")
	unit := map[string]string{"d": "day", "h": "hour", "m": "minute", "s": "second", "ms": "millisecond"}[short[len(digits):]]
	if digits != "1" {
		unit += "s"
	}
	return digits + " " + unit
}

// limitInWords says how often a rule gives its points.
func limitInWords(l Limit, minimum int64) string {
	often := "each time"
	switch n := times(fmt.Sprint(l.N)); {
	case l.N == 0:
	case l.Period == Ever && l.N == 1:
		often = "once"
	case l.Period == Ever:
		often = "at most " + n
	case l.Period == Rolling:
		often = "at most " + n + " within " + spanInWords(l.Span)
	default:
		often = "at most " + n + " a " + map[Period]string{PerDay: "day", PerWeek: "week", PerMonth: "month"}[l.Period]
	}
	if minimum > 1 {
		often += fmt.Sprintf(", from the %s on", ordinal(minimum))
	}
	return often
}

// decayInWords says how points fade.
func decayInWords(d Decay) string {
	span := spanInWords(d.Every)
	switch d.Kind {
	case Halving:
		return "half after " + span
	case Linear:
		return fmt.Sprintf("by %v every %s", d.Loss, span)
	case Shrinking:
		return fmt.Sprintf("by %d%% of what is left every %s", d.Percent, span)
	}
	return "gone after " + span
}

func ordinal(n int64) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(n) + suffix
}

// enumerate joins items: "a, b and c".
func enumerate(items []string, last string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " " + last + " " + items[len(items)-1]
}
