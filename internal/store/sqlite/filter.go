package sqlite

import (
	"encoding/binary"
	"math/bits"
)

// A filter is a Bloom filter: it knows for sure what is not in a run. With 12
// bits for each key and six looks it errs once in 300 times, which costs reading
// a block for nothing. It is stored as it is.
type filter []byte

const (
	filterBitsPerKey = 12
	filterLooks      = 6
)

// filterSize is how many bytes a filter of so many keys takes.
func filterSize(keys int) int { return (keys*filterBitsPerKey+7)/8 + 1 }

// spots walks the bits of a key, given as two halves that are evenly spread. It
// ends early when look says so.
func (f filter) spots(a, b uint64, look func(byteAt uint64, bit byte) bool) bool {
	size := uint64(len(f)) * 8
	for range filterLooks {
		spot, _ := bits.Mul64(a, size) // a spread over the size
		if !look(spot/8, 1<<(spot%8)) {
			return false
		}
		a += b | 1
	}
	return true
}

func (f filter) add(a, b uint64) {
	f.spots(a, b, func(at uint64, bit byte) bool { f[at] |= bit; return true })
}

func (f filter) mayHave(a, b uint64) bool {
	return f.spots(a, b, func(at uint64, bit byte) bool { return f[at]&bit != 0 })
}

// filtered gives the halves of what a filter remembers of a key: its first eight
// bytes, which are of a hash, or a lead. They are spread by a step of the
// generator SplitMix64, since ids of leads are small numbers in a row.
func filtered(k key) (a, b uint64) {
	a = binary.BigEndian.Uint64(k[:]) + 0x9e3779b97f4a7c15
	a = (a ^ a>>30) * 0xbf58476d1ce4e5b9
	a = (a ^ a>>27) * 0x94d049bb133111eb
	a ^= a >> 31
	return a, bits.RotateLeft64(a, 29) * 0x9e3779b97f4a7c15
}
