//go:build !linux

package sqlite

import "os"

// flush does nothing where a file cannot be synced in parts.
func flush(*os.File, <-chan struct{}) {}
