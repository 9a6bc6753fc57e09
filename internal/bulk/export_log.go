package bulk

import (
	"bufio"
	"io"
	"strconv"

	"galena/internal/engine"
	"galena/internal/lead"
)

// Decision is a row of the decision log as it is exported, under the same promise
// as Lead.
type Decision struct {
	ID       string    `json:"id"`
	Lead     string    `json:"lead"`     // whose it is today
	Original string    `json:"original"` // who came to it; a part of ID
	Cycle    int       `json:"cycle"`
	Stage    string    `json:"stage"`
	From     string    `json:"from"`
	Role     string    `json:"role"`
	Nth      int       `json:"nth"`
	At       lead.Time `json:"at"`
	Event    string    `json:"event"` // message id; "" if time decided
	Version  int       `json:"version"`
	Verb     string    `json:"verb"` // made, retracted or reinstated
	Recorded lead.Time `json:"recorded"`
}

// DecisionOf is d, which belongs to a lead today, as it is exported.
func DecisionOf(holder lead.ID, d *lead.Decision) Decision {
	return Decision{
		ID: d.ID(), Lead: holder.String(), Original: d.Lead.String(), Cycle: d.Cycle, Stage: d.Stage, From: d.From,
		Role: d.Role, Nth: d.Nth, At: d.At, Event: d.Event, Version: d.Version, Verb: d.Verb.String(), Recorded: d.Recorded,
	}
}

// Line is a line of the explanation of a score as it is exported, under the same
// promise as Lead. The points of a lead's lines of one Of sum to that score.
type Line struct {
	Lead string `json:"lead"`
	Of   string `json:"of"` // the score that is explained
	engine.Line
	AsOf    lead.Time `json:"as_of"` // the moment of the explanation
	Version int       `json:"version"`
}

// LogWriter writes decisions or lines. Flush must follow the last one.
type LogWriter struct {
	sheet *sheet
	lines *bufio.Writer
}

// NewDecisionWriter begins a file of decisions.
func NewDecisionWriter(w io.Writer, f Format) *LogWriter {
	return newLogWriter(w, f, []string{
		"id", "lead", "original", "cycle", "stage", "from", "role", "nth", "at", "event", "version", "verb", "recorded",
	})
}

// NewLineWriter begins a file of the lines of explanations.
func NewLineWriter(w io.Writer, f Format) *LogWriter {
	return newLogWriter(w, f, []string{
		"lead", "of", "score", "rule", "label", "signal", "event", "at", "raw", "limited", "lapsed", "capped", "decayed", "points", "as_of", "version", "failed",
	})
}

func newLogWriter(w io.Writer, f Format, columns []string) *LogWriter {
	if f == NDJSON {
		return &LogWriter{lines: bufio.NewWriter(w)}
	}
	l := &LogWriter{sheet: newSheet(w)}
	header(l.sheet, columns)
	return l
}

// Decision adds a decision.
func (w *LogWriter) Decision(x *Decision) error {
	if w.lines != nil {
		return writeLine(w.lines, x)
	}
	s := w.sheet
	s.text(x.ID)
	s.text(x.Lead)
	s.text(x.Original)
	s.own(strconv.Itoa(x.Cycle))
	s.text(x.Stage)
	s.text(x.From)
	s.text(x.Role)
	s.own(strconv.Itoa(x.Nth))
	s.own(x.At.String())
	s.text(x.Event)
	s.own(strconv.Itoa(x.Version))
	s.text(x.Verb)
	s.own(x.Recorded.String())
	s.end()
	return nil
}

// Line adds a line.
func (w *LogWriter) Line(x *Line) error {
	if w.lines != nil {
		return writeLine(w.lines, x)
	}
	s := w.sheet
	for _, text := range []string{x.Lead, x.Of, x.Score, x.Rule, x.Label, x.Signal, x.Event} {
		s.text(text)
	}
	s.own(x.At.String())
	for _, points := range []lead.Points{x.Raw, x.Limited, x.Lapsed, x.Capped, x.Decayed, x.Points} {
		s.own(points.String())
	}
	s.own(x.AsOf.String())
	s.own(strconv.Itoa(x.Version))
	s.own(strconv.FormatBool(x.Failed))
	s.end()
	return nil
}

// Flush is as that of LeadWriter.
func (w *LogWriter) Flush() error { return flush(w.sheet, w.lines) }
