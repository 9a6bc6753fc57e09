package sqlite

import (
	"context"
	"errors"
)

// CopyTo writes the database as it is at one moment to a new file at path. It
// reads as any reader does, waits for no writer and keeps none waiting. The copy
// is compact, has no log beside it, and is not synced.
func (s *Store) CopyTo(ctx context.Context, path string) (err error) {
	if err := s.refusal(ctx); err != nil {
		return err
	}
	// The connections of readers refuse to write, be it to another file.
	db, err := connect(s.path, "ro", nil)
	if err != nil {
		return explain(ctx, err, s.path)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
	return explain(ctx, err, s.path)
}

// Schema is the version of the schema that this program writes.
func Schema() (int, error) {
	steps, err := migrations()
	return len(steps), err
}
