package view

import (
	"context"

	"galena/internal/lead"
	"galena/internal/web/words"
)

// Privacy says what is kept of people and for how long.
type Privacy struct {
	*Settings
	// Change says that the viewer may choose it.
	Change bool
	// Addresses is what can be done with network addresses.
	Addresses []Option
	Idless    bool
	// Objections are by what a browser's objection to being followed counts.
	Objections []Option
	Ages       []AgeField
	// AtOnce is what would go at once by what was chosen, to be confirmed; nil for
	// nothing.
	AtOnce []Overdue
	// Began and Ended are of the last pass that took away what was too old, Ended 0
	// while it is under way; Begins is when the first one does, 0 where one did.
	Began, Ended, Begins lead.Time
	Took                 []Overdue
}

// AgeField is after how long something goes.
type AgeField struct {
	Name    string // "visitors", "leads", "rejects" or "files"
	Options []Option
	Due     *Overdue // how much is too old by now; nil where that is not counted
}

// Overdue is how much of something is too old, or at least.
type Overdue struct {
	Name string
	N    int
	More bool
}

// words tells how much it is.
func (d *Overdue) words(ctx context.Context) string {
	if d.More {
		return T(ctx, "settings.privacy.more."+d.Name, words.Of(ctx).Number(d.N))
	}
	return N(ctx, "settings.privacy.amount."+d.Name, d.N)
}

// chosen is the label of the option that is.
func chosen(options []Option) string {
	for _, o := range options {
		if o.Chosen {
			return o.Label
		}
	}
	return ""
}
