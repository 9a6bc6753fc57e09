package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Bounds of notes: each is a paragraph, and all of a lead fit on a page.
const (
	maxNoteText = 4000 // bytes
	maxNotes    = 200  // of one lead
)

// Note is what somebody wrote about a lead. It is no event: it moves nothing, and
// goes when the lead is erased.
type Note struct {
	// ID names it; it begins with what pipeline.NotesOf says of the lead.
	ID   string    `json:"id"`
	At   lead.Time `json:"at"`
	By   string    `json:"-"` // the id of the user
	Name string    `json:"by"`
	Text string    `json:"text"`
}

// kept is a note as it stands in its paper.
type kept struct {
	At   lead.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name"`
	Text string    `json:"text"`
}

// AddNote notes something about a lead: By, Name and Text are set.
func (a *App) AddNote(ctx context.Context, ref Ref, n Note) (Note, error) {
	if n.Text = strings.TrimSpace(n.Text); n.Text == "" || len(n.Text) > maxNoteText || !utf8.ValidString(n.Text) {
		return n, fault.New(fault.Invalid, "A note has 1 to %d bytes.", maxNoteText)
	}
	chance := rand.Text()
	err := a.store.Write(ctx, func(tx store.Tx) error {
		id, err := a.find(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Lock([]lead.ID{id}); err != nil {
			return err
		}
		rows, err := tx.States([]lead.ID{id})
		if err != nil {
			return err
		}
		if _, there := rows[id]; !there {
			return fault.New(fault.Conflict, "%s was erased or merged meanwhile.", id)
		}
		there, err := tx.Papers(pipeline.NoteDrawer, pipeline.NotesOf(id), "", maxNotes)
		if err != nil {
			return err
		}
		if len(there) >= maxNotes {
			return fault.New(fault.Conflict, "There are %d notes already. Delete one that is of no use any more.", maxNotes)
		}
		if n.At, err = tx.Now(); err != nil {
			return err
		}
		n.ID = fmt.Sprintf("%s%016x-%s", pipeline.NotesOf(id), int64(n.At), chance[:8])
		return paper.Write(tx, pipeline.NoteDrawer, n.ID, kept{n.At, n.By, n.Name, n.Text})
	})
	return n, err
}

// DropNote takes a note of a lead away: the user's own, or with any somebody else's.
func (a *App) DropNote(ctx context.Context, ref Ref, note, by string, any bool) error {
	return a.store.Write(ctx, func(tx store.Tx) error {
		id, err := a.find(tx, ref)
		if err != nil {
			return err
		}
		all, err := notesOf(tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(n Note) bool { return n.ID == note })
		if i < 0 {
			return fault.New(fault.NotFound, "There is no such note about %s any more.", id)
		}
		if all[i].By != by && !any {
			return fault.New(fault.Denied, "The note is somebody else's.")
		}
		return paper.Drop(tx, pipeline.NoteDrawer, note)
	})
}

// notesOf reads the notes about a lead and those that are part of it, the newest
// first.
func notesOf(snap store.Snapshot, id lead.ID) ([]Note, error) {
	joins, err := snap.Joins(id)
	if err != nil {
		return nil, err
	}
	about := []lead.ID{id}
	for _, j := range joins {
		about = append(about, j.Child)
	}
	var all []Note
	for _, of := range about {
		papers, err := snap.Papers(pipeline.NoteDrawer, pipeline.NotesOf(of), "", maxNotes)
		if err != nil {
			return nil, err
		}
		for _, p := range papers {
			var k kept
			if err := paper.Open(p, &k); err != nil {
				return nil, err
			}
			all = append(all, Note{p.Name, k.At, k.By, k.Name, k.Text})
		}
	}
	slices.SortStableFunc(all, func(a, b Note) int { return int(b.At - a.At) })
	return all, nil
}
