package app

import (
	"context"

	"galena/internal/store"
)

// maxNews is how many of a lead's latest events are looked at for those that are new:
// who has been away for longer is told that there are more.
const maxNews = 50

// News tells how many events of a lead stand behind a place of the log, at most maxNews,
// and whether there may be more.
func (r *Reader) News(ctx context.Context, ref Ref, after int64) (n int, more bool, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		n = 0
		id, err := r.look(snap, ref)
		if err != nil {
			return err
		}
		latest, err := snap.Latest(id, 0, maxNews)
		for i := range latest {
			if latest[i].Seq > after {
				n++
			}
		}
		return err
	})
	return n, n == maxNews, err
}
