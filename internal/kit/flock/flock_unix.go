//go:build unix

package flock

import (
	"errors"
	"os"
	"syscall"
)

// Lock holds a file until it is closed or the process ends, however it ends.
type Lock struct{ file *os.File }

// Take locks the file at path, which it creates with mode 0600 if need be. It
// does not wait: when another process holds the lock the error is ErrHeld.
func Take(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrHeld
		}
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return &Lock{f}, nil
}

// Release gives the lock back. The file stays: removing it would let two
// processes lock different files of the same name.
func (l *Lock) Release() error { return l.file.Close() }
