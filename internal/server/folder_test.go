package server

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"galena/internal/app"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// TestWritersTakeTurns lets commands write to a folder that another command owns.
func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const writers = 5
	done := make(chan error, writers)
	err := Hold(t.Context(), dir, nil, func(*Owned) error {
		for range writers {
			go func() {
				done <- Write(t.Context(), dir, nil, func(w app.Writer) error {
					_, err := w.CreateKey(t.Context(), lead.ServerKey, "turn")
					return err
				})
			}()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestWriteStopsWaiting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := Hold(t.Context(), dir, nil, func(*Owned) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return Write(ctx, dir, nil, func(app.Writer) error { t.Error("wrote to a folder that is owned"); return nil })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestServerGone: whoever waits out busy servers must not wait for one that died.
func TestServerGone(t *testing.T) {
	t.Parallel()
	gone := control.Dial(filepath.Join(t.TempDir(), socketFile))
	if _, err := gone.Ingest(t.Context(), pipeline.Batch{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v", err)
	}
}
