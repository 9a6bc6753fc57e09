// Package staff holds those who work with a workspace: users and their roles, how
// they get in and stay in, what the workspace is called and how it counts time
// and money, and the record of who did what.
//
// It knows no HTTP, no page and no lead. What somebody may do is said by package
// access; faces ask before they act.
package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"

	"golang.org/x/time/rate"

	"galena/internal/lead"
	"galena/internal/store"
)

// Staff is all who work with one workspace. Safe for concurrent use, and beside
// others on the same store.
type Staff struct {
	store    store.Store
	throttle throttle
}

// New is the staff of a workspace.
func New(s store.Store) *Staff {
	return &Staff{store: s, throttle: throttle{tried: map[string]*rate.Limiter{}}}
}

// The drawers of papers that this package fills.
const (
	userDrawer    = "user"         // by id
	addressDrawer = "user address" // by address: the id
	sessionDrawer = "session"      // by the hash of its token
	visitDrawer   = "user session" // by user and the hash: what sessions somebody has
	knownDrawer   = "user known"   // by address: hashes of where somebody signed in
	ticketDrawer  = "ticket"       // by the hash: invitations and resets
	setupDrawer   = "setup"        // by the hash: codes that may found the workspace
	settingDrawer = "setting"      // by name
	auditDrawer   = "audit"        // by time
)

// secret makes something that nobody guesses, 160 bits, and the name under which
// it is kept.
func secret() (text, name string) {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	text = strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	return text, nameOf(text)
}

// nameOf is under which name a secret is kept: its hash. What is looked up tells
// by its time no more than that.
func nameOf(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

// change runs a transaction that knows the time.
func (s *Staff) change(ctx context.Context, fn func(tx store.Tx, now lead.Time) error) error {
	return s.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		return fn(tx, now)
	})
}
