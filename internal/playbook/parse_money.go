package playbook

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// attribution reads the section; nil if there is none.
func (o object) attribution() *Attribution {
	n := o.values["attribution"]
	if n == nil || isNull(n) {
		return nil
	}
	a, ok := o.object(n, o.pathOf("attribution"), &attributionShape)
	if !ok {
		return nil
	}
	out := &Attribution{Touches: a.words("touches", maxName), Window: a.duration("window", 1)}
	a.section("models", MaxModels, func(name Word, n *yaml.Node, path string) {
		out.Models = append(out.Models, o.model(name, n, path))
	})
	if a.has("models") && len(out.Models) == 0 {
		a.report(a.at("models"), a.pathOf("models"), "there are no models")
	}
	return out
}

func (r *reader) model(name Word, n *yaml.Node, path string) Model {
	m := Model{Name: name, Label: name.Text}
	o, ok := r.object(n, path, &modelShape)
	if !ok {
		return m
	}
	m.Label, m.Anchors, m.Half = o.label(m.Label), o.words("anchors", maxLabel), o.duration("half_life", minSpan)
	m.Kind = o.word("kind", maxLabel)
	if !r.oneOf(m.Kind, o.pathOf("kind"), phrase.Term("kind of model"), modelKinds) {
		return m
	}
	for field, of := range map[string]string{"half_life": "time_decay", "weights": "custom"} {
		switch {
		case m.Kind.Text == of && o.lacks(field):
			r.report(m.Kind.Place, o.pathOf("kind"), "a model of the kind %s needs %q", of, field)
		case m.Kind.Text != of && o.has(field):
			r.report(o.at(field), o.pathOf(field), "%q belongs to models of the kind %s", field, of)
		}
	}
	if o.has("weights") {
		m.Weights = o.weights()
	}
	return m
}

// weights reads the shares of a custom model, which are a hundred together.
func (o object) weights() []Weight {
	n := follow(o.values["weights"])
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		o.mismatch(n, o.pathOf("weights"), phrase.New(`"weights" is written as touches with their shares in hundredths`), phrase.New("touches such as first: 40"))
		return nil
	}
	var weights []Weight
	sum, whole := int64(0), true
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		share, ok := o.wholeNumber(n.Content[i+1], join(o.pathOf("weights"), key.Value), phrase.Term("a weight"), 1, 100)
		whole = whole && ok
		sum += share
		weights = append(weights, Weight{Word{key.Value, placeOf(key)}, share})
	}
	if whole && sum != 100 {
		o.report(o.at("weights"), o.pathOf("weights"), "the weights sum to %d; they are the shares of a hundred", sum)
	}
	return weights
}

func (r *reader) goal(n *yaml.Node, path string) Goal {
	o, ok := r.object(n, path, &goalShape)
	if !ok {
		return Goal{}
	}
	g := Goal{Name: o.word("name", maxLabel)}
	g.From, g.To = o.days()
	if m, ok := o.money("revenue"); ok {
		g.Revenue = &m
	}
	if o.has("stage") {
		g.Stage = o.word("stage", maxLabel)
	}
	g.Count, _ = o.whole("count")
	switch {
	case o.lacks("revenue", "stage", "count"):
		r.report(g.Name.Place, path, `a goal needs "revenue", or "stage" and "count"`)
	case o.has("stage") != o.has("count") && !o.misspelt["stage"] && !o.misspelt["count"]:
		r.report(g.Name.Place, path, `how many leads are to reach which stage is said by "stage" and "count" together`)
	}
	return g
}

func (r *reader) cost(n *yaml.Node, path string) Cost {
	o, ok := r.object(n, path, &costShape)
	if !ok {
		return Cost{}
	}
	c := Cost{
		Name: o.word("name", maxLabel), Source: o.text("source", maxLabel), Medium: o.text("medium", maxLabel),
		Campaign: o.text("campaign", maxLabel), Vendor: o.text("vendor", maxLabel),
	}
	c.Amount, _ = o.money("amount")
	c.From, c.To = o.days()
	if o.has("per") {
		if w := o.word("per", maxLabel); r.oneOf(w, o.pathOf("per"), phrase.Term("unit of costs"), costsPer) {
			c.Per = w.Text
		}
	}
	if c.Per == "" && !o.has("per") && o.lacks("to") {
		r.report(c.Name.Place, path, `money that is spent once needs "to", the last day that it pays for`)
	}
	if o.lacks("source", "medium", "campaign", "vendor") {
		r.warn(c.Name.Place, path, `no lead can be told to have cost this: it names no "source", "medium", "campaign" or "vendor"`)
	}
	return c
}

// days reads from and to.
func (o object) days() (from, to Date) {
	for field, into := range map[string]*Date{"from": &from, "to": &to} {
		if n := o.values[field]; n != nil {
			*into, _ = o.dateOf(n, o.pathOf(field))
		}
	}
	if from.Text != "" && to.Text != "" && from.Text > to.Text {
		o.report(to.Place, o.pathOf("to"), "the last day lies before the first, %s", from.Text)
	}
	return from, to
}

// dateOf reads a day.
func (r *reader) dateOf(n *yaml.Node, path string) (Date, bool) {
	n = follow(n)
	t, err := time.Parse(time.DateOnly, n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || t.Year() < 1971 || t.Year() > 2200 {
		r.mismatch(n, path, phrase.New("this is not a day between 1971 and 2200"), phrase.New("a day such as 2026-12-24"))
		return Date{}, false
	}
	return Date{n.Value, placeOf(n)}, true
}

// timeOfDay reads milliseconds since midnight; -1 if there is none.
func (o object) timeOfDay(field string) int64 {
	s, ok := o.scalar(field, phrase.New(`a time of day in quotes such as "09:00"`))
	if !ok {
		return -1
	}
	t, err := time.Parse("15:04", s)
	if s == "24:00" {
		return (24 * time.Hour).Milliseconds()
	}
	if err != nil || len(s) != 5 {
		o.mismatch(follow(o.values[field]), o.pathOf(field), phrase.New("%q is not a time of day", field), phrase.New(`a time of day in quotes such as "09:00"`))
		return -1
	}
	return int64(t.Hour())*time.Hour.Milliseconds() + int64(t.Minute())*time.Minute.Milliseconds()
}

// wholeNumber reads a whole number between two bounds.
func (r *reader) wholeNumber(n *yaml.Node, path string, what phrase.Phrase, least, most int64) (int64, bool) {
	s, ok := r.number(n, path, what)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < least || v > most || leadingZero(s) {
		r.mismatch(follow(n), path, phrase.New("%s is not such a number", what), phrase.New("a whole number from %d to %d", least, most))
		return 0, false
	}
	return v, true
}

// minorDigits are the digits after the point of currencies that have not two.
var minorDigits = map[string]int{
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// MaxMoney bounds an amount, in minor units.
const MaxMoney = 1_000_000_000_000_000

// money reads an amount with its currency.
func (o object) money(field string) (Money, bool) {
	s, ok := o.scalar(field, phrase.New("money such as 1200.50 EUR"))
	if !ok {
		return Money{}, false
	}
	m, err := ParseMoney(s)
	if err != nil {
		o.report(o.at(field), o.pathOf(field), "%s", fault.Said(err))
	}
	return m, err == nil
}

// ParseMoney reads an amount with its currency: 1200.50 EUR.
func ParseMoney(s string) (Money, error) {
	amount, currency, _ := strings.Cut(s, " ")
	whole, fraction, dotted := strings.Cut(amount, ".")
	digits, known := minorDigits[currency]
	if !known {
		digits = 2
	}
	if len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || whole == "" || dotted && fraction == "" ||
		strings.Trim(whole+fraction, "0123456789") != "" || len(whole) > 1 && whole[0] == '0' {
		return Money{}, fault.New(fault.Invalid, "%s is not money such as 1200.50 EUR: digits, then the three letters of the currency", quote(s))
	}
	if len(fraction) > digits {
		return Money{}, fault.New(fault.Invalid, "%s has more digits after the point than %s has: %d", quote(s), currency, digits)
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", digits-len(fraction)), 10, 64)
	if err != nil || n > MaxMoney {
		return Money{}, fault.New(fault.Invalid, "%s is more money than can be counted here", quote(s))
	}
	return Money{n, currency}, nil
}

// String writes money as ParseMoney reads it.
func (m Money) String() string {
	digits, known := minorDigits[m.Currency]
	if !known {
		digits = 2
	}
	s := strconv.FormatInt(m.Minor, 10)
	if digits == 0 {
		return s + " " + m.Currency
	}
	s = strings.Repeat("0", max(digits+1-len(s), 0)) + s
	return s[:len(s)-digits] + "." + s[len(s)-digits:] + " " + m.Currency
}

// currencies are those that goals and costs are in, each once.
func (d *Document) currencies() []string {
	var all []string
	for _, g := range d.Goals {
		if g.Revenue != nil {
			all = append(all, g.Revenue.Currency)
		}
	}
	for _, c := range d.Costs {
		all = append(all, c.Amount.Currency)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(c string) bool { return c == "" })
}
