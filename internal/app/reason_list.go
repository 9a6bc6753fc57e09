package app

import (
	"context"
	"sync"
	"time"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

const (
	// maxReasoned is how many events somebody has at most of whom a list tells
	// reasons: each is read and folded for it. The page of the lead tells them of
	// everybody.
	maxReasoned = 500
	// reasonsFresh is how long reasons are told again of a row that is as it was, and
	// reasonsKept of how many.
	reasonsFresh = time.Minute
	reasonsKept  = 1000
)

// reasonCache is what was told of rows lately.
type reasonCache struct {
	mu   sync.Mutex
	told map[lead.ID]toldReasons
}

type toldReasons struct {
	at       time.Time
	score    int64
	lastSeen lead.Time
	reasons  []Reason
}

// ReasonsFor are the reasons for the main score of somebody who is listed, the
// weightiest first, as of a minute ago at the most; none of whom there is too much
// to read for a list.
func (r *Reader) ReasonsFor(ctx context.Context, row *Row) ([]Reason, error) {
	c := &r.reasons
	c.mu.Lock()
	t, known := c.told[row.ID]
	c.mu.Unlock()
	if known && t.score == row.Score && t.lastSeen == row.LastSeen && time.Since(t.at) < reasonsFresh {
		return t.reasons, nil
	}
	t = toldReasons{score: row.Score, lastSeen: row.LastSeen, at: time.Now()}
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		t.reasons = nil
		now, err := snap.Now()
		if err != nil {
			return err
		}
		rows, err := snap.States([]lead.ID{row.ID})
		if err != nil {
			return err
		}
		at, there := rows[row.ID]
		if !there {
			return nil // it was joined or erased since it was listed
		}
		if _, s, err := r.stateAt(snap, at, now); err != nil || s.Events > maxReasoned {
			return err
		}
		events, err := pipeline.History(snap, row.ID)
		if err != nil {
			return err
		}
		x, err := r.explain(snap, events, now)
		if err == nil {
			t.reasons = Reasons(&x.Scores[r.MainScore()])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == nil || len(c.told) >= reasonsKept {
		c.told = map[lead.ID]toldReasons{}
	}
	c.told[row.ID] = t
	return t.reasons, nil
}
