package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Draft is a playbook that somebody writes and that is not in force.
type Draft struct {
	ID, Name string
	// Owner is the id of the user whose it is, OwnerName what they are called.
	Owner, OwnerName string
	// Base is the version that was in force when it was begun.
	Base   int
	Source []byte
	// Revision grows by one with each text that was saved.
	Revision int64
	Saved    lead.Time
	SavedBy  string
	// Signed are those who agree to this very text.
	Signed []Signature
}

// Writing is who does something with a draft.
type Writing struct{ ID, Name string }

// Bounds of drafts. Larger playbooks are published by the command line.
const (
	MaxDraft     = 512 << 10 // bytes of its text
	maxDrafts    = 200
	maxDraftName = 80 // letters, as the field for it counts them
)

const draftDrawer = "playbook draft" // by id

// draftID is one for each user and name.
func draftID(owner, name string) string {
	h := sha256.Sum256([]byte(owner + "\x00" + name))
	return hex.EncodeToString(h[:8])
}

// Drafts are all drafts, the latest saved first.
func (r *Reader) Drafts(ctx context.Context) ([]*Draft, error) {
	var all []*Draft
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		return paper.Each(snap, draftDrawer, "", func(_ string, d *Draft) error {
			all = append(all, d)
			return nil
		})
	})
	slices.SortStableFunc(all, func(a, b *Draft) int { return cmp.Compare(b.Saved, a.Saved) })
	return all, err
}

// Draft gives one draft.
func (r *Reader) Draft(ctx context.Context, id string) (d *Draft, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		d, err = draftOf(snap, id)
		return err
	})
	return d, err
}

func draftOf(snap store.Snapshot, id string) (*Draft, error) {
	if id == "" {
		return nil, errNoDraft
	}
	d := &Draft{}
	there, err := paper.Read(snap, draftDrawer, id, d)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, errNoDraft
	}
	return d, nil
}

var errNoDraft = fault.New(fault.NotFound, "There is no such draft; it may have been published or thrown away.")

func putDraft(tx store.Tx, d *Draft) error { return paper.Write(tx, draftDrawer, d.ID, d) }

// BeginDraft makes a draft of a source; nil stands for the version in force. A
// user has one of each name.
func (a *App) BeginDraft(ctx context.Context, by Writing, name string, source []byte) (*Draft, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxDraftName || !utf8.ValidString(name) || strings.IndexFunc(name, unicode.IsControl) >= 0 {
		return nil, fault.New(fault.Invalid, "The name of a draft has 1 to %d letters, without control characters.", maxDraftName)
	}
	if source != nil {
		if err := checkDraft(source); err != nil {
			return nil, err
		}
	}
	d := &Draft{ID: draftID(by.ID, name), Name: name, Owner: by.ID, OwnerName: by.Name, SavedBy: by.Name, Revision: 1}
	return d, a.store.Write(ctx, func(tx store.Tx) (err error) {
		if d.Saved, err = tx.Now(); err != nil {
			return err
		}
		there, err := tx.Paper(draftDrawer, d.ID)
		if err != nil {
			return err
		}
		if there != nil {
			return fault.New(fault.Conflict, "You have a draft called %q already. Choose another name, or go on with that one.", name)
		}
		papers, err := tx.Papers(draftDrawer, "", "", maxDrafts)
		if err != nil {
			return err
		}
		if len(papers) >= maxDrafts {
			return fault.New(fault.Conflict, "There are %d drafts, which is as many as are kept. Throw some away first.", maxDrafts)
		}
		published, err := tx.Playbooks()
		if err != nil {
			return err
		}
		last := published[len(published)-1] // a workspace has one from its beginning
		d.Base, d.Source = last.Version, source
		if source == nil {
			d.Source = last.Source
		}
		return putDraft(tx, d)
	})
}

// checkDraft refuses what a text field could not give back to the byte.
func checkDraft(source []byte) error {
	if len(source) > MaxDraft {
		return fault.New(fault.TooLarge, "The draft has %d bytes; at most %d are kept here. Larger playbooks are published with `galena playbook publish`.", len(source), MaxDraft)
	}
	if len(source) == 0 {
		return fault.New(fault.Invalid, "The draft is empty. A playbook begins with \"galena: 1\".")
	}
	if !utf8.Valid(source) || bytes.IndexByte(source, 0) >= 0 {
		return fault.New(fault.Invalid, "The draft is not UTF-8 text. Save the file as UTF-8.")
	}
	return nil
}

// changeDraft changes a draft that nobody else changed since a revision.
func (a *App) changeDraft(ctx context.Context, id string, revision int64, fn func(d *Draft, now lead.Time) error) (d *Draft, err error) {
	err = a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		if d, err = draftOf(tx, id); err != nil {
			return err
		}
		if d.Revision != revision {
			return fault.New(fault.Conflict, "%s saved this draft meanwhile. Open it again to see what it says now; copy what you wrote first.", d.SavedBy)
		}
		if err := fn(d, now); err != nil {
			return err
		}
		return putDraft(tx, d)
	})
	return d, err
}

// SaveDraft replaces the text of a draft, which makes signatures under the former
// void. It refuses with fault.Conflict what was written from another revision than
// the present one.
func (a *App) SaveDraft(ctx context.Context, by Writing, id string, revision int64, source []byte) (*Draft, error) {
	if err := checkDraft(source); err != nil {
		return nil, err
	}
	return a.changeDraft(ctx, id, revision, func(d *Draft, now lead.Time) error {
		if !bytes.Equal(d.Source, source) {
			d.Source, d.Signed = source, nil
			d.Revision++
			d.Saved, d.SavedBy = now, by.Name
		}
		return nil
	})
}

// SignDraft says that somebody agrees to the text of a draft for a side; who did
// for that side before does no longer.
func (a *App) SignDraft(ctx context.Context, by Writing, id string, revision int64, side string) (*Draft, error) {
	if !slices.Contains(SignRoles, side) {
		return nil, fault.New(fault.Invalid, "%q cannot sign. Those who agree are %s.", side, strings.Join(SignRoles, " and "))
	}
	return a.changeDraft(ctx, id, revision, func(d *Draft, now lead.Time) error {
		d.Signed = slices.DeleteFunc(d.Signed, func(s Signature) bool { return s.Role == side })
		d.Signed = append(d.Signed, Signature{Role: side, Name: by.Name, At: now})
		return nil
	})
}

// PublishDraft puts a draft in force as it stands at a revision, with the
// signatures under it, and throws it away. Base is the version that its publisher
// compared it with.
func (a *App) PublishDraft(ctx context.Context, by Writing, id string, revision int64, base int, note string, apply bool) (Published, error) {
	d, err := a.Draft(ctx, id)
	if err != nil {
		return Published{}, err
	}
	if d.Revision != revision {
		return Published{}, fault.New(fault.Conflict, "%s saved this draft meanwhile. Look at what it changes, then publish.", d.SavedBy)
	}
	done, err := a.Publish(ctx, Proposal{Source: d.Source, Base: base, Author: by.Name, Note: note, Apply: apply, Signed: d.Signed})
	if err != nil {
		return done, err
	}
	return done, a.store.Write(ctx, func(tx store.Tx) error {
		// Somebody may be writing on already.
		now, err := draftOf(tx, id)
		if err != nil || now.Revision != revision {
			if fault.KindOf(err) == fault.NotFound {
				err = nil
			}
			return err
		}
		return paper.Drop(tx, draftDrawer, id)
	})
}

// DropDraft throws a draft away.
func (a *App) DropDraft(ctx context.Context, id string) error {
	return a.store.Write(ctx, func(tx store.Tx) error {
		if _, err := draftOf(tx, id); err != nil {
			return err
		}
		return paper.Drop(tx, draftDrawer, id)
	})
}
