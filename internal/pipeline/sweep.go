package pipeline

import (
	"context"
	"errors"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/store"
)

// Bounds of what one commit brings to a new version, so that events never wait
// long: leads, and events of theirs, of which a robot may have many. One lead is
// always brought.
const (
	maxSwept       = 200
	maxSweptEvents = 20_000
)

// Progress tells how far the leads have been brought to the newest version.
type Progress struct {
	Version int   // of the playbook
	Done    int64 // leads that were looked at
	Leads   int64 // that there are, about
	Over    bool  // nothing is left to do
}

// Sweep brings the next leads to the newest version of the playbook. A state that
// nobody has swept yet is brought when it is touched, so that it does not matter
// when this is done, by whom, and how often it is interrupted.
func (p *Pipeline) Sweep(ctx context.Context) (Progress, error) {
	var progress Progress
	// Most often there is nothing to do, which a reader finds out.
	err := p.store.Read(ctx, func(from store.Snapshot) (err error) {
		progress, err = Swept(from)
		return err
	})
	if err != nil || progress.Over {
		return progress, err
	}
	err = p.store.Write(ctx, func(tx store.Tx) error {
		c, err := newCommit(p.versions, tx)
		if err != nil {
			return err
		}
		progress, err = c.sweep()
		return err
	})
	return progress, err
}

// Swept tells how far the leads have been brought to the newest version.
func Swept(from store.Snapshot) (Progress, error) {
	version, err := from.InForce()
	if err != nil {
		return Progress{}, err
	}
	if version <= 1 { // nothing was ever folded under another
		return Progress{Version: version, Over: true}, nil
	}
	s, err := from.Sweep()
	if err != nil {
		return Progress{}, err
	}
	if s.Version != version {
		s = store.Sweep{Version: version}
	}
	progress := Progress{Version: version, Done: s.Leads, Leads: s.Leads, Over: s.Over}
	if !s.Over {
		counts, err := from.Counts()
		if err != nil {
			return Progress{}, err
		}
		progress.Leads = max(counts.Leads, s.Leads)
	}
	return progress, nil
}

// sweep does the next part of the sweep within a commit.
func (c *commit) sweep() (Progress, error) {
	s, err := c.tx.Sweep()
	if err != nil {
		return Progress{}, err
	}
	if version := c.engine.Plan().Version; s.Version != version {
		s = store.Sweep{Version: version}
	}
	listed, err := c.tx.Leads(s.Reached, maxSwept)
	if err != nil {
		return Progress{}, err
	}
	ids := make([]lead.ID, len(listed))
	for i, row := range listed {
		ids[i] = row.ID
	}
	// Read again once they are locked: others may have touched them.
	if err := c.tx.Lock(ids); err != nil {
		return Progress{}, err
	}
	rows, err := c.tx.States(ids)
	if err != nil {
		return Progress{}, err
	}
	c.foresee(inOrder(ids, rows))
	events := int64(0)
	s.Over = len(ids) < maxSwept
	for i, id := range ids {
		if row, survives := rows[id]; survives {
			brought, err := c.state(row)
			if err != nil {
				return Progress{}, err
			}
			events += brought.Events
		}
		s.Reached, s.Leads = id, s.Leads+1
		if events > maxSweptEvents && i < len(ids)-1 {
			s.Over = false
			break
		}
	}
	if err := c.tx.PutSweep(s); err != nil {
		return Progress{}, err
	}
	if err := c.enrol(); err != nil {
		return Progress{}, err
	}
	return Swept(c.tx)
}

// bring makes the state of a row that this version cannot read one that it can.
// What is of another format is made anew from the log up to now, so that what time
// alone decided before is found again and not decided a second time.
func (c *commit) bring(row store.LeadRow) (*engine.State, error) {
	s, decisions, err := Cross(c.chain, c.record, row)
	if errors.Is(err, engine.ErrForeignState) {
		return c.refold(row.ID, c.now)
	}
	if err != nil {
		return nil, err
	}
	return s, c.put(row.ID, s, Made(row.ID, decisions, c.now))
}

// Cross takes the state of a row that an earlier version left over the
// publications since; see engine.Chain.Cross. It writes nothing.
func Cross(c *engine.Chain, from store.Snapshot, row store.LeadRow) (*engine.State, []lead.Decision, error) {
	events, err := History(from, row.ID)
	if err != nil {
		return nil, nil, err
	}
	return c.Cross(row.State, events)
}
