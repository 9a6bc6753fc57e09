package bulk

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"galena/internal/lead"
)

// listSeparator stands between several addresses or ids in one cell.
const listSeparator = ";"

// LeadWriter writes leads. Flush must follow the last one.
type LeadWriter struct {
	scores, attributes []string

	sheet *sheet        // for CSV
	lines *bufio.Writer // for NDJSON
}

// NewLeadWriter begins a file of leads. A CSV file has a column for each of the
// scores and attributes, in the order given, whether any lead has one or not;
// NDJSON tells what a lead has.
func NewLeadWriter(w io.Writer, f Format, scores, attributes []string) *LeadWriter {
	l := &LeadWriter{scores: scores, attributes: attributes}
	if f == NDJSON {
		l.lines = bufio.NewWriter(w)
		return l
	}
	l.sheet = newSheet(w)
	columns := []string{"id", "kind", "emails", "user_ids", "stage", "stage_since"}
	for _, s := range scores {
		columns = append(columns, "scores."+s)
	}
	columns = append(columns, "grade", "account", "excluded", "first_seen", "last_seen")
	for _, a := range attributes {
		columns = append(columns, "attributes."+a)
	}
	header(l.sheet, columns)
	return l
}

func header(s *sheet, columns []string) {
	for _, c := range columns {
		s.text(c)
	}
	s.end()
}

// Write adds a lead.
func (l *LeadWriter) Write(x *Lead) error {
	if l.lines != nil {
		return writeLine(l.lines, x)
	}
	s := l.sheet
	s.text(x.ID)
	s.text(x.Kind)
	s.text(strings.Join(x.Emails, listSeparator))
	s.text(strings.Join(x.UserIDs, listSeparator))
	s.text(x.Stage)
	s.own(x.StageSince.String())
	for _, name := range l.scores {
		points := ""
		if p, ok := x.Scores[name]; ok {
			points = p.String()
		}
		s.own(points)
	}
	s.text(x.Grade)
	s.text(x.Account)
	s.text(x.Excluded)
	s.own(x.FirstSeen.String())
	s.own(x.LastSeen.String())
	for _, name := range l.attributes {
		switch v := x.Attributes[name]; v.Kind {
		case lead.Number:
			s.own(strconv.FormatFloat(v.Num, 'f', -1, 64))
		case lead.Bool:
			s.own(strconv.FormatBool(v.Num == 1))
		case lead.Moment:
			s.own(lead.Time(v.Num).String())
		case lead.List:
			s.text(strings.Join(v.List, listSeparator))
		default:
			s.text(v.Text)
		}
	}
	s.end()
	return nil
}

// Flush writes out what is held back, and tells of an error of any write so far.
func (l *LeadWriter) Flush() error { return flush(l.sheet, l.lines) }

// EventWriter writes events. Flush must follow the last one.
type EventWriter struct {
	sheet *sheet
	lines *bufio.Writer
}

// NewEventWriter begins a file of events.
func NewEventWriter(w io.Writer, f Format) *EventWriter {
	if f == NDJSON {
		return &EventWriter{lines: bufio.NewWriter(w)}
	}
	e := &EventWriter{sheet: newSheet(w)}
	header(e.sheet, []string{
		"message_id", "type", "event", "name", "user_id", "anonymous_id", "group_id", "previous_id", "occurred", "received",
		"lead", "origin", "source", "backfill", "properties", "traits", "context",
	})
	return e
}

// Write adds an event.
func (w *EventWriter) Write(x *Event) error {
	if w.lines != nil {
		return writeLine(w.lines, x)
	}
	s := w.sheet
	for _, text := range []string{x.MessageID, x.Type, x.Event, x.Name, x.UserID, x.AnonymousID, x.GroupID, x.PreviousID} {
		s.text(text)
	}
	s.own(x.Occurred.String())
	s.own(x.Received.String())
	s.text(x.Lead)
	s.text(x.Origin)
	s.own(strconv.FormatInt(x.Source, 10))
	s.own(strconv.FormatBool(x.Backfill))
	for _, part := range []string{string(x.Properties), string(x.Traits), string(x.Context)} {
		s.text(part)
	}
	s.end()
	return nil
}

// Flush is as that of LeadWriter.
func (w *EventWriter) Flush() error { return flush(w.sheet, w.lines) }

func writeLine(w *bufio.Writer, x any) error {
	if err := json.MarshalWrite(w, x, json.Deterministic(true), lenient); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

func flush(s *sheet, lines *bufio.Writer) error {
	if s != nil {
		return s.flush()
	}
	return lines.Flush()
}
