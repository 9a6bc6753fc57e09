package view

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"galena/internal/lead"
)

// Drafts are the playbooks that are being written.
type Drafts struct {
	Frame *Frame
	All   []Draft
	// Sources are what a new one can begin with.
	Sources []Option
	Name    string // as typed
	Problem string
}

// Draft is what all pages of one draft show of it.
type Draft struct {
	ID, Name, Owner string
	Base, InForce   int
	Revision        int64
	Saved           lead.Time
	SavedBy         string
	Signed          []Signature
	Dropping        bool // it is asked whether to throw it away
}

// Path is the address of one of its pages.
func (d *Draft) Path(page string) string {
	if page != "" {
		page = "/" + page
	}
	return "/playbook/drafts/" + d.ID + page
}

// Editor is the text of a draft with what is wrong with it.
type Editor struct {
	Frame *Frame
	Draft Draft
	Text  string
	State EditorState
}

// EditorState is what changes while somebody writes.
type EditorState struct {
	Draft Draft
	// Problem says why the text was not saved; "" where it was.
	Problem  string
	Problems []Mistake
	Errors   int
	Tests    int
	Failed   int
}

// Mistake is something wrong with the text, and where.
type Mistake struct {
	Line, Column                                int
	Message, Found, Expected, Suggestion, Meant string
	Warning                                     bool
}

// Place is where a mistake is, as people write it.
func (m *Mistake) Place() string { return fmt.Sprintf("%d:%d", m.Line, m.Column) }

// draftTabs are the pages of a draft.
var draftTabs = []playbookTab{{"text", ""}, {"dials", "dials"}, {"conditions", "conditions"}, {"fading", "fading"}, {"bounds", "bounds"}, {"proof", "proof"}, {"publish", "publish"}}

// Proof shows the tests of a draft and what it would have made of the history.
type Proof struct {
	Frame   *Frame
	Draft   Draft
	Errors  int
	Tests   []Test
	Failed  int
	Preview Preview
}

// Test is one of a playbook's own.
type Test struct {
	Name    string
	Line    int
	Differs []string // what came out otherwise; empty of one that passes
}

// Preview is a replay of the history under a draft.
type Preview struct {
	Path       string // where it is shown and begun
	Began      bool
	People, Of int
	Report     *PreviewReport // nil while it goes on
	Problem    string
}

// PreviewReport compares what stands with what would be.
type PreviewReport struct {
	Version, People, Events int
	InForce                 int // which another than Version has become
	Stages                  []StagePreview
	Scores                  []ScorePreview
	Outcomes                []OutcomePreview
}

// StagePreview compares one stage.
type StagePreview struct {
	Name, Role                  string
	Before, After               int
	EnteredBefore, EnteredAfter int
	// Was and Is are entries for each of the latest weeks, as paths in a picture of
	// 100 by 24.
	Was, Is      string
	Gained, Lost Movers
}

// Movers are leads that would enter a stage, or would not.
type Movers struct {
	Count    int
	Examples []Example
}

// Example is a lead to open.
type Example struct{ Name, Path string }

// ScorePreview compares how a score is spread.
type ScorePreview struct {
	Name, Before, After string
	Risen, Fallen       int
}

// OutcomePreview tells of how many whose outcome is known sales would have heard
// before it.
type OutcomePreview struct {
	Role                 string
	Known, Before, After int
}

// Lines draws two series of numbers into a picture of 100 by 24, to one scale.
func Lines(was, is []int) (string, string) {
	most := 1
	for _, n := range append(append([]int{}, was...), is...) {
		most = max(most, n)
	}
	line := func(series []int) string {
		var path strings.Builder
		for i, n := range series {
			x := 50.0
			if len(series) > 1 {
				x = 100 * float64(i) / float64(len(series)-1)
			}
			command := "L"
			if i == 0 {
				command = "M"
			}
			fmt.Fprintf(&path, "%s%.1f %.1f", command, x, 23-22*float64(n)/float64(most))
		}
		return path.String()
	}
	return line(was), line(is)
}

// PublishDraft shows what a draft changes, who agreed, and puts it in force.
type PublishDraft struct {
	Frame       *Frame
	Draft       Draft
	Changes     *Changes // nil while there are errors
	Errors      int
	Tests       int
	Failed      int
	Previewed   bool
	Sides       []Side
	Publishable bool
	Note        string
	Apply       bool
	Problem     string
}

// Side is a side of the agreement; By is who agreed, "" for nobody, and May says
// that the viewer may agree for it.
type Side struct {
	Side, By string
	May      bool
}

// editorTexts are what the editor itself says, by what that is in English.
var editorTexts = map[string]string{
	"Find":                     "find",
	"Replace":                  "replace_with",
	"next":                     "next",
	"previous":                 "previous",
	"all":                      "all",
	"match case":               "match_case",
	"regexp":                   "regexp",
	"by word":                  "by_word",
	"replace":                  "replace",
	"replace all":              "replace_all",
	"close":                    "close",
	"current match":            "current",
	"on line":                  "on_line",
	"replaced match on line $": "replaced_one",
	"replaced $ matches":       "replaced",
	"Go to line":               "go_to_line",
	"go":                       "go",
	"Fold line":                "fold",
	"Unfold line":              "unfold_line",
	"folded code":              "folded",
	"unfold":                   "unfold",
	"Folded lines":             "folded_lines",
	"Unfolded lines":           "unfolded_lines",
	"to":                       "to",
	"Completions":              "completions",
	"Diagnostics":              "diagnostics",
	"No diagnostics":           "no_diagnostics",
	"Control character":        "control",
	"Selection deleted":        "deleted",
}

// editorPhrases are the editor's own texts in the viewer's language, as JSON.
func editorPhrases(ctx context.Context) (string, error) {
	said := map[string]string{}
	for english, key := range editorTexts {
		said[english] = T(ctx, "playbook.editor."+key)
	}
	text, err := json.Marshal(said, json.Deterministic(true))
	return string(text), err
}
