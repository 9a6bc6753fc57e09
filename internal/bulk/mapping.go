package bulk

import (
	"bytes"
	"path"
	"strings"

	"galena/internal/lead"
)

// Format is the form of a file.
type Format string

const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// FormatOf tells the form of a file by the ending of its name, CSV if that says
// nothing.
func FormatOf(name string) Format {
	switch strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/"))) {
	case ".ndjson", ".jsonl", ".json":
		return NDJSON
	}
	return CSV
}

// Sniff tells the form of a file by how it begins: what begins as JSON is NDJSON.
func Sniff(head []byte) Format {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return NDJSON
	}
	return CSV
}

// Mapping says how rows become events. Columns are named as in the header; "" is
// none.
type Mapping struct {
	Source      string
	Format      Format // "" if the mapping leaves it open
	Delimiter   byte   // 0: guessed
	Missing     []string
	UserID      string
	AnonymousID string
	Email       string
	// OtherEmails are columns that are looked at where Email holds no address.
	OtherEmails []string
	// Several says that all addresses and ids in a cell are the person's, separated by
	// listSeparator; else the first address counts, and an id is the whole text.
	Several  bool
	Occurred *Moment
	Traits   []Field
	KeepRest bool
	Events   []EventRule
	Balance  *Balance // nil: the file brings no points along
}

// Moment is a time in a column.
type Moment struct {
	Column string
	Layout string // Go's reference time, "unix" or "unix_ms"; "" for the ISO forms
	Zone   string // of times that name none; "" for UTC
}

// Field is a trait or property and where its value comes from.
type Field struct {
	Name string
	Datum
}

// Datum is a value: of a column, or constant.
type Datum struct {
	Column string
	// Kind is how the text is read: lead.Text, Number, Bool or Moment. Missing
	// takes it as it is.
	Kind   lead.Kind
	Layout string // for Moment, as in type Moment
	Zone   string
	// Numbers is how numbers are written, of Kind Number or Missing; of Missing other
	// texts stay what they are. "" is plain, and of Missing leaves texts alone.
	Numbers NumberForm
	// Strip is taken away where the text begins with it.
	Strip string
	// Value is the constant (string, bool, float64) when Column is "".
	Value any
}

// EventRule makes an event of each row in which all of When holds.
type EventRule struct {
	Type       lead.Type // Track, Page or Screen
	Name       string
	When       []Condition
	Properties []Field
	Times      *Repeat
	Occurred   *Moment // nil: as the row
}

// Condition is about the text of a column. With neither list it asks for a value.
type Condition struct {
	Column    string
	In, NotIn []string
}

// Repeat makes as many events as the column says, at most Max.
type Repeat struct {
	Column string
	Max    int
}

// columns calls yield with the place in the mapping and the name of every column
// that it reads, so that the caller can check or replace the name.
func (m *Mapping) columns(yield func(place string, column *string)) {
	moment := func(place string, t *Moment) {
		if t != nil {
			yield(place, &t.Column)
		}
	}
	fields := func(place string, fields []Field) {
		for i := range fields {
			if fields[i].Column != "" {
				yield(place+"."+fields[i].Name, &fields[i].Column)
			}
		}
	}
	for _, id := range []struct {
		place  string
		column *string
	}{{"user_id", &m.UserID}, {"anonymous_id", &m.AnonymousID}, {"email", &m.Email}} {
		if *id.column != "" {
			yield(id.place, id.column)
		}
	}
	for i := range m.OtherEmails {
		yield("email", &m.OtherEmails[i])
	}
	moment("occurred", m.Occurred)
	fields("traits", m.Traits)
	if m.Balance != nil {
		fields("balance", m.Balance.Scores)
		moment("balance_as_of", m.Balance.AsOf)
	}
	for i := range m.Events {
		e := &m.Events[i]
		for j := range e.When {
			yield("events.when", &e.When[j].Column)
		}
		fields("events.properties", e.Properties)
		if e.Times != nil {
			yield("events.times", &e.Times.Column)
		}
		moment("events.occurred", e.Occurred)
	}
}

// clone copies the mapping as deep as columns reaches.
func (m *Mapping) clone() *Mapping {
	moment := func(t *Moment) *Moment {
		if t == nil {
			return nil
		}
		c := *t
		return &c
	}
	c := *m
	c.Occurred = moment(m.Occurred)
	c.OtherEmails = append([]string(nil), m.OtherEmails...)
	c.Traits = append([]Field(nil), m.Traits...)
	if m.Balance != nil {
		c.Balance = &Balance{append([]Field(nil), m.Balance.Scores...), moment(m.Balance.AsOf)}
	}
	c.Events = append([]EventRule(nil), m.Events...)
	for i := range c.Events {
		e := &c.Events[i]
		e.When = append([]Condition(nil), e.When...)
		e.Properties = append([]Field(nil), e.Properties...)
		e.Occurred = moment(e.Occurred)
		if e.Times != nil {
			t := *e.Times
			e.Times = &t
		}
	}
	return &c
}
