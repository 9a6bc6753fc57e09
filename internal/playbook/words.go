package playbook

import (
	"fmt"
	"strconv"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// words puts what a playbook says into words of a language. Of conditions it knows
// those of simple shape: conjunctions of comparisons, counts and truths. For others
// the CEL text has to speak for itself.
type words struct {
	in       phrase.Tongue
	labels   map[string]string // of attributes, signals and scores
	segments map[string]string // their labels
	// attributes are the names of those of the document.
	attributes map[string]bool
}

func wordsFor(d *Document, in phrase.Tongue) words {
	w := words{in: in, labels: map[string]string{}, segments: map[string]string{}, attributes: map[string]bool{}}
	for _, a := range builtins {
		w.labels[a.Name] = w.term(a.Label)
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

// say is a text in the language, with its places filled.
func (w words) say(english string, args ...any) string { return w.in.Say(english, args...) }

// term is a word in the language, of several that stand elsewhere.
func (w words) term(english string) string { return w.in.Term(english) }

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
	return w.say("did %s", signal)
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
	return w.allOf(told), true
}

// counted says how often somebody did something, compared what something is, or how
// long ago it was, beside a value.
var (
	counted = map[string]string{
		">=": "%s at least %s", ">": "%s more than %s", "==": "%s exactly %s", "<": "%s less than %s", "<=": "%s at most %s",
	}
	comparing = map[string]string{
		">=": "at least %s", ">": "more than %s", "==": "exactly %s", "!=": "other than %s", "<": "less than %s", "<=": "at most %s",
	}
)

// tell completes "the lead …".
func (w words) tell(c *Clause) string {
	told := ""
	switch c.Kind {
	case ReachableClause:
		return w.say("can be reached")
	case IdentifiedClause:
		return w.say("is identified")
	case CountClause:
		told = w.say(counted[c.Op], w.deed(c.Name), w.times(c.N))
	case DistinctClause:
		told = w.say("%s with %s different %s", w.deed(c.Name), w.say(comparing[c.Op], c.N), c.Of)
	case SameClause:
		told = w.say("%s and %s with the same %s", w.deed(c.Name), w.deed(c.OtherName), c.Of)
	case AgeClause:
		return w.say("last told %s %s ago", c.Subject, w.say(comparing[c.Op], w.spanAfter(c.Span)))
	case LastClause:
		return w.say("last %s %s ago", w.deed(c.Name), w.say(comparing[c.Op], w.spanAfter(c.Span)))
	case OneOfClause:
		return w.say("has as %s one of %s", c.Subject, c.N)
	case KnownClause:
		return w.say("has a known %s", c.Subject)
	case CompareClause:
		value := c.N
		if c.Op != "==" {
			value = w.say(comparing[c.Op], c.N)
		}
		if strings.ContainsAny(c.Subject[:1], "aeiouAEIOU") {
			return w.say("has an %s of %s", c.Subject, value)
		}
		return w.say("has a %s of %s", c.Subject, value)
	default:
		return c.Subject
	}
	if c.Span != 0 {
		return w.say("%s within %s", told, w.spanAfter(c.Span))
	}
	return told
}

// lastPart is the last name of a path.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

func (w words) times(n string) string {
	switch n {
	case "1":
		return w.say("once")
	case "2":
		return w.say("twice")
	}
	return w.say("%s times", n)
}

// span is a length of time in words.
func (w words) span(ms int64) string {
	alone, _ := w.spans(ms)
	return alone
}

// spanAfter is a length of time as it stands after a preposition.
func (w words) spanAfter(ms int64) string {
	_, after := w.spans(ms)
	return after
}

// spans are both. A language whose nouns have cases gives two forms, with a bar
// between them.
func (w words) spans(ms int64) (alone, after string) {
	short := FormatDuration(ms)
	digits := strings.TrimRight(short, "abcdefghijklmnopqrstuvwxyz")
	n, unit := digits, short[len(digits):]
	if n == "1" {
		alone = map[string]string{"d": w.say("1 day"), "h": w.say("1 hour"), "m": w.say("1 minute"), "s": w.say("1 second"), "ms": w.say("1 millisecond")}[unit]
	} else {
		alone = map[string]string{"d": w.say("%s days", n), "h": w.say("%s hours", n), "m": w.say("%s minutes", n), "s": w.say("%s seconds", n), "ms": w.say("%s milliseconds", n)}[unit]
	}
	alone, after, cased := strings.Cut(alone, "|")
	if !cased {
		after = alone
	}
	return alone, after
}

// points writes points with the decimal mark of the language.
func (w words) points(p lead.Points) string { return strings.Replace(p.String(), ".", w.say("."), 1) }

// given writes points that a rule gives.
func (w words) given(p lead.Points) string {
	if p > 0 {
		return "+" + w.points(p)
	}
	return w.points(p)
}

// quoted puts a text of the author's into quotation marks; "" stays.
func (w words) quoted(s string) string {
	if s == "" {
		return ""
	}
	return w.say("“%s”", s)
}

// bounded says what a sum is never below or above.
func (w words) bounded(most, least *lead.Points) string {
	switch {
	case most != nil && least != nil:
		return w.say("at least %s and at most %s", w.points(*least), w.points(*most))
	case most != nil:
		return w.say("at most %s", w.points(*most))
	case least != nil:
		return w.say("at least %s", w.points(*least))
	}
	return ""
}

// limit says how often a rule gives its points.
func (w words) limit(l Limit, minimum int64) string {
	often := w.say("each time")
	switch n := w.times(strconv.FormatInt(l.N, 10)); {
	case l.N == 0:
	case l.Period == Ever && l.N == 1:
		often = w.say("once")
	case l.Period == Ever:
		often = w.say("at most %s", n)
	case l.Period == Rolling:
		often = w.say("at most %s within %s", n, w.spanAfter(l.Span))
	case l.Period == PerDay:
		often = w.say("at most %s a day", n)
	case l.Period == PerWeek:
		often = w.say("at most %s a week", n)
	default:
		often = w.say("at most %s a month", n)
	}
	if minimum > 1 {
		return w.say("%s, from the %s on", often, w.ordinal(minimum))
	}
	return often
}

// decay says how points fade.
func (w words) decay(d Decay) string {
	switch d.Kind {
	case Halving:
		return w.say("half after %s", w.spanAfter(d.Every))
	case Linear:
		return w.say("by %s every %s", w.points(d.Loss), w.span(d.Every))
	case Shrinking:
		return w.say("by %d%% of what is left every %s", d.Percent, w.span(d.Every))
	}
	return w.say("gone after %s", w.spanAfter(d.Every))
}

func (w words) ordinal(n int64) string {
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			return w.say("%dst", n)
		case 2:
			return w.say("%dnd", n)
		case 3:
			return w.say("%drd", n)
		}
	}
	return w.say("%dth", n)
}

// allOf joins items: "a, b and c"; anyOf likewise, by "or".
func (w words) allOf(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return w.say("%s and %s", strings.Join(items[:len(items)-1], ", "), items[len(items)-1])
}

func (w words) anyOf(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return w.say("%s or %s", strings.Join(items[:len(items)-1], ", "), items[len(items)-1])
}

// hours says when somebody works.
func (w words) hours(h *Hours) string {
	names := map[string]string{"mon": w.say("Mon"), "tue": w.say("Tue"), "wed": w.say("Wed"), "thu": w.say("Thu"), "fri": w.say("Fri"), "sat": w.say("Sat"), "sun": w.say("Sun")}
	var days []string
	for _, d := range h.Days {
		days = append(days, names[d])
	}
	return w.say("%s from %s to %s", w.allOf(days), clock(h.From), clock(h.To))
}

// clock is a time of the day.
func clock(ms int64) string {
	minutes := ms / lead.Minute
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// kind names the kind of a value.
func (w words) kind(k lead.Kind) string { return w.term(k.String()) }
