package bulk

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// NumberForm is how the numbers of a column are written. It is called by how it
// writes one thousand two hundred and thirty-four and a half; "" is PlainNumbers.
type NumberForm string

// PlainNumbers are written as in JSON, without a sign between thousands.
const PlainNumbers NumberForm = "1234.5"

// numberSigns are a form's sign of the fraction, and those that may stand between
// thousands: people, programs and countries differ in which blank or apostrophe.
type numberSigns struct {
	form      NumberForm
	mark      string
	thousands string
}

const blanks = " \u00a0\u202f\u2009"

// numberForms are all of them, the likelier first.
var numberForms = []numberSigns{
	{PlainNumbers, ".", ""},
	{"1,234.5", ".", ","},
	{"1.234,5", ",", "."},
	{"1 234,5", ",", blanks},
	{"1'234.5", ".", "'’"},
	{"1 234.5", ".", blanks},
}

// signsOf are those of a form, of PlainNumbers for "".
func signsOf(form NumberForm) *numberSigns {
	i := slices.IndexFunc(numberForms, func(s numberSigns) bool { return s.form == form })
	return &numberForms[max(i, 0)]
}

// read reads a number of the form as JSON, keeping its digits.
func (s *numberSigns) read(text string) (jsontext.Value, bool) {
	if s.thousands == "" {
		return parseNumber(text)
	}
	text = strings.Replace(strings.TrimSpace(text), "−", "-", 1)
	sign := ""
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		sign, text = text[:1], text[1:]
	}
	whole, fraction, broken := strings.Cut(text, s.mark)
	if strings.ContainsAny(whole, s.thousands) {
		if whole = s.ungrouped(whole); whole == "" {
			return nil, false
		}
	}
	if strings.ContainsAny(whole, ".,+-") || strings.ContainsAny(fraction, ".,") || broken && fraction == "" {
		return nil, false
	}
	if broken {
		whole += "." + fraction
	}
	return parseNumber(sign + whole)
}

// ungrouped takes the signs between thousands away; "" if they do not stand there,
// or not all of them are the same.
func (s *numberSigns) ungrouped(whole string) string {
	first := strings.IndexAny(whole, s.thousands)
	between := string([]rune(whole[first:])[0])
	groups := strings.Split(whole, between)
	for i, g := range groups {
		if strings.Trim(g, "0123456789") != "" || i > 0 && len(g) != 3 {
			return ""
		}
	}
	if head := groups[0]; len(head) == 0 || len(head) > 3 || head[0] == '0' {
		return ""
	}
	return strings.Join(groups, "")
}

// readNumber reads the number of a cell that is written in a form. A number of JSON
// is one whatever the form of texts is.
func readNumber(c cell, form NumberForm) (jsontext.Value, bool) {
	if c.raw.Kind() == '0' {
		form = PlainNumbers
	}
	return signsOf(form).read(c.text)
}

// wantNumber says what should stand where a text that is no number of a form does.
func wantNumber(text string, form NumberForm) phrase.Phrase {
	if form != "" && form != PlainNumbers {
		return phrase.New("a number as %s; mend it, change `numbers`, or name the text under `missing`", string(form))
	}
	if other := OtherForm(text); other != "" {
		return phrase.New("a number as 1234.5; say how it is written, as in `numbers: \"%s\"`, or name the text under `missing`", string(other))
	}
	return phrase.New("a number; write 1234.5, or name the text under `missing`")
}

// Reading is an example of how the numbers of a column are read: of a text that
// would be another number, or none, were it read as a plain one.
type Reading struct {
	Column string
	Text   string
	Number string // plain
}

// note keeps the first example of a column.
func (b *builder) note(d *Datum, text string, n jsontext.Value) {
	if b.shown[d.Column] {
		return
	}
	plain, ok := parseNumber(text)
	if ok && floatOf(plain) == floatOf(n) {
		return
	}
	b.shown[d.Column] = true
	b.readings = append(b.readings, Reading{d.Column, strings.TrimSpace(text), string(n)})
}

// floatOf is the number that parseNumber has read.
func floatOf(n jsontext.Value) float64 {
	v, _ := lead.Convert(string(n), lead.Number)
	return v.Num
}

// Readings are examples of how columns with a form of numbers were read in the rows
// so far.
func (rd *Reader) Readings() []Reading {
	if rd.builder == nil {
		return nil
	}
	return slices.Clone(rd.builder.readings)
}

// ColumnOf is the column of a CSV file of which a trait is made, "" if there is none.
func (rd *Reader) ColumnOf(trait string) string {
	if rd.mapping == nil {
		return ""
	}
	for _, f := range rd.mapping.Traits {
		if f.Name == trait {
			return f.Column
		}
	}
	if rd.mapping.KeepRest {
		columns, traits := rd.builder.rest(rd.names)
		if i := slices.Index(traits, trait); i >= 0 {
			return columns[i]
		}
	}
	return ""
}

// OtherForm is the likeliest form that reads a text as a number where plain numbers
// are written otherwise: as another one, so that there is doubt, or at all. "" is none.
func OtherForm(text string) NumberForm {
	plain, ok := parseNumber(text)
	for _, s := range numberForms[1:] {
		if other, is := s.read(text); is && (!ok || floatOf(other) != floatOf(plain)) {
			return s.form
		}
	}
	return ""
}
