package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/ahead"
)

// The listing follows the log: see docs/adr/0021-listing.md.

const (
	// maxListed is how many leads are listed in one commit, and fewListed while events
	// wait, so that they never wait long; maxListedBeside while none wait where others
	// commit meanwhile, which only those of the same leads wait for.
	maxListed       = 100
	fewListed       = 25
	maxListedBeside = 400
	// walkAhead is how many leads are looked up at once when all are gone through: a
	// store looks through what is young each time.
	walkAhead = 5000
	// maxPressed is how many such commits are made each time while events wait: the
	// listing may trail, and they may not.
	maxPressed = 8
	// listForm is how rows are derived. Another number makes all of them anew.
	listForm = 3
)

// Lag is how far the listing trails the log.
type Lag struct {
	// Events are those that were not looked at yet.
	Events int64
	// Walking says that all leads are to be gone through, or are being: the listing
	// is new, or the playbook is. Reached is the last of those that were.
	Walking bool
	Reached lead.ID
	// Due says that rows change by themselves by now.
	Due bool
}

// None says that the listing shows what the states say.
func (l Lag) None() bool { return l == (Lag{}) }

// Trailing tells how far the listing trails the log.
func Trailing(from store.Snapshot) (Lag, error) {
	mark, err := from.ListMark()
	if err != nil {
		return Lag{}, err
	}
	last, err := from.LastSeq()
	if err != nil {
		return Lag{}, err
	}
	version, err := from.InForce()
	if err != nil {
		return Lag{}, err
	}
	now, err := from.Now()
	if err != nil {
		return Lag{}, err
	}
	due, err := from.ListDue(now, 1)
	l := Lag{Events: last - mark.Seq, Due: len(due) > 0}
	if walks(&mark, version) {
		l.Walking = true
		if mark.Form == listForm && mark.Version == version {
			l.Reached = mark.Reached
		}
	}
	return l, err
}

// walks says whether all leads are to be gone through.
func walks(mark *store.ListMark, version int) bool {
	return mark.Form != listForm || mark.Version != version || !mark.Over
}

// Follow brings the listing up to the log, or some way if events wait. What is left
// undone when it ends is done by the next, here or on another node.
func (p *Pipeline) Follow(ctx context.Context) error {
	var further walk
	limit := fewListed
	for pressed := 0; pressed < maxPressed; {
		begun := time.Now()
		waits, err := p.unlisted(ctx)
		if err != nil || !waits {
			return err
		}
		done := false
		err = p.store.Derive(ctx, func(tx store.Tx) error {
			c, err := newCommit(p.versions, tx)
			if err != nil {
				return err
			}
			done, err = c.list(limit, &further)
			return err
		})
		if err != nil || !done {
			return err // what another node has claimed it lists itself
		}
		switch {
		case p.Waiting() > 0:
			limit = fewListed
			pressed++
		case p.beside > 0:
			limit = maxListedBeside
		default:
			limit = maxListed
		}
		if err := p.giveWay(ctx, begun); err != nil {
			return err
		}
	}
	return nil
}

// unlisted says whether there is anything to list, which a reader finds out: most
// often there is not.
func (p *Pipeline) unlisted(ctx context.Context) (waits bool, err error) {
	err = p.store.Read(ctx, func(from store.Snapshot) error {
		lag, err := Trailing(from)
		if err != nil {
			return err
		}
		waits = lag.Events > 0 || lag.Due
		if lag.Walking && !waits {
			progress, err := Swept(from)
			waits = progress.Over
			return err
		}
		return nil
	})
	return waits, err
}

// list brings the rows of the next leads up to date within a commit: of those whom
// events touched, then of those who change by themselves, then, unless a sweep is
// still to bring them to the newest version, of all, one after the other. It says
// whether it did anything.
func (c *commit) list(limit int, further *walk) (bool, error) {
	mark, claimed, err := c.tx.ClaimListing()
	if err != nil || !claimed {
		return false, err
	}
	was := mark
	version := c.engine.Plan().Version
	if walks(&mark, version) && (mark.Form != listForm || mark.Version != version) {
		progress, err := Swept(c.tx)
		if err != nil {
			return false, err
		}
		if progress.Over {
			if mark.Form == 0 { // what is in the log so far, its leads tell
				if mark.Seq, err = c.tx.LastSeq(); err != nil {
					return false, err
				}
			}
			mark.Form, mark.Version, mark.Reached, mark.Over = listForm, version, 0, false
		}
	}
	ids, upTo, err := c.tx.Touched(mark.Seq, limit)
	if err != nil {
		return false, err
	}
	mark.Seq = upTo
	due, err := c.tx.ListDue(c.now, limit-len(ids))
	if err != nil {
		return false, err
	}
	ids = append(ids, due...)
	if rest := limit - len(ids); rest > 0 && mark.Form == listForm && mark.Version == version && !mark.Over {
		next, err := further.next(c.tx, mark.Reached, rest)
		if err != nil {
			return false, err
		}
		if len(next) > 0 {
			mark.Reached = next[len(next)-1]
		}
		ids = append(ids, next...)
		mark.Over = len(next) < rest
	}
	if mark == was && len(ids) == 0 {
		return false, nil
	}
	slices.Sort(ids)
	if err := c.relist(slices.Compact(ids)); err != nil {
		return false, err
	}
	if mark != was {
		err = c.tx.PutListMark(mark)
	}
	return true, err
}

// walk is a part of all leads, ascending: those after one.
type walk struct {
	after lead.ID
	ids   []lead.ID
}

// next gives the leads after one, at most limit, and fewer only at the end. Who
// comes meanwhile is in the log, and listed for that.
func (w *walk) next(from store.Snapshot, after lead.ID, limit int) ([]lead.ID, error) {
	at, _ := slices.BinarySearch(w.ids, after+1)
	if after < w.after || len(w.ids)-at < limit {
		rows, err := from.Leads(after, max(walkAhead, limit))
		if err != nil {
			return nil, err
		}
		w.after, w.ids, at = after, make([]lead.ID, len(rows)), 0
		for i := range rows {
			w.ids[i] = rows[i].ID
		}
	}
	return w.ids[at:min(at+limit, len(w.ids))], nil
}

// relist derives the rows of leads anew.
func (c *commit) relist(ids []lead.ID) error {
	if err := c.tx.Lock(ids); err != nil {
		return err
	}
	states, err := c.tx.States(ids)
	if err != nil {
		return err
	}
	rows := make([]store.ListRow, 0, len(ids))
	c.foresee(inOrder(ids, states))
	names := ahead.Of(c.tx, ids)
	for _, id := range ids {
		row, survives := states[id]
		if !survives {
			continue // another node joined or erased it, which took its row away
		}
		s, err := StateOf(c.chain, c.record, row)
		if err != nil {
			return err
		}
		listed, err := listedAt(c.chain, names, id, s, c.now)
		if err != nil {
			return err
		}
		rows = append(rows, listed)
	}
	return c.tx.PutListed(rows)
}

// Listed is the row of the listing that a lead has at a moment. It writes nothing.
func Listed(chain *engine.Chain, from store.Snapshot, row store.LeadRow, at lead.Time) (store.ListRow, error) {
	s, err := StateOf(chain, from, row)
	if err != nil {
		return store.ListRow{}, err
	}
	return listedAt(chain, from, row.ID, s, at)
}

func listedAt(chain *engine.Chain, from store.Snapshot, id lead.ID, s *engine.State, at lead.Time) (store.ListRow, error) {
	e := chain.Newest()
	e.Step(s, nil, max(at, s.At))
	return listRow(e, from, id, s)
}

// StateOf decodes a row; a state of an earlier version is taken over the publications
// since, one of another format folded anew. It writes nothing.
func StateOf(chain *engine.Chain, from store.Snapshot, row store.LeadRow) (*engine.State, error) {
	s, err := chain.Newest().Decode(row.State)
	if errors.Is(err, engine.ErrForeignState) {
		s, _, err = Cross(chain, from, row)
	}
	if errors.Is(err, engine.ErrForeignState) {
		s, _, err = Refold(chain, from, row.ID, 0)
	}
	return s, err
}
