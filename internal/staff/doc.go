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

	"github.com/go-json-experiment/json"
	"golang.org/x/time/rate"

	"galena/internal/fault"
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

// read gives a paper's content; false if there is none.
func read[T any](s store.Snapshot, drawer, name string, into *T) (bool, error) {
	text, err := s.Paper(drawer, name)
	if err != nil || text == nil {
		return false, err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return false, fault.Wrap(err, fault.Internal, "The paper %s of drawer %s cannot be read.", name, drawer)
	}
	return true, nil
}

// write keeps a paper's content.
func write(tx store.Tx, drawer, name string, content any) error {
	text, err := json.Marshal(content, json.Deterministic(true))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "The paper %s of drawer %s cannot be written.", name, drawer)
	}
	return tx.PutPaper(store.Paper{Drawer: drawer, Name: name, Text: text})
}

// drop takes a paper away.
func drop(tx store.Tx, drawer, name string) error {
	return tx.PutPaper(store.Paper{Drawer: drawer, Name: name})
}

// each calls fn with every paper of a drawer whose name begins with prefix.
func each[T any](s store.Snapshot, drawer, prefix string, fn func(name string, content *T) error) error {
	const page = 200
	for after := ""; ; {
		papers, err := s.Papers(drawer, prefix, after, page)
		if err != nil {
			return err
		}
		for _, p := range papers {
			content := new(T)
			if err := json.Unmarshal(p.Text, content); err != nil {
				return fault.Wrap(err, fault.Internal, "The paper %s of drawer %s cannot be read.", p.Name, drawer)
			}
			if err := fn(p.Name, content); err != nil {
				return err
			}
		}
		if len(papers) < page {
			return nil
		}
		after = papers[len(papers)-1].Name
	}
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
