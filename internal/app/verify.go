package app

import (
	"bytes"
	"context"
	"fmt"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Mismatch is a lead whose stored state is not the fold of its log.
type Mismatch struct {
	Lead lead.ID `json:"lead"`
	What string  `json:"what"`
}

// Verify folds every lead again from its log and compares state, decisions and
// the sums of the explanation with what is stored. It returns how many leads it
// looked at.
func (r *Reader) Verify(ctx context.Context) (leads int, found []Mismatch, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		return eachRow(ctx, snap, func(row store.LeadRow) error {
			leads++
			what, err := r.verify(snap, row)
			if err == nil && what != "" {
				found = append(found, Mismatch{row.ID, what})
			}
			return err
		})
	})
	return leads, found, err
}

func (r *Reader) verify(snap store.Snapshot, row store.LeadRow) (string, error) {
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return "", err
	}
	// What was not yet brought to the newest version is the fold of its own day.
	if version, ok := engine.VersionOf(row.State); ok && chain.Until(version) != nil {
		chain = chain.Until(version)
	}
	e := chain.Newest()
	stored, err := e.Decode(row.State)
	if err != nil {
		return "the stored state cannot be read: " + err.Error(), nil
	}
	events, err := pipeline.History(snap, row.ID)
	if err != nil {
		return "", err
	}
	s, decided := chain.Fold(events, stored.At)
	if !bytes.Equal(e.Encode(s), row.State) {
		return fmt.Sprintf("the stored state differs from the fold of its %d events", len(events)), nil
	}
	if wake := e.WakeAt(s); wake != row.WakeAt {
		return fmt.Sprintf("wakes %s instead of %s", moment(row.WakeAt), moment(wake)), nil
	}
	log, err := snap.Decisions(row.ID)
	if err != nil {
		return "", err
	}
	if rows := pipeline.Revise(row.ID, log, decided, 0); len(rows) > 0 {
		return fmt.Sprintf("decision %s (%s) is not as the log has it", rows[0].ID(), rows[0].Verb), nil
	}
	scores := e.Read(s)
	for i, x := range chain.Explain(events, s.At).Scores {
		var sum lead.Points
		for _, l := range x.Lines {
			sum += l.Points
		}
		if sum != x.Points || x.Points != scores[i] {
			return fmt.Sprintf("%s is %s, its lines sum to %s, the fold reads %s", x.Name, x.Points, sum, scores[i]), nil
		}
	}
	return "", nil
}

func moment(t lead.Time) string {
	if t == 0 {
		return "never"
	}
	return "at " + t.String()
}
