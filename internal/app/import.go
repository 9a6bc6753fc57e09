package app

import (
	"context"
	"fmt"
	"strconv"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Import is what is kept of a file that was brought to the workspace: what is
// known of it, what is done with it at present, and what came of it. Package
// intake does it.
type Import struct {
	// Number names it, from 1; the source of its events is lead.SourceOfImport.
	Number  int64
	Name    string // of the file, as its owner called it
	Size    int64
	Format  string // of the file: "csv" or "ndjson"
	By      string // who brought it
	Created lead.Time
	// Mapping is the document of how rows become events; "" of a log of messages.
	Mapping string
	// Source tells its rows from those of others where there is no mapping.
	Source string
	// Backfill says that the file is history.
	Backfill bool

	Task  ImportTask  // what was begun last
	State ImportState // and how that is
	// Held says that the file is kept, so that the task can go on: as Upload.
	Held   bool
	Upload string
	// Node and Beat say which process does the task, and when it was alive last.
	Node    string
	Beat    lead.Time
	Halt    bool // somebody asked it to end the task
	Started lead.Time
	Ended   lead.Time
	Problem string // why the task failed
	// Done and All say how far it is, in bytes of the file or places in the log.
	Done, All int64

	// Rehearsal is what the last dry run came to, nil before one; Result what the
	// import did.
	Rehearsal, Result *ImportResult
	// First and Last bound where in the log its events are; 0 before it began.
	First, Last int64
	// Undone says that its events count no more; Judged how many a verdict spoke of.
	Undone bool
	Judged int
}

// ImportTask is what can be done with an import.
type ImportTask string

const (
	TaskRehearse ImportTask = "rehearse"
	TaskImport   ImportTask = "import"
	TaskUndo     ImportTask = "undo"
	TaskRedo     ImportTask = "redo"
)

// ImportState is how a task is.
type ImportState string

const (
	ImportWaits   ImportState = ""        // nothing was begun
	ImportRuns    ImportState = "runs"    //
	ImportDone    ImportState = "done"    //
	ImportFailed  ImportState = "failed"  // see Problem
	ImportStopped ImportState = "stopped" // by somebody; it can go on
)

// ImportResult counts what became of a file.
type ImportResult struct {
	Rows, Events, Accepted, Duplicates, Rejected int
	// Balances is how many of the events open balances of scores.
	Balances int
	// Reasons counts what was refused by code.
	Reasons map[string]int
	// Numbers tells how numbers were read.
	Numbers []NumberNote
}

// NumberKind is what is told of numbers in a file.
type NumberKind string

const (
	NumberRead     NumberKind = "read"     // an example of what a column's texts are read as
	NumberDoubtful NumberKind = "doubtful" // read as a plain number, with thousands as likely meant
	NumberUnread   NumberKind = "unread"   // no number, though the playbook takes it as one
)

// NumberNote tells how numbers of a file are read.
type NumberNote struct {
	Kind   NumberKind `json:"kind"`
	Of     string     `json:"of"`               // the column, or the attribute's label
	Column string     `json:"column,omitzero"`  // of an attribute, if it is told
	Trait  string     `json:"trait,omitzero"`   // of an attribute
	Text   string     `json:"text"`             // an example
	Read   string     `json:"read,omitzero"`    // as which number
	Form   string     `json:"numbers,omitzero"` // that reads it otherwise, if one does
	Count  int        `json:"count,omitzero"`   // of such texts
}

// Way is what says in the traits of a mapping that the form is meant, "" if there is
// nothing to say.
func (n *NumberNote) Way() string {
	if n.Column == "" || n.Form == "" {
		return ""
	}
	return n.Trait + ": {column: " + strconv.Quote(n.Column) + ", numbers: " + strconv.Quote(n.Form) + "}"
}

// importLast names the paper of the last number given.
const importLast = "last"

func importName(number int64) string { return fmt.Sprintf("%016x", number) }

// Imports lists imports with a number below before, 0 for all, the newest first.
func (r *Reader) Imports(ctx context.Context, before int64, limit int) ([]Import, error) {
	var all []Import
	return all, r.store.Read(ctx, func(snap store.Snapshot) error {
		name := ""
		if before > 0 {
			name = importName(before)
		}
		papers, err := snap.LastPapers(importDrawer, "", name, limit)
		if err != nil {
			return err
		}
		all = make([]Import, len(papers))
		for i, p := range papers {
			if err := paper.Open(p, &all[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Import gives one import.
func (r *Reader) Import(ctx context.Context, number int64) (*Import, error) {
	m := &Import{}
	return m, r.store.Read(ctx, func(snap store.Snapshot) error { return readImport(snap, number, m) })
}

func readImport(snap store.Snapshot, number int64, m *Import) error {
	*m = Import{}
	there, err := paper.Read(snap, importDrawer, importName(number), m)
	if err == nil && !there {
		err = fault.New(fault.NotFound, "There is no import %d.", number)
	}
	return err
}

// NewImport keeps an import, whose file has come, and gives it its number.
func (a *App) NewImport(ctx context.Context, m Import) (*Import, error) {
	return &m, a.store.Write(ctx, func(tx store.Tx) error {
		var err error
		if m.Created, err = tx.Now(); err != nil {
			return err
		}
		// Two nodes that bring a file at the same time wait for each other here.
		var last int64
		if _, err := paper.Read(tx, importNumberDrawer, importLast, &last); err != nil {
			return err
		}
		m.Number = last + 1
		if err := paper.Write(tx, importNumberDrawer, importLast, m.Number); err != nil {
			return err
		}
		var u Upload
		there, err := paper.Read(tx, uploadDrawer, m.Upload, &u)
		if err == nil && !there {
			err = errUploadGone
		}
		if err != nil {
			return err
		}
		u.Import = m.Number
		if err := paper.Write(tx, uploadDrawer, u.ID, &u); err != nil {
			return err
		}
		return paper.Write(tx, importDrawer, importName(m.Number), &m)
	})
}

// ChangeImport changes what is kept of an import; with an error of change nothing
// is. Nobody else changes it meanwhile.
func (a *App) ChangeImport(ctx context.Context, number int64, change func(m *Import, now lead.Time) error) (*Import, error) {
	m := &Import{}
	return m, a.store.Write(ctx, func(tx store.Tx) error {
		if err := readImport(tx, number, m); err != nil {
			return err
		}
		now, err := tx.Now()
		if err != nil {
			return err
		}
		if err := change(m, now); err != nil {
			return err
		}
		m.Number = number
		return paper.Write(tx, importDrawer, importName(number), m)
	})
}

// End is the place of the end of the log.
func (r *Reader) End(ctx context.Context) (int64, error) {
	c, err := r.Counts(ctx)
	return c.Events, err
}

// MessagesOf gives the ids of messages that a source brought, and are still there,
// of the log above a place: it looks at so many events at most, and tells where
// it stopped; reached is after at the end of the log.
func (r *Reader) MessagesOf(ctx context.Context, source, after int64, look int) (ids []string, reached int64, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		ids, reached = nil, after
		events, err := snap.Log(after, look)
		for i := range events {
			if e := &events[i]; e.Type < lead.Act && e.Source == source {
				ids = append(ids, e.MessageID)
			}
			reached = events[i].Seq
		}
		return err
	})
	return ids, reached, err
}
