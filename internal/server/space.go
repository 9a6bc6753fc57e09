package server

import (
	"context"
	"sync"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/pipeline"
)

// spaceAge is how long what was seen of a disk counts: it is looked at for every
// batch, and a second's events are little beside what is kept free.
const spaceAge = time.Second

// space watches the disk of a data folder, so that a server stops taking events
// while there is still room to read, to make a backup and to clean up. A full disk
// harms no database, but leaves its operator little to do.
type space struct {
	dir  string
	keep int64 // bytes that stay free; 0 watches nothing
	free func(dir string) (int64, error)

	mu     sync.Mutex
	looked time.Time
	state  error
}

// short says why nothing may be written, nil if there is room. A disk that cannot
// be asked is not in the way of anything.
func (s *space) short() error {
	if s.keep <= 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.looked) >= spaceAge {
		s.looked, s.state = now, nil
		if free, err := s.free(s.dir); err == nil && free < s.keep {
			s.state = fault.New(fault.Busy, "The disk of the data folder has %d MB left, and %d MB are kept free: no events are taken until there is more room.", free>>20, s.keep>>20)
		}
	}
	return s.state
}

// guarded is a workspace that takes no events while space is short.
type guarded struct {
	*app.App
	space *space
}

// Ingest takes events in; see pipeline.Ingest.
func (g guarded) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	if err := g.space.short(); err != nil {
		return pipeline.Receipt{}, err
	}
	return g.App.Ingest(ctx, b)
}
