package staff

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Entry says who did what. It is written with what was done, and never changed.
type Entry struct {
	ID string // ascending with time
	At lead.Time
	// By names the user, "" for the command line.
	By string
	// What is an act such as "user.invited", On what it was done to, More how.
	What, On, More string
}

// note writes an entry in the transaction of what is done.
func note(tx store.Tx, now lead.Time, by *User, what, on, more string) error {
	_, chance := secret()
	id := fmt.Sprintf("%016x-%s", int64(now), chance[:12])
	return write(tx, auditDrawer, id, &Entry{ID: id, At: now, By: nameIn(by), What: what, On: clip(on), More: clip(more)})
}

// Note records what was done outside of this package.
func (s *Staff) Note(ctx context.Context, by *User, what, on, more string) error {
	return s.change(ctx, func(tx store.Tx, now lead.Time) error { return note(tx, now, by, what, on, more) })
}

// Audit lists entries before one, "" for the end, the newest first.
func (s *Staff) Audit(ctx context.Context, before string, limit int) ([]Entry, error) {
	var all []Entry
	return all, s.store.Read(ctx, func(snap store.Snapshot) error {
		papers, err := snap.LastPapers(auditDrawer, "", before, limit)
		if err != nil {
			return err
		}
		all = make([]Entry, len(papers))
		for i, p := range papers {
			if err := json.Unmarshal(p.Text, &all[i]); err != nil {
				return fault.Wrap(err, fault.Internal, "The entry %s cannot be read.", p.Name)
			}
		}
		return nil
	})
}
