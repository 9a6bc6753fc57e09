package app

import (
	"bytes"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// Nodes have one salt for a day, which is gone when the day is.
func TestSalts(t *testing.T) {
	t.Parallel()
	now := lead.Time(1_795_000_000_000)
	s := memory.New(func() lead.Time { return now })
	here, there := open(t, s), open(t, s)
	salt := func(a *App, at lead.Time) string {
		t.Helper()
		b, err := a.Salt(t.Context(), at)
		if err != nil || len(b) != saltSize {
			t.Fatalf("the salt is %x, %v", b, err)
		}
		return string(b)
	}
	kept := func() (days []string) {
		t.Helper()
		if err := s.Read(t.Context(), func(snap store.Snapshot) error {
			papers, err := snap.Papers(saltDrawer, "", "", 10)
			for _, p := range papers {
				days = append(days, p.Name)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return days
	}
	first := salt(here, now)
	if salt(there, now) != first || salt(here, now) != first {
		t.Error("the salt of a day is not one")
	}
	yesterday := now
	now += lead.Time(lead.Day)
	second := salt(here, now)
	if second == first {
		t.Error("the salt outlives its day")
	}
	if days := kept(); len(days) != 1 || days[0] != dayName(now) {
		t.Errorf("kept are the salts of %s", days)
	}
	// Whose clock is behind makes none for a day that is over.
	late := open(t, s)
	if salt(late, yesterday) != second || salt(here, yesterday) != second {
		t.Error("a day that is over has a salt")
	}
	if err := here.ForgetSalts(t.Context()); err != nil || len(kept()) != 1 {
		t.Errorf("the salt of today is forgotten, %v", err)
	}
	now += lead.Time(lead.Day)
	if err := here.ForgetSalts(t.Context()); err != nil || len(kept()) != 0 {
		t.Errorf("the salts of %s are kept where no event comes, %v", kept(), err)
	}
	if third := salt(here, now); third == second || bytes.Equal([]byte(third), make([]byte, saltSize)) {
		t.Error("the next day has the salt of the one before, or none")
	}
}
