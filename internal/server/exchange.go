package server

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/staff"
	"galena/internal/store/sqlite"
	"galena/internal/tracking"
	"galena/internal/web"
)

const (
	// graceTime is how long requests that are under way may still take before a
	// restore cuts those at pages, and cutTime how long these, and events that come
	// slowly, take to end then.
	graceTime = 5 * time.Second
	cutTime   = readTimeout + graceTime
)

// orders are the restores that are to be done; nil where there are none.
func (s *server) orders() <-chan *restoring {
	if s.restores == nil {
		return nil
	}
	return s.restores.orders
}

// reach tells tests how far a restore is.
func (s *server) reach(point string) {
	if s.reached != nil {
		s.reached(point)
	}
}

// exchange puts a backup in the place of the workspace, in this process: nobody is
// let in, what is under way ends, the workspace is kept in a backup of its own, and
// one database takes the place of the other at one moment (sqlite.Replace). Until
// that moment whatever goes wrong, a kill included, leaves the old workspace as it
// was, and after it the new. It returns the term of whichever is there then; the
// error says that none can be opened.
func (s *server) exchange(ctx context.Context, t *term, job *restoring) (*term, error) {
	s.Logger.Info("a backup is restored", "made", job.told.Made.String())
	defer job.from.drop()
	if err := s.empty(ctx, t, job); err != nil {
		s.gate.lead(t.passage)
		s.tell(context.WithoutCancel(ctx), t, job, "", err)
		return t, nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := t.end(last); err != nil {
		s.Logger.Warn("commands were cut off by a restore", "error", err)
		_ = t.commands.Close()
	}
	kept, failed := s.replace(ctx, t, job)

	job.at(web.StepOpen)
	// A server that is told to stop opens the workspace all the same, and stops then
	// as it always does.
	lasting := context.WithoutCancel(ctx)
	o, err := openFolder(lasting, s.Data, nil, t.lock)
	if err != nil {
		return nil, err
	}
	next := &term{Owned: o}
	if err := s.begin(ctx, next); err != nil {
		return next, err
	}
	s.reach("opened")
	s.tell(lasting, next, job, kept, failed)
	return next, nil
}

// empty lets nobody in and waits until nobody is inside.
func (s *server) empty(ctx context.Context, t *term, job *restoring) error {
	// The workspace is kept with it, so that it tells what became of it.
	if err := staff.New(t.store).Note(ctx, job.by, "workspace.replaced", job.told.Made.String(), job.from.told.Name); err != nil {
		return err
	}
	left := s.gate.close()
	select {
	case <-left:
		return nil
	case <-time.After(graceTime):
		t.cut()
	}
	select {
	case <-left:
		return nil
	case <-time.After(cutTime):
		return fault.New(fault.Busy, "What is under way on this server does not end. Try again in a while.")
	}
}

// replace keeps the workspace of a term that has ended, closes it, and puts the
// backup in its place. kept is the file in which it is kept, "" for none.
func (s *server) replace(ctx context.Context, t *term, job *restoring) (kept string, err error) {
	defer func() { err = errors.Join(err, t.store.Close()) }()
	job.at(web.StepKeep)
	s.reach("ended")
	path, err := keptName(s.Data, clock())
	if err != nil {
		return "", fault.Wrap(err, fault.Busy, "The workspace that is there cannot be kept in the data folder")
	}
	if _, err := Backup(ctx, s.Data, path, s.Program); err != nil {
		return "", err
	}
	s.reach("kept")
	job.at(web.StepReplace)
	database := filepath.Join(job.from.folder, databaseFile)
	if err := openCopy(ctx, database, false, func(c *sqlite.Store) error {
		return staff.New(c).Restored(ctx, job.by, job.told.Made, path)
	}); err != nil {
		return path, err
	}
	s.reach("readied")
	if err := t.store.Close(); err != nil {
		return path, err
	}
	s.reach("closed")
	if err := sqlite.Replace(ctx, filepath.Join(s.Data, databaseFile), database); err != nil {
		return path, err
	}
	s.reach("replaced")
	return path, nil
}

// tell says how a restore came out: to whoever ordered it, in the log, and in the
// record of a workspace that stays as it was.
func (s *server) tell(ctx context.Context, t *term, job *restoring, kept string, failed error) {
	if failed != nil {
		s.Logger.Error("a backup was not restored", "error", failed)
		if err := staff.New(t.store).Note(ctx, job.by, "workspace.unreplaced", job.told.Made.String(), fault.Text(failed)); err != nil {
			s.Logger.Error("that a backup was not restored is not noted", "error", err)
		}
		job.end(kept, "", failed)
		return
	}
	s.Logger.Info("a backup was restored", "made", job.told.Made.String(), "kept", kept)
	path, err := t.welcome(ctx)
	if err != nil {
		s.Logger.Error("nobody can be welcomed", "error", err)
	} else if path != "" && s.Welcome != nil {
		s.Welcome(path)
	}
	job.end(kept, path, nil)
}

// outside is what all requests come to: whoever waits for a restore is told about it
// whichever workspace is there, and all others pass the gate.
func (s *server) outside() http.Handler {
	if s.restores == nil {
		return &s.gate
	}
	waiting := s.waiting()
	mux := http.NewServeMux()
	mux.Handle("GET "+web.RestoringPath, waiting)
	mux.Handle("/", &s.gate)
	return mux
}

func (s *server) waiting() http.Handler {
	return web.NewWaiting(web.WaitingConfig{Progress: s.restores.progress, Logger: s.Logger})
}

// away is what answers while no workspace is there: events are to be sent again, as
// the libraries do, and people to come again.
func (s *server) away() http.Handler {
	if s.restores == nil {
		return http.NotFoundHandler()
	}
	mux := http.NewServeMux()
	doors := tracking.New(tracking.Config{Sink: nobody{}, Keys: nobody{}, Clock: clock, Logger: s.Logger, TrustedProxies: s.TrustedProxies, Rate: s.Rate})
	for _, path := range tracking.Paths {
		mux.Handle(path, doors)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "alive\n") })
	restoring := func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusServiceUnavailable, fault.Text(errRestoring)+"\n")
	}
	mux.HandleFunc("GET /readyz", restoring)
	mux.HandleFunc("GET /metrics", restoring)
	mux.Handle("/", s.waiting())
	return mux
}

// nobody knows no key and takes no event, for now.
type nobody struct{}

// WriteKey implements tracking.Keys.
func (nobody) WriteKey(context.Context, string) (int64, lead.KeyKind, bool, error) {
	return 0, "", false, errRestoring
}

// Policy implements tracking.Keys.
func (nobody) Policy(context.Context) (privacy.Policy, error) { return privacy.Policy{}, errRestoring }

// Salt implements tracking.Keys.
func (nobody) Salt(context.Context, lead.Time) ([]byte, error) { return nil, errRestoring }

// Ingest implements tracking.Sink.
func (nobody) Ingest(context.Context, pipeline.Batch) (pipeline.Receipt, error) {
	return pipeline.Receipt{}, errRestoring
}
