package rule

import (
	"fmt"
	"strings"
	"testing"
)

// More texts than there are places drive each other out, and each is still told its own.
func TestMemoTellsTextsApart(t *testing.T) {
	t.Parallel()
	m := newMemo()
	for range 3 {
		for n := range 4 * memoPlaces {
			text := fmt.Sprint("title ", n)
			if got, want := m.of(text, func() bool { return n%2 == 0 }), n%2 == 0; got != want {
				t.Fatalf("%q is said to match: %t", text, got)
			}
		}
	}
}

func TestMemoAsksOnce(t *testing.T) {
	t.Parallel()
	m := newMemo()
	asked := 0
	ask := func() bool { asked++; return true }
	for range 5 {
		if !m.of("VP Marketing", ask) {
			t.Fatal("What was said is not said again.")
		}
	}
	if asked != 1 {
		t.Errorf("It was asked %d times.", asked)
	}
	long := strings.Repeat("x", memoLongest+1)
	m.of(long, ask)
	m.of(long, ask)
	if asked != 3 {
		t.Errorf("A long text is remembered: asked %d times.", asked)
	}
}
