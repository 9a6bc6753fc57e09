package pipeline

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// A workspace may be older than accounts are. Its log is gone through once, so that
// its companies and their people are known; how far that came is a paper.
const (
	progressDrawer = "progress"
	accountsPaper  = "accounts"
	// enlisted is the paper's text when nothing is left to do; before, it is the last
	// place in the log that was looked at.
	enlisted = "over"
)

// maxEnlisted is how many events are looked at in one commit, so that events never
// wait long.
const maxEnlisted = 1000

// Found notes in a new workspace what there is not to be caught up with.
func Found(tx store.Tx) error {
	return tx.PutPaper(store.Paper{Drawer: progressDrawer, Name: accountsPaper, Text: []byte(enlisted)})
}

// Enlist makes what is in the log from before there were accounts known to them, in
// slices, each of which counts when this is interrupted; while events wait, in one.
// In a workspace that had accounts from its beginning it finds nothing new.
func (p *Pipeline) Enlist(ctx context.Context) error {
	for pressed := false; !pressed && !p.enlisted.Load(); {
		over, begun := false, time.Now()
		err := p.store.Read(ctx, func(from store.Snapshot) error {
			text, err := from.Paper(progressDrawer, accountsPaper)
			over = string(text) == enlisted
			return err
		})
		if err == nil && !over {
			over, err = p.enlist(ctx, maxEnlisted)
		}
		if err != nil {
			return err
		}
		p.enlisted.Store(over)
		pressed = p.Waiting() > 0
		if err := p.giveWay(ctx, begun); err != nil {
			return err
		}
	}
	return nil
}

// enlist looks at the next events in a commit.
func (p *Pipeline) enlist(ctx context.Context, limit int) (over bool, err error) {
	err = p.store.Write(ctx, func(tx store.Tx) error {
		c, err := newCommit(p.versions, tx)
		if err != nil {
			return err
		}
		over, err = c.enlist(limit)
		return err
	})
	return over, err
}

// enlist hears the group calls among the next events of the log, and places those of
// whom a group call or an address may say of which account they are.
func (c *commit) enlist(limit int) (over bool, err error) {
	text, err := c.tx.Paper(progressDrawer, accountsPaper)
	if err != nil || string(text) == enlisted {
		return true, err // another node was faster
	}
	reached := int64(0)
	if text != nil {
		if reached, err = strconv.ParseInt(string(text), 10, 64); err != nil {
			return false, fault.New(fault.Internal, "How far the accounts are known is kept as %q, which is no place in the log.", text)
		}
	}
	log, err := c.tx.Log(reached, limit)
	if err != nil {
		return false, err
	}
	progress := enlisted
	if over = len(log) < limit; !over {
		progress = strconv.FormatInt(log[len(log)-1].Seq, 10)
	}
	log = slices.DeleteFunc(log, func(e lead.Event) bool { return e.Type != lead.Group && e.Email == "" })
	if err := c.recall(log); err != nil {
		return false, err
	}
	if err := c.tx.PutPaper(store.Paper{Drawer: progressDrawer, Name: accountsPaper, Text: []byte(progress)}); err != nil {
		return false, err
	}
	return over, c.enrol()
}

// recall hears and places what was heard and placed before anybody took notes.
func (c *commit) recall(log []lead.Event) error {
	owners, err := c.lockOwners(log)
	if err != nil {
		return err
	}
	c.company.recalled = true
	for i := range log {
		e := &log[i]
		if err := e.Open(); err != nil {
			return err
		}
		c.hear(e)
	}
	rows, err := c.tx.States(slices.Compact(slices.Sorted(maps.Values(owners))))
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		s, err := c.state(rows[id])
		if err != nil {
			return err
		}
		c.place(id, s)
	}
	return nil
}

// lockOwners locks the leads of which events are today, and gives them by the leads
// by which they were recorded.
func (c *commit) lockOwners(log []lead.Event) (map[lead.ID]lead.ID, error) {
	ids := make([]lead.ID, len(log))
	for i := range log {
		ids[i] = log[i].Lead
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for {
		owners, err := c.tx.Surviving(ids)
		if err != nil {
			return nil, err
		}
		if err := c.tx.Lock(slices.Compact(slices.Sorted(maps.Values(owners)))); err != nil {
			return nil, err
		}
		// Another node may have joined one of them before it was locked.
		locked, err := c.tx.Surviving(ids)
		if err != nil || maps.Equal(owners, locked) {
			return owners, err
		}
	}
}
