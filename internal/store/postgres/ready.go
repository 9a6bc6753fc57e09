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
