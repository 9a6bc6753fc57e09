package app

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
)

// saltDrawer holds the salt of the day, by the day. There is one: what was made with
// another can be made with it no more.
const saltDrawer = "salt"

// saltSize is what no one guesses, in bytes.
const saltSize = 32

// salts remembers the salt of the day in memory.
type salts struct {
	mu   sync.Mutex
	day  string
	salt []byte
}

func dayName(at lead.Time) string { return at.UTC().Format(time.DateOnly) }

// Salt is that of the day (UTC) of a moment, on all nodes the same. It is made when it
// is first asked for, and those of days before are destroyed with that. Whose clock is
// behind gets that of the newest day.
func (a *App) Salt(ctx context.Context, at lead.Time) ([]byte, error) {
	day := dayName(at)
	a.salts.mu.Lock()
	defer a.salts.mu.Unlock()
	if a.salts.day >= day {
		return a.salts.salt, nil
	}
	fresh := make([]byte, saltSize)
	_, _ = rand.Read(fresh) // never fails
	var found store.Paper
	err := a.store.Write(ctx, func(tx store.Tx) error {
		found = store.Paper{Drawer: saltDrawer, Name: day}
		var err error
		if found.Text, err = tx.Paper(saltDrawer, day); err != nil || found.Text != nil {
			return err
		}
		newest, err := tx.LastPapers(saltDrawer, "", "", 1)
		if err != nil {
			return err
		}
		if len(newest) > 0 && newest[0].Name > day {
			found = newest[0]
			return nil
		}
		found.Text = fresh
		if err := tx.PutPaper(found); err != nil {
			return err
		}
		return dropSalts(tx, day)
	})
	if err != nil {
		return nil, err
	}
	a.salts.day, a.salts.salt = found.Name, found.Text
	return found.Text, nil
}

// maxSalts is more than there ever are.
const maxSalts = 100

// dropSalts destroys the salts of days before one.
func dropSalts(tx store.Tx, before string) error {
	all, err := tx.Papers(saltDrawer, "", "", maxSalts)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Name < before {
			if err := tx.PutPaper(store.Paper{Drawer: saltDrawer, Name: p.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// ForgetSalts destroys the salts of days that are over, where no event of a new day
// did.
func (a *App) ForgetSalts(ctx context.Context) error {
	today, old := "", false
	err := a.store.Read(ctx, func(snap store.Snapshot) error {
		now, err := snap.Now()
		if err != nil {
			return err
		}
		today = dayName(now)
		first, err := snap.Papers(saltDrawer, "", "", 1)
		old = len(first) > 0 && first[0].Name < today
		return err
	})
	if err != nil {
		return err
	}
	a.salts.mu.Lock()
	if a.salts.day < today {
		a.salts.day, a.salts.salt = "", nil
	}
	a.salts.mu.Unlock()
	if !old {
		return nil
	}
	return a.store.Write(ctx, func(tx store.Tx) error { return dropSalts(tx, today) })
}
