package postgres

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// Nodes draw blocks from one sequence; none may be given an id twice, and those
// of one call are in a row.
func TestIDsAreGivenOutOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sequence := lead.ID(1)
		nodes := make([]idBlocks, 3)
		used := map[lead.ID]bool{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			node := &nodes[rapid.IntRange(0, 2).Draw(t, "node")]
			n := rapid.IntRange(1, 3*blockSize).Draw(t, "n")
			disturbed := rapid.IntRange(0, 2).Draw(t, "disturbed")
			first, err := node.take(n, func(blocks int) ([]lead.ID, error) {
				var drawn []lead.ID
				for i := range blocks {
					if disturbed > 0 && i == blocks-1 {
						disturbed--
						sequence += blockSize // another node's
					}
					drawn = append(drawn, sequence)
					sequence += blockSize
				}
				return drawn, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "given back") {
				node.giveBack(first, n)
				continue
			}
			for id := first; id < first+lead.ID(n); id++ {
				if used[id] || id < 1 {
					t.Fatalf("%s was given out twice", id)
				}
				used[id] = true
			}
		}
	})
}

func TestUnusedIDsAreGivenOutAgain(t *testing.T) {
	t.Parallel()
	var b idBlocks
	draws := 0
	take := func(n int) lead.ID {
		first, err := b.take(n, func(blocks int) ([]lead.ID, error) {
			var drawn []lead.ID
			for range blocks {
				drawn = append(drawn, lead.ID(1+blockSize*draws))
				draws++
			}
			return drawn, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	got := []lead.ID{take(2), take(3)}
	b.giveBack(3, 3)
	got = append(got, take(1), take(1))
	b.giveBack(1, 2) // not the last ones
	got = append(got, take(blockSize))
	if want := []lead.ID{1, 3, 3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if draws != 2 {
		t.Errorf("the sequence was asked for %d blocks, want 2", draws)
	}
	broken := errors.New("broken")
	if _, err := b.take(1000, func(int) ([]lead.ID, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the sequence", err)
	}
}
