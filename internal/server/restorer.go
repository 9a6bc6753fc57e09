package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/staff"
	"galena/internal/store"
	"galena/internal/store/sqlite"
	"galena/internal/web"
)

const (
	// receiveStep is how much of a backup is received before the disk is looked at
	// again.
	receiveStep = 1 << 20
	// incomingTime is how long a backup waits for somebody to restore it.
	incomingTime = time.Hour
	// arrivedFile is the backup as it was brought.
	arrivedFile = "arrived"
)

// restorer takes backups in through the pages, and has the server put one in the
// place of its workspace. What was brought lies in a folder of its own within the
// data folder, which is named here and not by who brings it, and is checked whole
// before anybody is asked whether it shall be restored.
type restorer struct {
	dir  string
	room *space
	// orders are the restores that the server is to do.
	orders chan *restoring

	mu        sync.Mutex
	receiving bool
	incoming  *incoming  // nil: none waits
	last      *restoring // nil: none was begun
	closed    bool
}

// incoming is a backup that was brought. What is told of it is written under the
// lock of the restorer.
type incoming struct {
	told   web.Incoming
	folder string
	stop   context.CancelFunc
	ended  chan struct{} // the check
	expiry *time.Timer
}

// restoring is a restore that was ordered.
type restoring struct {
	token string
	by    *staff.User // nil: whoever sets the workspace up
	from  *incoming

	mu   sync.Mutex
	told web.Restoring
}

func newRestorer(dir string, room *space) *restorer {
	return &restorer{dir: dir, room: room, orders: make(chan *restoring, 1)}
}

// spare is how many bytes may be written to the disk; below zero where nobody knows.
func (r *restorer) spare() int64 {
	free, err := r.room.free(r.dir)
	if err != nil {
		return -1
	}
	return max(0, free-r.room.keep)
}

// Room implements web.Restorer. A backup is there twice while it is unpacked.
func (r *restorer) Room() int64 {
	if spare := r.spare(); spare >= 0 {
		return spare / 2
	}
	return -1
}

func noRoom(spare int64) error {
	return fault.New(fault.TooLarge, "The disk of the data folder has room for %d MB, and this needs more. Make room there, and try again.", spare>>20)
}

// need fails where so many bytes are too many for the disk.
func (r *restorer) need(size int64) error {
	if spare := r.spare(); spare >= 0 && size > spare {
		return noRoom(spare)
	}
	return nil
}

// Receive implements web.Restorer.
func (r *restorer) Receive(ctx context.Context, name string, size int64, content io.Reader) (string, error) {
	if err := r.need(2 * max(0, size)); err != nil {
		return "", err
	}
	r.mu.Lock()
	switch {
	case r.closed || r.last != nil && !r.last.over():
		r.mu.Unlock()
		return "", errRestoring
	case r.receiving:
		r.mu.Unlock()
		return "", fault.New(fault.Busy, "Another backup is being received. Wait until it is there.")
	}
	r.receiving = true
	old := r.incoming
	r.incoming = nil
	r.mu.Unlock()
	old.drop()

	in := &incoming{told: web.Incoming{ID: rand.Text(), Name: label(name), Checking: true}, ended: make(chan struct{})}
	err := r.keep(ctx, in, content)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.receiving = false
	if err == nil && r.closed {
		err = errRestoring
	}
	if err != nil {
		if in.folder != "" {
			err = errors.Join(err, os.RemoveAll(in.folder))
		}
		return "", err
	}
	checking, stop := context.WithCancel(context.WithoutCancel(ctx))
	in.stop = stop
	in.expiry = time.AfterFunc(incomingTime, func() { r.Forget(in.told.ID) })
	r.incoming = in
	go r.check(checking, in)
	return in.told.ID, nil
}

var errRestoring = fault.New(fault.Busy, "A backup is being restored. Wait until it is done.")

// label is what a backup is called by who brings it, to be told and nothing else.
func label(name string) string {
	const most = 100
	runes := []rune(name[strings.LastIndexAny(name, `/\`)+1:])
	return string(runes[:min(len(runes), most)])
}

// keep writes a backup that is brought to the disk.
func (r *restorer) keep(ctx context.Context, in *incoming, content io.Reader) (err error) {
	if in.folder, err = os.MkdirTemp(r.dir, restoreWork+"*"); err != nil {
		return fault.Wrap(err, fault.Busy, "The backup cannot be written to the data folder")
	}
	f, err := os.OpenFile(filepath.Join(in.folder, arrivedFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Busy, "The backup cannot be written to the data folder")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for {
		if err := r.need(receiveStep); err != nil {
			return err
		}
		n, err := io.CopyN(f, whileIt{ctx, content}, receiveStep)
		in.told.Size += n
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, new(*fs.PathError)):
			return fault.Wrap(err, fault.Busy, "The backup cannot be written to the data folder")
		case err != nil:
			return fault.Wrap(err, fault.Invalid, "The file did not arrive whole. Send it again.")
		}
	}
}

// check finds out whether a backup can be restored, and what it holds.
func (r *restorer) check(ctx context.Context, in *incoming) {
	defer close(in.ended)
	m, holds, err := r.examine(ctx, in)
	r.mu.Lock()
	defer r.mu.Unlock()
	in.told.Checking, in.told.Problem = false, err
	if err == nil {
		in.told.Made, in.told.Program, in.told.Holds = m.Made, label(m.Program), holds
	}
}

func (r *restorer) examine(ctx context.Context, in *incoming) (m *Manifest, holds web.Contents, err error) {
	path, name := filepath.Join(in.folder, arrivedFile), in.told.Name
	if err := packed(path, name); err != nil {
		return nil, holds, err
	}
	archive, err := openBackup(path, name)
	if err != nil {
		return nil, holds, err
	}
	defer archive.Close()
	if m, err = inspect(archive, name); err != nil {
		return nil, holds, err
	}
	if err := r.need(m.Size); err != nil {
		return nil, holds, err
	}
	database := filepath.Join(in.folder, databaseFile)
	if err := unpack(ctx, archive, database, name, m); err != nil {
		return nil, holds, err
	}
	if err := os.Remove(path); err != nil {
		return nil, holds, err
	}
	err = prove(ctx, database, name, func(s *sqlite.Store) error {
		holds, err = contentsOf(ctx, s)
		return err
	})
	return m, holds, err
}

// foreign are the first bytes of files that people take for backups of galena, and
// what to say of them.
var foreign = []struct {
	begins string
	fault  func(name string) error
}{
	{"\x1f\x8b", compressed}, {"PK\x03\x04", compressed}, {"BZh", compressed}, {"\xfd7zXZ", compressed}, {"\x28\xb5\x2f\xfd", compressed}, {"7z\xbc\xaf", compressed},
	{"PGDMP", func(name string) error {
		return fault.New(fault.Invalid, "%s is a dump of PostgreSQL. pg_restore puts it into a database; docs/postgresql.md shows how.", name)
	}},
	{"SQLite format 3\x00", func(name string) error {
		return fault.New(fault.Invalid, "%s is a database, and no backup. Bring the file that galena backup made, or that was downloaded here.", name)
	}},
}

// Nothing compressed is unpacked: how large it becomes nobody could say before.
func compressed(name string) error {
	return fault.New(fault.Invalid, "%s is compressed. Unpack it, and bring the file that is in it.", name)
}

// packed knows by its first bytes what a file is that is no backup.
func packed(path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var first [16]byte
	n, err := io.ReadFull(f, first[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	for _, kind := range foreign {
		if bytes.HasPrefix(first[:n], []byte(kind.begins)) {
			return kind.fault(name)
		}
	}
	return nil
}

// Incoming implements web.Restorer.
func (r *restorer) Incoming(id string) (web.Incoming, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.incoming == nil || r.incoming.told.ID != id {
		return web.Incoming{}, false
	}
	return r.incoming.told, true
}

// Forget implements web.Restorer.
func (r *restorer) Forget(id string) {
	r.mu.Lock()
	in := r.incoming
	if in == nil || in.told.ID != id {
		r.mu.Unlock()
		return
	}
	r.incoming = nil
	r.mu.Unlock()
	in.drop()
}

// drop takes a backup that was brought away; nil is none. What cannot be removed now
// is when the server starts next.
func (in *incoming) drop() {
	if in == nil {
		return
	}
	in.expiry.Stop()
	in.stop()
	<-in.ended
	_ = os.RemoveAll(in.folder)
}

// Begin implements web.Restorer.
func (r *restorer) Begin(id string, by *staff.User) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in := r.incoming
	switch {
	case r.closed || r.last != nil && !r.last.over():
		return "", errRestoring
	case in == nil || in.told.ID != id:
		return "", web.ErrNoBackup
	case in.told.Checking:
		return "", fault.New(fault.Busy, "The backup is being checked. Wait until it is done.")
	case in.told.Problem != nil:
		return "", in.told.Problem
	}
	// The workspace is copied, and the copy packed.
	size, err := folderSize(filepath.Join(r.dir, databaseFile))
	if err != nil {
		return "", err
	}
	if err := r.need(2 * size); err != nil {
		return "", err
	}
	in.expiry.Stop()
	r.incoming = nil
	job := &restoring{token: rand.Text(), by: by, from: in, told: web.Restoring{Step: web.StepSettle, Made: in.told.Made, Holds: in.told.Holds}}
	r.last = job
	r.orders <- job // has room: none is under way
	return job.token, nil
}

// progress tells whoever knows the token of a restore how far it is, and anybody else
// whether there is one.
func (r *restorer) progress(token string) (told web.Restoring, mine, busy bool) {
	r.mu.Lock()
	job := r.last
	r.mu.Unlock()
	if job == nil {
		return web.Restoring{}, false, false
	}
	busy = !job.over()
	if token != job.token {
		return web.Restoring{}, false, busy
	}
	job.mu.Lock()
	defer job.mu.Unlock()
	return job.told, true, busy
}

// close drops what waits, and takes nothing any more.
func (r *restorer) close() {
	r.mu.Lock()
	in := r.incoming
	r.incoming, r.closed = nil, true
	r.mu.Unlock()
	in.drop()
}

func (job *restoring) at(step web.RestoreStep) {
	job.mu.Lock()
	defer job.mu.Unlock()
	job.told.Step = step
}

func (job *restoring) over() bool {
	job.mu.Lock()
	defer job.mu.Unlock()
	return job.told.Step == web.StepOver
}

// end tells how it came out.
func (job *restoring) end(kept, setup string, failed error) {
	job.mu.Lock()
	defer job.mu.Unlock()
	job.told.Step, job.told.Failed, job.told.Kept, job.told.Setup = web.StepOver, failed, kept, setup
}

// contentsOf counts what a workspace holds.
func contentsOf(ctx context.Context, s store.Store) (web.Contents, error) {
	r, err := app.NewReader(ctx, s)
	if err != nil {
		return web.Contents{}, err
	}
	counts, err := r.Counts(ctx)
	if err != nil {
		return web.Contents{}, err
	}
	keys, err := r.Keys(ctx)
	if err != nil {
		return web.Contents{}, err
	}
	who := staff.New(s)
	company, err := who.Company(ctx)
	if err != nil {
		return web.Contents{}, err
	}
	users, err := who.Users(ctx)
	if err != nil {
		return web.Contents{}, err
	}
	c := web.Contents{Company: company.Name, Events: counts.Events, Leads: counts.Leads, Version: r.Plan().Version, Playbook: r.Document().Name}
	for _, k := range keys {
		if !k.Disabled {
			c.Keys++
		}
	}
	for _, u := range users {
		if u.Disabled {
			continue
		}
		c.Users++
		if u.Role == access.Admin && u.Password != "" {
			c.Admins = append(c.Admins, u.Email)
		}
	}
	return c, nil
}

// keptName is the file in which the workspace is kept that a backup replaces.
func keptName(dir string, at lead.Time) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, keptFolder))
	if err == nil {
		err = os.MkdirAll(path, 0o700)
	}
	return filepath.Join(path, "galena-"+at.UTC().Format("2006-01-02T15-04-05.000")+".backup"), err
}
