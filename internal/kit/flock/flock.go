// Package flock locks a file against other processes.
package flock

import "errors"

// ErrHeld says that another process holds the lock.
var ErrHeld = errors.New("flock: held by another process")
