package sqlite

import "context"

// Ready says whether the store can take writes: nil, or the reason why not.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.refusal(ctx); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		return s.diskFailed
	case <-ctx.Done():
		return ctx.Err()
	}
}
