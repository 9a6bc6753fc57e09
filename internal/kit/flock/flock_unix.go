//go:build unix

package flock

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Lock holds a file until it is closed or the process ends, however it ends.
type Lock struct{ file *os.File }

// Whoever looks at a lock by Held is in the way of Take for some microseconds, so
// Take looks again before it says that the lock is held.
const (
	looks     = 10
	lookPause = 10 * time.Millisecond
)

// Take locks the file at path, which it creates with mode 0600 if need be. It
// does not wait for its turn: when another process holds the lock the error is
// ErrHeld.
func Take(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for i := 1; ; i++ {
		err = lock(f, syscall.LOCK_EX)
		if !errors.Is(err, syscall.EWOULDBLOCK) || i == looks {
			break
		}
		time.Sleep(lookPause)
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

// Held says whether a process holds the lock of the file at path. It takes nothing
// that would make a Take fail, and makes no file.
func Held(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close() // gives the shared lock back
	err = lock(f, syscall.LOCK_SH)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

func lock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// Release gives the lock back. The file stays: removing it would let two
// processes lock different files of the same name.
func (l *Lock) Release() error { return l.file.Close() }
