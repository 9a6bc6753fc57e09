package view

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"galena/internal/lead"
	"galena/internal/web/words"
)

// LeadNews is what came since a lead's page was opened: N events, or with More that
// many at least.
type LeadNews struct {
	Path string
	N    int
	More bool
}

// LeadShow is the page of a lead.
type LeadShow struct {
	*Frame
	Path string // of the page
	// NewsPath is where it is asked what came since.
	NewsPath string
	ID       string
	Name     string
	Job      string
	Kind     string // "visitor", "contact" or "lead"

	Emails, Phones, UserIDs, Anonymous []string

	Stage, Role string
	Grade       string
	Score       lead.Points
	ScoreLabel  string
	Excluded    string // why nobody scores the lead; "" if somebody does
	FirstSeen   lead.Time
	LastSeen    lead.Time

	Steps []PathStep
	Cycle int
	Hold  string // what keeps the lead where it is, in words

	Why       Why
	Prospects []Prospect
	WhatIf    WhatIf
	Timeline  Timeline

	Attributes  []Datum
	First, Last *Touch
	Account     string
	AccountPath string
	Colleagues  []Colleague
	More        bool
	Missing     []string
	FreeMail    bool
	Robots      int // of Messages
	Messages    int
	Doubles     []Double
	Parts       []Joined
	Consent     Consents
	Notes       []Note
}

// PathStep is a stage or exit on the lead's way.
type PathStep struct {
	Name          string
	At            lead.Time // when it was entered in this cycle; 0 if it was not
	Done, Present bool
	Exit          bool
	Reason        string
}

// Why is where the points come from, at a moment.
type Why struct {
	Path     string
	At       lead.Time
	Past     bool
	Long     int    // how many events there are, where they are too many to explain; else 0
	Known    string // "then" or "now"
	Local    string // the moment as a field of a form has it
	First    string // the first moment that a field may have, and the last
	Now      string
	Days     int // since the lead was first seen
	Day      int // of At
	Version  int
	Stage    string
	Role     string
	Grade    string
	Excluded string
	PartOf   string // the lead as part of which it was known then
	Scores   []ScoreWhy
}

// ScoreWhy is one score with the rules that it comes from.
type ScoreWhy struct {
	Name, Label string
	Points      lead.Points
	Main        bool
	Course      []lead.Points // in equal steps until now; empty if it is not known
	From, To    lead.Time     // of the course
	Groups      []RuleGroup
}

// RuleGroup is what one rule comes to.
type RuleGroup struct {
	Label string
	Of    string // the dimension, within a total
	Times int    // how often it occurred; 0 of what does not
	Last  lead.Time
	Sum   Amounts
	Lines []WhyLine
	More  int // lines that are not shown
}

// Amounts are the parts of a number of points: Given + Limited + Lapsed + Capped +
// Faded = Points.
type Amounts struct{ Given, Limited, Lapsed, Capped, Faded, Points lead.Points }

// Plain says that nothing was lost of what was given.
func (a *Amounts) Plain() bool {
	return a.Limited == 0 && a.Lapsed == 0 && a.Capped == 0 && a.Faded == 0
}

// WhyLine is a single contribution.
type WhyLine struct {
	At    lead.Time
	Label string
	// Failed says that its points could not be reckoned.
	Failed bool
	Amounts
}

// Prospect is a stage ahead with what leads into it.
type Prospect struct {
	Stage, Role, Label string
	Barred             bool
	Ways               []Way
}

// Way is one criterion.
type Way struct {
	FastTrack, Marked, Met bool
	Checks                 []Check
}

// Check is a part of a criterion as it stands.
type Check struct {
	Words      string
	Code       bool // Words are the condition as it is written
	Met        bool
	Have, Need string // "" where nothing is compared
	Part       int    // of Whole, for a bar; Whole 0 for none
	Whole      int
	Any        bool // one of Parts is enough
	Parts      []Check
}

// WhatIf is a form that supposes something, and what came of it.
type WhatIf struct {
	Path       string
	Signals    []Option
	Attributes []Option
	Times      int
	Value      string
	Wait       int
	Problem    string
	Come       *Come // nil before anything was supposed
}

// Come is what would come of something.
type Come struct {
	Scores                  []Change
	StageBefore, StageAfter string
	RoleBefore, RoleAfter   string
	GradeBefore, GradeAfter string
	Excluded                string
	Entered                 []string // stages on the way
}

// Change is a score before and after.
type Change struct {
	Label         string
	Before, After lead.Points
}

// Timeline is a page of what happened.
type Timeline struct {
	Path    string
	Entries []Entry
	Older   string // the address of what is older; "" at the end
	Newer   bool   // there are younger ones that are not shown
}

// Entry is one thing that happened.
type Entry struct {
	At    lead.Time
	Icon  string
	Tone  string // of the mark: "", "accent", "good" or "bad"
	Title string
	Text  string
	// Struck says that it does not stand any more.
	Struck bool
	Stage  string
	Role   string
	Meta   []string
	// Session are the events of a session, Summary the most telling of them, Points
	// what they gave together.
	Session []Event
	Summary string
	Points  lead.Points
	From    lead.Time
	Count   int
	More    int
	Robots  int
	// Judge and Unmerge are where a form does so; "" where nobody may or nothing is
	// to be done.
	Judge, Unmerge string
	// Past shows the scores at the moment.
	Past string
	Drop string // a note's id, which the viewer may delete
}

// Event is an event of a session.
type Event struct {
	At      lead.Time
	Type    string
	Name    string
	Page    string
	Signals string // what it is to the playbook
	Points  lead.Points
	Robot   bool
	Data    []Datum // what came with it
	Meta    []Datum
}

// Datum is a name and what is known under it.
type Datum struct{ Name, Value string }

// Touch is how somebody came.
type Touch struct {
	At   lead.Time
	Data []Datum
	Page string
}

// Colleague is somebody of the same account.
type Colleague struct {
	Path, Name, Job, Stage, Role string
	Score                        lead.Points
}

// Double is somebody who may be the same person.
type Double struct {
	Path, ID, Name, Shared string
}

// Joined is a lead that is part of this one.
type Joined struct {
	ID    string
	At    lead.Time
	Merge string // where it is undone
}

// Note is a note about the lead.
type Note struct {
	ID, By, Text string
	At           lead.Time
	Mine         bool // the viewer may delete it
}

// LeadForm is a page with a form that changes a lead.
type LeadForm struct {
	*Frame
	What    string // which: "stage", "points", …
	Path    string // of the lead
	Action  string
	Name    string
	ID      string
	Problem string
	Help    string

	Options []Option
	Reasons []ReasonList
	Fields  []FormField
	Reason  string
	Points  string
	Other   string
	Robot   bool
	Purpose string
	// Purposes are those that are known, to choose from.
	Purposes        []string
	Agreed, Refused bool
	Hidden          []Datum
}

// ReasonList are the reasons that an exit takes.
type ReasonList struct {
	Stage string
	Texts []string
}

// FormField is a field for an attribute.
type FormField struct {
	Name, Label, Kind, Value string
}

// exact is a number of points to its last decimal, as the language writes it.
func exact(ctx context.Context, p lead.Points, signed bool) string {
	return words.Of(ctx).PointsExactly(p, signed)
}

// sign is the class of a number of points.
func sign(p lead.Points) string {
	switch {
	case p > 0:
		return "points plus"
	case p < 0:
		return "points minus"
	}
	return "points muted"
}

// curve draws the course of a score into a box of 100 by 24.
func curve(course []lead.Points) (line, area string) {
	low, high := lead.Points(0), lead.Points(1)
	for _, p := range course {
		low, high = min(low, p), max(high, p)
	}
	var b strings.Builder
	for i, p := range course {
		command := "L"
		if i == 0 {
			command = "M"
		}
		x := 100 * float64(i) / float64(max(len(course)-1, 1))
		y := 23 - 22*float64(p-low)/float64(high-low)
		fmt.Fprintf(&b, "%s%.1f %.1f", command, x, y)
	}
	line = b.String()
	return line, line + "L100 24L0 24Z"
}

// call is the address by which a number is rung up.
func call(number string) templ.SafeURL {
	return templ.URL("tel:" + strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number))
}

func share(part, whole int) string {
	return fmt.Sprintf("%.2f", 100*float64(min(max(part, 0), whole))/float64(max(whole, 1)))
}

// present marks where somebody is on a way.
func present(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// name is by what a session is found again when the page is made current, so that it
// stays open.
func (e *Entry) name() templ.Attributes {
	if len(e.Session) == 0 {
		return nil
	}
	return templ.Attributes{"id": fmt.Sprintf("session-%d", int64(e.From))}
}
