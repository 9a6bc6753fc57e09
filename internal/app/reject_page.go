package app

import (
	"context"
	"fmt"
	"strconv"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

const (
	// RejectLook is how many rejects a search goes through before it says so. Each
	// may have 8 KB.
	RejectLook = 10_000
	// rejectCodesLook is of how many of the latest the codes are counted.
	rejectCodesLook = 1_000
)

// RejectFilter says which rejects are wanted.
type RejectFilter struct {
	Code   string // "" for any
	Source *int64 // nil for any
	Mended bool   // also those that were mended since
	Before int64  // only those with a smaller number; 0 for all
	Limit  int
}

// KeptReject is a reject and what became of it.
type KeptReject struct {
	lead.Reject
	// Mended is nil as long as nobody has mended it.
	Mended *Mending
}

// Mending says who mended a reject and when.
type Mending struct {
	At lead.Time
	By string
}

// RejectPage is a part of what was refused, the newest first.
type RejectPage struct {
	Rejects []KeptReject
	// Reached is the number down to which it was looked, 0 if to the beginning.
	Reached int64
	// Cut says that Reached is where looking ended for now, and not where the page
	// was full.
	Cut bool
}

// RejectPage gives the newest rejects that are wanted.
func (r *Reader) RejectPage(ctx context.Context, f RejectFilter) (*RejectPage, error) {
	p := &RejectPage{}
	return p, r.store.Read(ctx, func(snap store.Snapshot) error {
		*p = RejectPage{}
		before := f.Before
		for looked := 0; ; looked += page {
			if err := ctx.Err(); err != nil {
				return err
			}
			if looked >= RejectLook {
				p.Reached, p.Cut = before, true
				return nil
			}
			rejects, err := snap.LastRejects(before, page)
			if err != nil || len(rejects) == 0 {
				return err
			}
			before = rejects[len(rejects)-1].Seq
			mended, err := mendings(snap, before, len(rejects), rejects[0].Seq)
			if err != nil {
				return err
			}
			for i := range rejects {
				x := KeptReject{rejects[i], mended[rejects[i].Seq]}
				if f.Code != "" && x.Code != f.Code || f.Source != nil && x.Source != *f.Source || !f.Mended && x.Mended != nil {
					continue
				}
				if len(p.Rejects) == f.Limit {
					p.Reached = p.Rejects[len(p.Rejects)-1].Seq
					return nil
				}
				p.Rejects = append(p.Rejects, x)
			}
		}
	})
}

// mendedName is the name of the paper of a reject: they are in the order of numbers.
func mendedName(seq int64) string { return fmt.Sprintf("%016x", seq) }

// mendings are those of the rejects from one to another, of which there are n.
func mendings(snap store.Snapshot, from int64, n int, to int64) (map[int64]*Mending, error) {
	papers, err := snap.Papers(mendedDrawer, "", mendedName(from-1), n)
	found := map[int64]*Mending{}
	for _, p := range papers {
		seq, err := strconv.ParseInt(p.Name, 16, 64)
		if err != nil || seq > to {
			break
		}
		m := &Mending{}
		if err := paper.Open(p, m); err != nil {
			return nil, err
		}
		found[seq] = m
	}
	return found, err
}

// CodeCount is how many rejects there are of a code.
type CodeCount struct {
	Code  string
	Count int
}

// RejectCodes counts, of the latest rejects, those that nobody has mended by
// their codes, in the order in which they occurred last.
func (r *Reader) RejectCodes(ctx context.Context) ([]CodeCount, error) {
	p, err := r.RejectPage(ctx, RejectFilter{Limit: rejectCodesLook})
	if err != nil {
		return nil, err
	}
	var codes []CodeCount
	at := map[string]int{}
	for i := range p.Rejects {
		code := p.Rejects[i].Code
		if _, there := at[code]; !there {
			at[code] = len(codes)
			codes = append(codes, CodeCount{Code: code})
		}
		codes[at[code]].Count++
	}
	return codes, nil
}

// Reject gives one reject.
func (r *Reader) Reject(ctx context.Context, seq int64) (*KeptReject, error) {
	x := &KeptReject{}
	return x, r.store.Read(ctx, func(snap store.Snapshot) error {
		rejects, err := snap.Rejects(seq-1, 1)
		if err != nil {
			return err
		}
		if seq < 1 || len(rejects) == 0 || rejects[0].Seq != seq {
			return fault.New(fault.NotFound, "There is no reject %d.", seq)
		}
		mended, err := mendings(snap, seq, 1, seq)
		*x = KeptReject{rejects[0], mended[seq]}
		return err
	})
}

// Mended notes that what was refused has been taken in. The reject stays as it was.
func (a *App) Mended(ctx context.Context, seq int64, by string) error {
	return a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		return paper.Write(tx, mendedDrawer, mendedName(seq), &Mending{At: now, By: by})
	})
}
