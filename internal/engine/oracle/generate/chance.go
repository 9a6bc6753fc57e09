package generate

import (
	"math/bits"
	"slices"

	"pgregory.net/rapid"
)

// rapid's own choices prefer small numbers and what stands first, so strongly
// that rare combinations hardly ever meet. These are even, and still shrink
// towards the first.

// below is a number from 0 to n-1.
func below(t *rapid.T, n int, label string) int {
	width := bits.Len(uint(n)) + 3 // so that no number is much likelier than another
	var x uint64
	for range width {
		x <<= 1
		if rapid.Bool().Draw(t, label) {
			x++
		}
	}
	high, low := bits.Mul64(x, uint64(n))
	return int(high<<(64-width) | low>>width)
}

// between is a number from low to high, both included.
func between(t *rapid.T, low, high int, label string) int {
	return low + below(t, high-low+1, label)
}

// among is one of the choices.
func among[T any](t *rapid.T, choices []T, label string) T {
	return choices[below(t, len(choices), label)]
}

// oneIn is true once in n times.
func oneIn(t *rapid.T, n int, label string) bool { return below(t, n, label) == n-1 }

// shuffled is the list in another order.
func shuffled[T any](t *rapid.T, list []T) []T {
	list = slices.Clone(list)
	for i := range list {
		j := between(t, i, len(list)-1, "place")
		list[i], list[j] = list[j], list[i]
	}
	return list
}
