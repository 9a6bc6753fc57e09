package pipeline

import (
	"fmt"

	"galena/internal/lead"
	"galena/internal/store"
)

// NoteDrawer is where the notes are that people keep about leads, by NotesOf and
// what comes after it. An erasure takes them along.
const NoteDrawer = "lead note"

// NotesOf is how the names of the notes about a lead begin.
func NotesOf(id lead.ID) string { return fmt.Sprintf("%016x/", int64(id)) }

// eraseNotes takes away what people noted about a lead and those that are part of it.
func eraseNotes(tx store.Tx, id lead.ID) error {
	joins, err := tx.Joins(id)
	if err != nil {
		return err
	}
	about := []lead.ID{id}
	for _, j := range joins {
		about = append(about, j.Child)
	}
	for _, of := range about {
		for {
			notes, err := tx.Papers(NoteDrawer, NotesOf(of), "", pageOf)
			if err != nil {
				return err
			}
			for _, n := range notes {
				if err := tx.PutPaper(store.Paper{Drawer: NoteDrawer, Name: n.Name}); err != nil {
					return err
				}
			}
			if len(notes) < pageOf {
				break
			}
		}
	}
	return nil
}
