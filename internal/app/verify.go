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
		return eachRow(ctx, snap, func(snap store.Snapshot, row store.LeadRow) error {
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

// ListingCheck is how the listing compares with what the states say.
type ListingCheck struct {
	// Lag is not none where the listing trails; then nothing was compared.
	Lag   pipeline.Lag
	Rows  int
	Found []Mismatch // rows missing, too many and different
}

// VerifyListing compares each row of the listing with the state of its lead.
func (r *Reader) VerifyListing(ctx context.Context) (ListingCheck, error) {
	var c ListingCheck
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		if c.Lag, err = pipeline.Trailing(snap); err != nil || !c.Lag.None() {
			return err
		}
		now, err := snap.Now()
		if err != nil {
			return err
		}
		chain, err := r.versions.Chain(snap)
		if err != nil {
			return err
		}
		listed := &rowsByLead{snap: snap}
		err = eachRow(ctx, snap, func(snap store.Snapshot, row store.LeadRow) error {
			for {
				next, err := listed.next()
				if err != nil {
					return err
				}
				if next == nil || next.Lead > row.ID {
					c.Found = append(c.Found, Mismatch{row.ID, "is not listed"})
					return nil
				}
				listed.took()
				c.Rows++
				if next.Lead < row.ID {
					c.Found = append(c.Found, Mismatch{next.Lead, "is listed, and has no state"})
					continue
				}
				want, err := pipeline.Listed(chain, snap, row, now)
				if err != nil {
					return err
				}
				if what := otherwise(next, &want); what != "" {
					c.Found = append(c.Found, Mismatch{row.ID, what})
				}
				return nil
			}
		})
		for err == nil {
			var next *store.ListRow
			if next, err = listed.next(); next == nil {
				break
			}
			listed.took()
			c.Rows++
			c.Found = append(c.Found, Mismatch{next.Lead, "is listed, and has no state"})
		}
		return err
	})
	return c, err
}

// otherwise tells in what two rows differ. When a row is to change by itself may be
// found sooner from nearby.
func otherwise(listed, want *store.ListRow) string {
	differ := ""
	for _, f := range []struct {
		name      string
		got, want any
	}{
		{"kind", listed.Kind, want.Kind}, {"stage", listed.Stage, want.Stage}, {"since", listed.StageSince, want.StageSince},
		{"score", listed.Score, want.Score}, {"scores", listed.Scores, want.Scores}, {"grade", listed.Grade, want.Grade},
		{"account", listed.Account, want.Account}, {"first seen", listed.FirstSeen, want.FirstSeen}, {"last seen", listed.LastSeen, want.LastSeen},
		{"name", listed.Name, want.Name}, {"email", listed.Email, want.Email}, {"title", listed.Title, want.Title},
		{"company", listed.Company, want.Company}, {"exclusion", listed.Excluded, want.Excluded}, {"facts", listed.Facts, want.Facts},
	} {
		if got, want := fmt.Sprint(f.got), fmt.Sprint(f.want); got != want && differ == "" {
			differ = fmt.Sprintf("is listed with the %s %s instead of %s", f.name, got, want)
		}
	}
	return differ
}

// rowsByLead goes through the listing by the ids of leads.
type rowsByLead struct {
	snap  store.Snapshot
	rows  []store.ListRow
	after lead.ID
	over  bool
}

// next is the first row that was not taken, nil after the last.
func (l *rowsByLead) next() (*store.ListRow, error) {
	if len(l.rows) == 0 && !l.over {
		var err error
		if l.rows, err = l.snap.ListedAfter(l.after, page); err != nil {
			return nil, err
		}
		l.over = len(l.rows) == 0
	}
	if l.over {
		return nil, nil
	}
	return &l.rows[0], nil
}

func (l *rowsByLead) took() {
	l.after, l.rows = l.rows[0].Lead, l.rows[1:]
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
