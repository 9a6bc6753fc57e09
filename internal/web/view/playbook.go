package view

import (
	"context"

	"galena/internal/access"
	"galena/internal/lead"
)

// Playbook is the agreement in force.
type Playbook struct {
	Frame     *Frame
	Name      string
	Version   Version
	Agreement *Agreement
	Sweep     Sweep
}

// Version is a published version.
type Version struct {
	Number       int
	From         lead.Time
	Author, Note string
	Applied      bool // to existing leads at once
	Signed       []Signature
	InForce      bool
}

// Signature is somebody who agreed for a side.
type Signature struct {
	Side, Name string
	At         lead.Time
}

// Sweep is how far the leads have been brought to the version in force.
type Sweep struct {
	Version     int
	Done, Leads int
	Over        bool
}

// Versions lists all versions, the newest first.
type Versions struct {
	Frame *Frame
	All   []Version
}

// OneVersion is a version that was published.
type OneVersion struct {
	Frame     *Frame
	Name      string
	Version   Version
	Agreement *Agreement
	Before    int // the version before it; 0 for none
	Changes   *Changes
	// Restoring shows the form that puts it in force again, with a Problem if
	// there is one.
	Restoring bool
	InForce   int // the version that it is to take the place of
	Note      string
	Apply     bool
	Problem   string
}

// Comparison is what differs between two versions.
type Comparison struct {
	Frame    *Frame
	From, To int
	All      []Version
	Changes  *Changes
}

// Changes are differences in words, section by section.
type Changes struct {
	Same     bool // to the byte
	Sections []ChangedSection
}

// ChangedSection is what changed in a section of the agreement.
type ChangedSection struct {
	Title string
	Lines []ChangedLine
}

// ChangedLine is one change; Mark is + for what came, - for what went, ~ for what
// is otherwise.
type ChangedLine struct {
	Mark byte
	Text string
}

// playbookTab is one of the pages about the playbook.
type playbookTab struct{ name, path string }

// playbookTabs are those that the viewer may open.
func playbookTabs(f *Frame) []playbookTab {
	tabs := []playbookTab{{"agreement", "/playbook"}, {"structure", "/playbook/structure"}, {"versions", "/playbook/versions"}}
	if f.May(access.Draft) {
		tabs = append(tabs, playbookTab{"drafts", "/playbook/drafts"})
	}
	return tabs
}

// sideName is a side of the agreement in the viewer's words.
func sideName(ctx context.Context, side string) string { return T(ctx, "playbook.side."+side) }

// orNone is a text, or what stands for one that is not there.
func orNone(ctx context.Context, text string) string {
	if text == "" {
		return T(ctx, "frame.none")
	}
	return text
}
