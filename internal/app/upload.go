package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Upload is a file that is kept in the workspace, in parts, so that every node has
// it: on its way in, and then until what is in it was imported.
type Upload struct {
	ID    string
	Came  lead.Time // when the first of it came
	Size  int64     // of what is kept so far
	Parts int
	// Import is the number of the import that it is of; 0 until there is one.
	Import int64
}

const (
	// UploadPart is how many bytes a part has, but for the last: what is written
	// before events that wait have their turn.
	UploadPart = 256 << 10
	// partsDropped is how many parts are taken away in one transaction.
	partsDropped = 16
	// uploadLate is after how long a file that did not arrive whole counts as given
	// up: longer than any may take.
	uploadLate = time.Hour
)

// uploadTurn names the paper that those who begin uploads wait for each other at; it
// is never written.
const uploadTurn = "turn"

func partName(id string, n int) string { return fmt.Sprintf("%s/%08x", id, n) }

// NewUpload begins to keep a file, unless as many as most are kept.
func (a *App) NewUpload(ctx context.Context, most int) (*Upload, error) {
	if err := a.dropOrphans(ctx); err != nil {
		return nil, err
	}
	u := &Upload{ID: rand.Text()}
	return u, a.store.Write(ctx, func(tx store.Tx) (err error) {
		if _, err := tx.Paper(uploadTurnDrawer, uploadTurn); err != nil {
			return err
		}
		held := 0
		if err := paper.Each(tx, uploadDrawer, "", func(string, *Upload) error { held++; return nil }); err != nil {
			return err
		}
		if held >= most {
			return fault.New(fault.Conflict, "%d files are kept already. Import them first, or take some away.", held)
		}
		if u.Came, err = tx.Now(); err != nil {
			return err
		}
		return paper.Write(tx, uploadDrawer, u.ID, u)
	})
}

// AddToUpload keeps the next part of a file, and counts it. After a power loss it may
// not be there, unless the import is that it is of.
func (a *App) AddToUpload(ctx context.Context, u *Upload, part []byte) error {
	return a.store.Derive(ctx, func(tx store.Tx) error {
		there, err := paper.Read(tx, uploadDrawer, u.ID, u)
		if err == nil && !there {
			err = errUploadGone
		}
		if err != nil {
			return err
		}
		if err := tx.PutPaper(store.Paper{Drawer: uploadPartDrawer, Name: partName(u.ID, u.Parts), Text: part}); err != nil {
			return err
		}
		u.Parts, u.Size = u.Parts+1, u.Size+int64(len(part))
		return paper.Write(tx, uploadDrawer, u.ID, u)
	})
}

var errUploadGone = fault.New(fault.NotFound, "The file of this import is not kept any more. Bring it again.")

// Upload gives what is kept of a file.
func (r *Reader) Upload(ctx context.Context, id string) (*Upload, error) {
	u := &Upload{}
	return u, r.store.Read(ctx, func(snap store.Snapshot) error {
		there, err := paper.Read(snap, uploadDrawer, id, u)
		if err == nil && !there {
			err = errUploadGone
		}
		return err
	})
}

// UploadPart gives a part of a file that is kept, the first of which is 0.
func (r *Reader) UploadPart(ctx context.Context, id string, n int) ([]byte, error) {
	var part []byte
	return part, r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		part, err = snap.Paper(uploadPartDrawer, partName(id, n))
		if err == nil && part == nil {
			err = errUploadGone
		}
		return err
	})
}

// Uploads lists the files that are kept.
func (r *Reader) Uploads(ctx context.Context) ([]Upload, error) {
	var all []Upload
	return all, r.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		return paper.Each(snap, uploadDrawer, "", func(_ string, u *Upload) error {
			all = append(all, *u)
			return nil
		})
	})
}

// DropUpload takes a file away, of which there need not be any.
func (a *App) DropUpload(ctx context.Context, id string) error {
	for {
		over := false
		err := a.store.Write(ctx, func(tx store.Tx) error {
			var u Upload
			there, err := paper.Read(tx, uploadDrawer, id, &u)
			if over = !there || u.Parts == 0; err != nil || !there {
				return err
			}
			for n := 0; n < partsDropped && u.Parts > 0; n++ {
				u.Parts--
				if err := paper.Drop(tx, uploadPartDrawer, partName(id, u.Parts)); err != nil {
					return err
				}
			}
			if over = u.Parts == 0; over {
				return paper.Drop(tx, uploadDrawer, id)
			}
			return paper.Write(tx, uploadDrawer, id, &u)
		})
		if err != nil || over {
			return err
		}
	}
}

// dropOrphans takes away files that nobody can import any more: those that did not
// arrive whole, and those of imports that are over, whose process ended before it
// had taken them away.
func (a *App) dropOrphans(ctx context.Context) error {
	var orphans []string
	err := a.store.Read(ctx, func(snap store.Snapshot) error {
		orphans = nil
		now, err := snap.Now()
		if err != nil {
			return err
		}
		return paper.Each(snap, uploadDrawer, "", func(id string, u *Upload) error {
			orphan := u.Import == 0 && int64(now-u.Came) > int64(uploadLate/time.Millisecond)
			if u.Import > 0 {
				var m Import
				if err := readImport(snap, u.Import, &m); err != nil {
					return err
				}
				orphan = !m.Held
			}
			if orphan {
				orphans = append(orphans, id)
			}
			return nil
		})
	})
	for _, id := range orphans {
		if err == nil {
			err = a.DropUpload(ctx, id)
		}
	}
	return err
}
