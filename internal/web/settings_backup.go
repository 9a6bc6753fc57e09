package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"galena/internal/fault"
	"galena/internal/web/view"
)

func (q *request) backupPage() error {
	p := q.backups("")
	return q.show(p.Render())
}

func (q *request) backups(problem string) *view.Backup {
	p := &view.Backup{Settings: q.settings("backup", problem), Folder: q.site.Backup != nil, Demo: q.site.Demo, Place: q.site.Place}
	if q.site.Restore != nil {
		p.Bring = q.bringForm("/settings/backup/restore", "")
	}
	return p
}

const (
	// backupStep is how much of a backup is sent under one deadline, and stepTime
	// that deadline: who takes longer for a megabyte has gone away.
	backupStep = 1 << 20
	stepTime   = time.Minute
)

// backup makes a backup and sends it. One is made at a time: each takes as much
// room on the disk as the database while it is under way.
func (q *request) backup() error {
	if q.site.Backup == nil {
		return fault.New(fault.Conflict, "A workspace in PostgreSQL is backed up by PostgreSQL's own tools.")
	}
	if !q.site.backing.TryLock() {
		return fault.New(fault.Busy, "A backup is being made. Wait until it is done.")
	}
	defer q.site.backing.Unlock()
	// Making and sending it takes as long as it takes, and not what a page may.
	control := http.NewResponseController(q.w)
	if err := errors.Join(control.SetReadDeadline(time.Time{}), control.SetWriteDeadline(time.Time{})); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return q.site.Backup(q.Context(), func(name string, size int64, content io.Reader) error {
		if err := q.site.Staff.Note(q.Context(), q.user, "workspace.backup", name, ""); err != nil {
			return err
		}
		h := q.w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
		h.Set("Content-Length", strconv.FormatInt(size, 10))
		return q.send(control, content)
	})
}

// send writes as long as the other side takes something.
func (q *request) send(control *http.ResponseController, content io.Reader) error {
	for {
		if q.Context().Err() != nil {
			panic(http.ErrAbortHandler) // the workspace goes away
		}
		if err := control.SetWriteDeadline(time.Now().Add(stepTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		switch _, err := io.CopyN(q.w, content, backupStep); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			panic(http.ErrAbortHandler) // what has been sent is no backup
		}
	}
}
