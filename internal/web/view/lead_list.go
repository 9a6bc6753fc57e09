package view

import "galena/internal/lead"

// LeadList is a table of people.
type LeadList struct {
	*Frame
	Kind, Search, Problem string
	Kinds                 []Tab
	Chips                 []Chip
	// Hidden are the parameters of the list, for forms that add to them.
	Hidden      []Option
	Fields, Ops []Option
	// Signals, with when they occurred, and Segments can be asked about.
	Signals, Whens, Segments []Option
	Stages                   []Tab
	Facets                   []FacetGroup
	Views                    []ViewTab
	Saveable                 string // the list as a view keeps it
	Columns                  []ColumnHead
	Rows                     []LeadRow
	Count                    int
	More                     bool // Count is where counting ended
	// Stopped says that looking for people ended before the page was full: Looked of
	// Of were looked through, here and on the pages before.
	Stopped    bool
	Looked, Of int
	Trailing   bool // what came last is not listed yet
	// Self, First and Next are addresses of this list; "" where there is none.
	Self, First, Next            string
	Export, Board                string
	MayShare, MayWork, MayExport bool
	Targets                      []Target
}

// Tab is a link that may be where one is.
type Tab struct {
	Label, Path string
	Here        bool
}

// Chip is a filter that can be taken away.
type Chip struct{ Text, Remove string }

// FacetGroup is an attribute with some of its values.
type FacetGroup struct {
	Label  string
	Values []Tab
}

// ViewTab is a saved view.
type ViewTab struct {
	ID, Name, Path string
	Here, Shared   bool
	Mine           bool // the viewer may forget it
}

// ColumnHead is a column, chosen or not.
type ColumnHead struct {
	Name, Label string
	Chosen      bool
	Number      bool
	Sort        string // where it is sorted by; "" where it cannot be
	Sorted      string // "ascending", "descending" or ""
}

// LeadRow is a person in the table.
type LeadRow struct {
	ID, Path, Name, Below, Excluded string
	Cells                           []Cell
}

// Cell is one of a row's cells; of its members one is set.
type Cell struct {
	Column       string
	Text, Number string
	Stage, Role  string
	At           lead.Time
}

// Target is a stage or an exit into which somebody may put leads.
type Target struct {
	Name    string
	Reasons []string // one of these must be given; none: any
}

// heads are those of the columns that are shown.
func (p *LeadList) heads() []ColumnHead {
	var chosen []ColumnHead
	for _, h := range p.Columns {
		if h.Chosen || h.Name == "name" {
			chosen = append(chosen, h)
		}
	}
	return chosen
}

// optionalColumn says whether a phone leaves a column out.
func optionalColumn(name string) bool {
	return name != "name" && name != "stage" && name != "score"
}

// Board shows leads by their stages.
type Board struct {
	*Frame
	Chips   []Chip
	Problem string
	Self    string // the page again
	Table   string // the same as a table
	Lanes   []Lane
}

// Lane is a stage with the best of those who are in it.
type Lane struct {
	Name, Role, Path string
	Count            int
	More             bool
	Stopped          bool // not everybody was looked at
	Cards            []BoardCard
}

// BoardCard is a lead on the board.
type BoardCard struct {
	Path, Name, Job string
	Score           int
	LastSeen        lead.Time
}
