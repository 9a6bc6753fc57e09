package playbook

import (
	"testing"

	"pgregory.net/rapid"
)

// What is kept of a sequence is in both, in one order, and could not be more.
func TestAlikeKeepsTheMost(t *testing.T) {
	t.Parallel()
	list := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 8)
	var most func(was, is []string) int
	most = func(was, is []string) int {
		if len(was) == 0 || len(is) == 0 {
			return 0
		}
		if was[0] == is[0] {
			return 1 + most(was[1:], is[1:])
		}
		return max(most(was[1:], is), most(was, is[1:]))
	}
	rapid.Check(t, func(t *rapid.T) {
		was, is := list.Draw(t, "was"), list.Draw(t, "is")
		kept, n, last := alike(was, is), 0, -1
		for k, at := range kept {
			if at < 0 {
				continue
			}
			if at <= last || was[at] != is[k] {
				t.Fatalf("part %d is said to be the old part %d", k, at)
			}
			n, last = n+1, at
		}
		if n != most(was, is) {
			t.Fatalf("%d parts are kept of %v and %v, want %d", n, was, is, most(was, is))
		}
	})
}
