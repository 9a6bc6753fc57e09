package app

import (
	"context"
	"strings"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// Correction is what somebody corrects about a score by hand.
type Correction struct {
	Score  string // name of a dimension or a total
	Points lead.Points
	Reason string // shown with the points
	Author string // likewise
}

// Correct makes the act that corrects a lead's score, for Writer.Ingest; nothing
// is changed yet. It fails with fault.NotFound without such a lead and with
// fault.Invalid for a correction that says nothing.
func (r *Reader) Correct(ctx context.Context, ref Ref, c Correction) (lead.Event, error) {
	if err := r.checkCorrection(&c); err != nil {
		return lead.Event{}, err
	}
	l, err := r.Lead(ctx, ref)
	if err != nil {
		return lead.Event{}, err
	}
	return newAct(l.ID, lead.ActPoints, lead.TimeOf(time.Now()), map[string]any{
		"score": c.Score, "points": c.Points, lead.ActReason: c.Reason, lead.ActAuthor: c.Author,
	})
}

// ScoreNames are the scores and totals of the playbook in force.
func (r *Reader) ScoreNames() []string { return r.Plan().ScoreNames() }

func (r *Reader) checkCorrection(c *Correction) error {
	var names []string
	for _, s := range r.Plan().Scores {
		if s.Name == c.Score {
			names = nil
			break
		}
		names = append(names, s.Name)
	}
	switch {
	case names != nil:
		hint := phrase.New("The playbook has %s.", strings.Join(names, ", "))
		if near := spelling.Nearest(c.Score, names); near != "" {
			hint = phrase.New("Did you mean %q?", near)
		}
		return fault.New(fault.Invalid, "There is no score or total %q. %s", c.Score, hint)
	case c.Points == 0:
		return fault.New(fault.Invalid, "A correction of 0 points changes nothing.")
	case strings.TrimSpace(c.Reason) == "":
		return fault.New(fault.Invalid, "A correction needs a reason: it is shown wherever the points are explained.")
	}
	var by lead.Signature
	return sign(&by, lead.Signature{Author: c.Author, Reason: c.Reason})
}
