package rule

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// Rows into text.

var (
	rowNumber = regexp.MustCompile(`^-?([0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|0x[0-9a-fA-F]+)[uU]?$`)
	rowSpan   = regexp.MustCompile(`^[0-9]+(ms|s|m|h|d|w)$`)
)

// check says why a value cannot be written.
func (l Literal) check() error {
	fits := false
	var expected phrase.Phrase
	switch l.Kind {
	case TextLiteral:
		fits = !strings.ContainsFunc(l.Text, func(r rune) bool {
			return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
		})
		expected = phrase.New("a text on one line")
	case NumberLiteral:
		fits, expected = rowNumber.MatchString(l.Text), phrase.New("a number such as %s", NumberLike(l.Text, "50"))
	case TruthLiteral:
		fits, expected = l.Text == "true" || l.Text == "false", phrase.New("true or false")
	case SpanLiteral:
		fits, expected = rowSpan.MatchString(l.Text), phrase.New("a time such as %s", SpanLike(l.Text, "30d"))
	}
	if !fits {
		return fault.New(fault.Invalid, "%q is not %s.", clip(l.Text), expected)
	}
	return nil
}

func (l Literal) write() string {
	if l.Kind == TextLiteral {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l.Text) + `"`
	}
	return l.Text
}

// Write is the condition that the rows say. It refuses with fault.Invalid, naming
// the row, what is incomplete.
func (r Rows) Write() (string, error) {
	return r.write(0)
}

// write names rows by their place in all, from 1, of which there are some before.
func (r Rows) write(before int) (string, error) {
	if len(r.Rows) == 0 {
		return "", fault.New(fault.Invalid, "The condition asks nothing. Add a row.")
	}
	sign := " && "
	if r.Joint == Any {
		sign = " || "
	}
	texts := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		before++
		var err error
		if row.About == Group {
			if texts[i], err = row.writeGroup(before, len(r.Rows) > 1); err != nil {
				return "", err
			}
			before += len(row.Rows)
		} else if texts[i], err = row.write(len(r.Rows) > 1); err != nil {
			return "", fault.Wrap(err, fault.Invalid, "Row %d: %s", before, fault.Said(err))
		}
	}
	return strings.Join(texts, sign), nil
}

// Flaw is what keeps the row from being written, nil if nothing does.
func (row Row) Flaw() error {
	_, err := row.write(false)
	return err
}

func (row Row) writeGroup(nth int, joined bool) (string, error) {
	if len(row.Rows) == 0 {
		return "", fault.New(fault.Invalid, "Row %d: a group has rows of its own. Add one, or take the group away.", nth)
	}
	if slices.ContainsFunc(row.Rows, func(inner Row) bool { return inner.About == Group }) {
		return "", fault.New(fault.Invalid, "Row %d: a group has no groups in it.", nth)
	}
	text, err := Rows{Joint: row.Joint, Rows: row.Rows}.write(nth)
	switch {
	case err != nil || !joined:
		return text, err
	case len(row.Rows) == 1:
		return row.Rows[0].write(true)
	}
	return "(" + text + ")", nil
}

func (row Row) write(joined bool) (string, error) {
	if row.About == Otherwise {
		return row.writeCEL(joined)
	}
	if !IsPath(row.Name) {
		return "", fault.New(fault.Invalid, "Choose what it asks about.")
	}
	if row.Not && row.How.Comparing() {
		return "", fault.New(fault.Invalid, "A comparison has its own contrary. Choose it.")
	}
	values := make([]string, len(row.Values))
	for i, v := range row.Values {
		if err := v.check(); err != nil {
			return "", err
		}
		values[i] = v.write()
	}
	if wanted := row.How != Known && row.How != Holds; wanted != (len(values) > 0) || len(values) > 1 && row.How != OneOf {
		return "", fault.New(fault.Invalid, "Write the value that %s is compared with.", clip(row.Name))
	}
	subject := row.Name
	if row.About == Likeness {
		if !IsPath(row.Other) {
			return "", fault.New(fault.Invalid, "Choose the other signal.")
		}
		subject += ", " + row.Other
	}
	if row.About.Placed() {
		if !IsPath(row.Of) {
			return "", fault.New(fault.Invalid, "Write where in the events the values are, such as properties.asset or page.path.")
		}
		subject += ", " + row.Of
	}
	if row.About.Windowed() && row.Window != "" {
		if err := (Literal{SpanLiteral, row.Window}).check(); err != nil {
			return "", err
		}
		subject += ", " + row.Window
	}
	switch row.About {
	case Tally:
		subject = "count(" + subject + ")"
	case Variety:
		subject = "distinct(" + subject + ")"
	case Elapsed:
		subject = "since(" + subject + ")"
	case Likeness:
		subject = "same(" + subject + ")"
	}
	text, loose := "", false
	switch how := row.How; {
	case row.About == Likeness && how != Holds:
		return "", fault.New(fault.Invalid, "%s holds or does not.", subject)
	case how.Comparing():
		return subject + " " + string(how) + " " + values[0], nil
	case row.About != Itself && row.About != Likeness:
		return "", fault.New(fault.Invalid, "%s can only be compared.", subject)
	case how == Holds:
		text = subject
	case how == Known && strings.Contains(subject, "."):
		text = "has(" + subject + ")"
	case how == Known:
		text = "known(" + subject + ")"
	case how == OneOf:
		text, loose = subject+" in ["+strings.Join(values, ", ")+"]", true
	case how == Item && row.Values[0].Kind == TextLiteral:
		text, loose = values[0]+" in "+subject, true
	case how.method() && row.Values[0].Kind == TextLiteral:
		text = subject + "." + string(how) + "(" + values[0] + ")"
	default:
		return "", fault.New(fault.Invalid, "Choose what is asked of %s.", clip(subject))
	}
	switch {
	case row.Not && loose:
		return "!(" + text + ")", nil
	case row.Not:
		return "!" + text, nil
	}
	return text, nil
}

func (row Row) writeCEL(joined bool) (string, error) {
	text := strings.TrimSpace(row.CEL)
	if why := flaw(text); !why.IsZero() {
		return "", fault.New(fault.Invalid, "%s", why)
	}
	if strings.ContainsAny(text, "\r\n") {
		return "", fault.New(fault.Invalid, "A row stands on one line.")
	}
	l := &lexer{text: text}
	l.run()
	for _, sign := range []string{"&&", "||", "?"} {
		if joined && len(outermost(l.tokens, text, sign)) > 0 {
			return "(" + text + ")", nil
		}
	}
	return text, nil
}
