package playbook

import (
	"fmt"
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
	all, ok := w.clauses(text)
	if !ok {
		return "", false
	}
	told := make([]string, len(all))
	for i := range all {
		told[i] = w.tell(&all[i])
	}
	return enumerate(told, "and"), true
}

var comparisons = map[string]string{
	">=": "at least", ">": "more than", "==": "exactly", "!=": "other than", "<": "less than", "<=": "at most",
}

// tell completes "the lead …".
func (w words) tell(c *Clause) string {
	how, within := comparisons[c.Op], ""
	if c.Kind != LastClause && c.Kind != AgeClause && c.Span != 0 {
		within = " within " + spanInWords(c.Span)
	}
	switch c.Kind {
	case ReachableClause:
		return "can be reached"
	case IdentifiedClause:
		return "is identified"
	case CountClause:
		return fmt.Sprintf("%s %s %s", w.deed(c.Name), how, times(c.N)) + within
	case DistinctClause:
		return fmt.Sprintf("%s with %s %s different %s", w.deed(c.Name), how, c.N, c.Of) + within
	case SameClause:
		return fmt.Sprintf("%s and %s with the same %s", w.deed(c.Name), w.deed(c.OtherName), c.Of) + within
	case AgeClause:
		return fmt.Sprintf("last told %s %s %s ago", c.Subject, how, spanInWords(c.Span))
	case LastClause:
		return fmt.Sprintf("last %s %s %s ago", w.deed(c.Name), how, spanInWords(c.Span))
	case OneOfClause:
		return fmt.Sprintf("has as %s one of %s", c.Subject, c.N)
	case KnownClause:
		return fmt.Sprintf("has a known %s", c.Subject)
	case CompareClause:
		if c.Op == "==" {
			how = ""
		}
		return strings.Join(strings.Fields(fmt.Sprintf("has %s of %s %s", withArticle(c.Subject), how, c.N)), " ")
	}
	return c.Subject
}

// lastPart is the last name of a path.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

func times(n string) string {
	switch n {
	case "1":
		return "once"
	case "2":
		return "twice"
	}
	return n + " times"
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
