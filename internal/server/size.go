package server

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"galena/internal/store/postgres"
)

// measureInterval is how often the measure of the day is taken anew, so that a server
// that runs for an hour a day measures, too.
const measureInterval = time.Hour

// size is how many bytes the workspace takes: the files of its folder, or its
// database.
func (o *Owned) size(ctx context.Context, place string) (int64, error) {
	if s, is := o.store.(*postgres.Store); is {
		return s.Size(ctx)
	}
	return folderSize(place)
}

// measure measures the workspace now and then. A measure that fails harms nobody.
func (o *Owned) measure(ctx context.Context, place string, log *slog.Logger) {
	every := time.NewTicker(measureInterval)
	defer every.Stop()
	for {
		size, err := o.size(ctx, place)
		if err == nil {
			err = o.TakeMeasure(ctx, size)
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("the workspace was not measured", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// folderSize is how many bytes the files of a data folder have. What goes away
// while it counts is not there.
func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return ignoreMissing(err)
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return ignoreMissing(err)
	})
	return size, err
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
