package sqlite

import (
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// tx is a writing transaction; it implements store.Tx.
type tx struct {
	snapshot
	last lead.ID // the highest id given out; 0: not looked up yet
	// erased says that the log must not show any more what it shows of the past.
	erased bool
}

var _ store.Tx = (*tx)(nil)

// Lock has nothing to do: there is one writer.
func (t *tx) Lock([]lead.ID) error { return t.err }

// refuse fails the transaction for what a caller must never ask.
func (t *tx) refuse(format string, args ...any) error {
	return t.fail(fault.New(fault.Internal, format, args...))
}
