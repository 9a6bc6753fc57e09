//go:build !hasty

package sqlite

// The bounds of a tail. A start after a kill reads it, and so does each command
// that reads beside a server.
const (
	tailEvents = 50_000
	tailBytes  = 8 << 20 // of rows
)
