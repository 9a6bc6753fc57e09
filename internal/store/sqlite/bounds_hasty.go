//go:build hasty

package sqlite

// Bounds for tests that kill a server: with these it writes back and merges all
// the time.
const (
	tailEvents = 200
	tailBytes  = 1 << 20
)
