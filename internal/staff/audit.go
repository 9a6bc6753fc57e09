package staff

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Entry says who did what. It is written with what was done, and never changed.
type Entry struct {
	ID string // ascending with time
	At lead.Time
	// By names the user and Email the user's address, both "" for the command
	// line. Names can be chosen, addresses cannot.
	By, Email string
	// What is an act such as "user.invited", On what it was done to, More how.
	What, On, More string
}

// note writes an entry in the transaction of what is done.
func note(tx store.Tx, now lead.Time, by *User, what, on, more string) error {
	_, chance := secret()
	id := fmt.Sprintf("%016x-%s", int64(now), chance[:12])
	e := Entry{ID: id, At: now, What: what, On: cut(on, maxNoted), More: cut(more, maxNoted)}
	if by != nil {
		e.By, e.Email = by.Name, by.Email
	}
	return paper.Write(tx, auditDrawer, id, &e)
}

// Record writes an entry in the transaction of what is done outside of this package;
// by is nil for the command line.
func Record(tx store.Tx, now lead.Time, by *User, what, on, more string) error {
	return note(tx, now, by, what, on, more)
}

// maxNoted bounds what an entry repeats: any address fits.
const maxNoted = 300

// Note records what was done outside of this package.
func (s *Staff) Note(ctx context.Context, by *User, what, on, more string) error {
	return s.change(ctx, func(tx store.Tx, now lead.Time) error { return note(tx, now, by, what, on, more) })
}

// Audit lists entries before one, "" for the end, the newest first.
func (s *Staff) Audit(ctx context.Context, before string, limit int) ([]Entry, error) {
	var all []Entry
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
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
	return all, err
}
