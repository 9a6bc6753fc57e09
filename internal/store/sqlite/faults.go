package sqlite

import (
	"context"
	"errors"

	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"

	"galena/internal/fault"
)

// ErrDiskFailed is in the chain of every error of Write once the disk has failed
// the writing connection. A sync that failed is never tried again: the kernel
// may have dropped the pages, and a second sync would succeed over the hole. The
// way out is to end the process and open the database anew.
var ErrDiskFailed = errors.New("the disk failed")

// errSync says that the database could not be synced beside its connections.
var errSync = errors.New("the database could not be synced")

// errOver is what a Tx or Snapshot answers after its function has returned.
var errOver = fault.New(fault.Internal, "A transaction was used after its end.")

// explain gives what SQLite reported a kind and a sentence.
func explain(ctx context.Context, err error, path string) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fault.Wrap(ctx.Err(), fault.Busy, "The request ended before the database had answered it.")
	}
	switch resultCode(err) & 0xff {
	case code.SQLITE_FULL:
		return fault.Wrap(err, fault.Busy, "The disk is full and nothing was written; free some space beside %s.", path)
	case code.SQLITE_BUSY, code.SQLITE_LOCKED:
		return fault.Wrap(err, fault.Busy, "Another program is writing to the database %s; try again in a moment.", path)
	case code.SQLITE_READONLY, code.SQLITE_PERM:
		return fault.Wrap(err, fault.Busy, "The database %s cannot be written: the file, its folder or its disk is read-only.", path)
	case code.SQLITE_CANTOPEN:
		return fault.Wrap(err, fault.Busy, "The database %s cannot be opened: check that its folder exists and that this user may write there.", path)
	case code.SQLITE_IOERR:
		if isFull(err) {
			return fault.Wrap(err, fault.Busy, "The disk is full and nothing was written; free some space beside %s.", path)
		}
		return fault.Wrap(err, fault.Busy, "The disk failed while the database %s was in use; check the disk.", path)
	case code.SQLITE_CORRUPT, code.SQLITE_NOTADB:
		return fault.Wrap(err, fault.Internal, "The database %s is damaged; stop Galena and restore it from the latest backup.", path)
	}
	return fault.Wrap(err, fault.Internal, "The database could not do its work.")
}

// resultCode is SQLite's extended result code in err's chain, 0 if there is none.
func resultCode(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code()
	}
	return 0
}

func isUnique(err error) bool {
	return resultCode(err) == code.SQLITE_CONSTRAINT_UNIQUE
}

// isFull finds the one I/O error that means a full disk: the file of the shared
// memory could not grow.
func isFull(err error) bool { return resultCode(err) == code.SQLITE_IOERR_SHMSIZE }

// isDiskFailure says whether err is one after which the writing connection can
// no longer be trusted.
func isDiskFailure(err error) bool {
	return resultCode(err)&0xff == code.SQLITE_IOERR && !isFull(err) || errors.Is(err, errSync)
}
