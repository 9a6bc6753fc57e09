package server

import "testing"

// A heap of which much is alive has room above it, however large it is.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int64{0: memoryBound, 90 << 20: memoryBound, 400 << 20: 600 << 20, 10 << 30: 15 << 30} {
		if got := memoryLimit(live); got != want {
			t.Errorf("with %d MB alive the limit is %d MB, want %d", live>>20, got>>20, want>>20)
		}
	}
}
