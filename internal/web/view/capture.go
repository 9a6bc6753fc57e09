package view

import (
	"context"
	"fmt"
	"strconv"

	"galena/internal/lead"
	"galena/internal/web/words"
)

// SourceList is the page of write keys and of what comes by them.
type SourceList struct {
	*Frame
	Problem string
	Keys    []SourceRow
	// Imports are what files brought, all together.
	Imports SourceRow
	// Behind is how many events are not counted yet.
	Behind int
	Name   string
	Kinds  []Option
	Change bool // the viewer may make keys
}

// SourceRow is a source with what it brought.
type SourceRow struct {
	ID               int64
	Path             string
	Name, Kind, Hint string
	Created, Last    lead.Time
	Today, All       int
	Revoked          bool
}

// SourcePage is the page of one write key.
type SourcePage struct {
	*Frame
	Source SourceRow
	// Key is the key itself, right after it was made and never again.
	Key      string
	Snippets []Snippet
	Days     []DayCount
	Change   bool
}

// Snippet is a text to paste somewhere.
type Snippet struct {
	ID, Title, Text string
}

// DayCount is how many events came on a day.
type DayCount struct {
	Day   lead.Time
	Count int
}

func (p *SourcePage) most() int {
	most := 1
	for _, d := range p.Days {
		most = max(most, d.Count)
	}
	return most
}

// column is where the bar of a day stands in a drawing of 14 days, 8 wide each, 40 high.
func (p *SourcePage) column(i int) (x, y, height string) {
	h := 36 * float64(p.Days[i].Count) / float64(p.most())
	if p.Days[i].Count > 0 {
		h = max(h, 1.5)
	}
	return strconv.Itoa(i * 8), fmt.Sprintf("%.2f", 38-h), fmt.Sprintf("%.2f", h)
}

// EventList is the page of events as they come.
type EventList struct {
	*Frame
	Types, Sources []Option
	Name, Who      string
	Filtered       bool
	Live           bool
	// Poll is where newer events are asked for, Toggle the page with the stream
	// stopped, or going again.
	Poll, Toggle string
	Events       []EventRow
	// Next is the page of older ones, "" if there are none; Cut says that it was
	// looked at Looked events only.
	Next   string
	Cut    bool
	Looked int
	Any    bool // there are events at all
}

// EventRow is an event in a list.
type EventRow struct {
	Path       string
	Type, Name string
	Who        string
	Source     string
	Received   lead.Time
	Backfill   bool
	Late       bool // it occurred before it was received
	Occurred   lead.Time
}

// EventPage tells of one event.
type EventPage struct {
	*Frame
	Event     EventRow
	Erased    bool
	Out       bool
	LeadName  string
	LeadPath  string
	Signals   []SignalRow
	Lines     []LineRow
	Decisions []DecisionRow
	JSON      string
	ID        string // of the element that holds the JSON
}

// SignalRow is a signal that an event is.
type SignalRow struct{ Name, Label string }

// LineRow is what an event gave in a score.
type LineRow struct {
	Score, Label string
	Given, Left  lead.Points
	Refused      bool
}

// DecisionRow is a stage that an event brought about.
type DecisionRow struct{ Stage, Role string }

// SchemaPage tells what events look like.
type SchemaPage struct {
	*Frame
	At     lead.Time
	Looked int
	All    bool
	Shapes []ShapeRow
	More   bool
}

// ShapeRow is what events of a type and a name look like.
type ShapeRow struct {
	Type, Name  string
	Path        string // the events themselves
	Events      int
	First, Last lead.Time
	Fields      []FieldRow
	More        bool
}

// FieldRow is a value in events.
type FieldRow struct {
	Path     string
	Share    int // of the events, in hundredths
	Types    []string
	Examples []string
}

// RejectList is the page of what was refused.
type RejectList struct {
	*Frame
	Codes   []Option
	Sources []Option
	Mended  bool
	Filter  string // the query that leads back here
	Rejects []RejectRow
	Next    string
	Cut     bool
	Looked  int
	Change  bool
	Any     bool // there are rejects at all
}

// RejectRow is something that was refused.
type RejectRow struct {
	Seq      int64
	Received lead.Time
	Source   string
	Imported bool
	Code     string
	Message  string
	Body     string
	Cut      bool
	Problem  string // why it was refused another time
	MendedBy string
	MendedAt lead.Time
}

func (r *RejectRow) id() string { return strconv.FormatInt(r.Seq, 10) }

// ImportList is the page of imports.
type ImportList struct {
	*Frame
	Problem string
	Imports []ImportRow
	Next    string
	Change  bool
	MaxMB   int
}

// ImportRow is an import in a list, with how it is.
type ImportRow struct {
	Path, Name, By string
	Created        lead.Time
	State          string // the end of a text's key
	Tone           string // of its badge
	Rows, Accepted int
	Rejected       int
}

// ImportPage is the page of one import.
type ImportPage struct {
	*Frame
	Row      ImportRow
	Mapping  string
	Messages bool // the lines are messages, so there is no mapping
	Problem  string
	Columns  []string
	Preview  []PreviewRow
	Numbers  []NumberNote
	// PreviewProblem says why there is no preview.
	PreviewProblem string
	Backfill       bool
	Begun          bool // a part of the file is in
	// What can be done with it.
	CanRun, CanStop, CanGoOn, CanUndo, CanRedo, CanForget bool
	Task                                                  string
	Running, Interrupted                                  bool
	Failure                                               string
	Percent                                               int
	Rehearsal, Result                                     *ImportCount
	Judged                                                int
	RejectsPath, EventsPath                               string
	Change                                                bool
}

// ImportCount is what became of a file.
type ImportCount struct {
	Rows, Events, Accepted, Duplicates, Rejected, Balances int
	Reasons                                                []ReasonCount
	Numbers                                                []NumberNote
}

// NumberNote tells how numbers of a file are read: as an example shows, or with what is
// in doubt or is no number.
type NumberNote struct {
	Kind, Of, Text, Read string
	Count                int
	Way                  string // what to write into the mapping, where something can be said
}

// ReasonCount is how many rows were refused for a reason.
type ReasonCount struct {
	Code  string
	Count int
}

// help says what the page is for to whoever may import, or may only look.
func (p *ImportList) help(ctx context.Context) string {
	if p.Change {
		return T(ctx, "capture.imports.help")
	}
	return T(ctx, "capture.imports.look", T(ctx, "settings.acts.capture"))
}

// help says what the page is for to whoever may mend rejects, or may only look.
func (p *RejectList) help(ctx context.Context) string {
	if p.Change {
		return T(ctx, "capture.rejects.help")
	}
	return T(ctx, "capture.rejects.look", T(ctx, "settings.acts.capture"))
}

// why is the reason in words; those of other programs have none.
func (r ReasonCount) why(ctx context.Context) string {
	if words.Has("refusal." + r.Code) {
		return T(ctx, "refusal."+r.Code)
	}
	return r.Code
}

// PreviewRow is a row of a file as what it would become.
type PreviewRow struct {
	Number  int
	Who     string
	Facts   []FactPair
	Events  []string
	Problem string
}

// FactPair is a trait with its value.
type FactPair struct{ Name, Value string }

func (r *SourceRow) idText() string { return strconv.FormatInt(r.ID, 10) }

// typeBadge is the colour of a type of event.
func typeBadge(t string) string {
	switch t {
	case "identify", "group", "alias":
		return "badge accent"
	case "track":
		return "badge cool"
	}
	return "badge"
}

// present is what the task under way has come to.
func (p *ImportPage) present() *ImportCount {
	switch p.Task {
	case "rehearse":
		return p.Rehearsal
	case "import":
		return p.Result
	}
	return nil
}
