package server

import (
	"context"
	"log/slog"
	"time"

	"galena/internal/intake"
	"galena/internal/pipeline"
)

// How often it is looked what is too old: while something is, a part after each
// pause, in which events and pages have the database to themselves.
const (
	retainInterval = time.Minute
	retainPause    = time.Second
	fileInterval   = time.Hour
)

// retain takes away what is too old, until ctx ends. A part that fails is tried again.
func (o *Owned) retain(ctx context.Context, log *slog.Logger) {
	next := time.NewTimer(retainPause)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		case <-o.Chosen():
		}
		if err := o.ForgetSalts(ctx); err != nil && ctx.Err() == nil {
			log.Warn("the salts of days that are over were not destroyed", "error", err)
		}
		s, err := o.Retain(ctx, false)
		wait := retainInterval
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("what is too old was not taken away", "error", err)
		case s.Over:
			tellPass(log, &s.Pass)
		case s.More:
			wait = retainPause
		}
		next.Reset(wait)
	}
}

func tellPass(log *slog.Logger, p *pipeline.Pass) {
	log.Info("what was too old is gone", "visitors", p.Visitors, "leads", p.Leads, "rejects", p.Rejects)
}

// expireFiles takes away uploaded files that nobody imported in time, until ctx ends.
func (o *Owned) expireFiles(ctx context.Context, desk *intake.Desk, log *slog.Logger) {
	every := time.NewTicker(fileInterval)
	defer every.Stop()
	for {
		gone, err := o.expire(ctx, desk)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Warn("uploaded files that are too old were not taken away", "error", err)
		} else if gone > 0 {
			log.Info("uploaded files that were too old are gone", "files", gone)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func (o *Owned) expire(ctx context.Context, desk *intake.Desk) (int, error) {
	policy, err := o.Policy(ctx)
	if err != nil || policy.Files.Ever() {
		return 0, err
	}
	return desk.Expire(ctx, policy.Files.Before(clock()))
}
