package rule

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// memo remembers what a pattern said of texts, since job titles, pages and countries
// come again and again, and to try a pattern takes a hundred times as long as to look
// here. Texts that fall on one place drive each other out. Safe for concurrent use.
type memo struct {
	seed   maphash.Seed
	places [memoPlaces]atomic.Pointer[answer]
}

type answer struct {
	text string
	is   bool
}

const (
	// memoPlaces is more than the titles that are common; with memoLongest it bounds
	// what a pattern remembers to some 40 kB.
	memoPlaces  = 256
	memoLongest = 128 // bytes of a text
)

func newMemo() *memo { return &memo{seed: maphash.MakeSeed()} }

// of gives what ask says of a text, or said before.
func (m *memo) of(text string, ask func() bool) bool {
	if len(text) > memoLongest {
		return ask()
	}
	place := &m.places[maphash.String(m.seed, text)%memoPlaces]
	if a := place.Load(); a != nil && a.text == text {
		return a.is
	}
	// A copy, so that no event is kept for its title.
	a := &answer{strings.Clone(text), ask()}
	place.Store(a)
	return a.is
}
