package postgres

import (
	"context"
)

// Ready says whether the store can take writes: nil, or the reason why not.
func (s *Store) Ready(ctx context.Context) error {
	end, err := s.turn(ctx, s.writing)
	if err != nil {
		return err
	}
	defer end()
	_, release, err := s.begin(ctx, s.beginWrite)
	if err != nil {
		return err
	}
	release()
	return nil
}

var databaseSize = define(`SELECT pg_database_size(current_database())`)

// Size is how many bytes the database takes, whatever else is in it.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	end, err := s.turn(ctx, s.reading)
	if err != nil {
		return 0, err
	}
	defer end()
	view, release, err := s.begin(ctx, s.beginRead)
	if err != nil {
		return 0, err
	}
	defer release()
	return size, view.one(databaseSize, []any{&size})
}
