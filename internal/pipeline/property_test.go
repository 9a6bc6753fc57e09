package pipeline_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"galena/internal/pipeline"
)

// TestStreams sends random streams through a workspace, each cut into commits in
// two ways: what is stored is the fold of the log, by the engine and by the
// oracle, everybody has what is theirs, and the cuts do not show.
func TestStreams(t *testing.T) {
	t.Parallel()
	e := newShelf(handbook)
	rapid.Check(t, func(t *rapid.T) {
		s := streams(rapid.Bool().Draw(t, "backwards")).Draw(t, "stream")
		var first string
		for _, run := range []string{"first", "second"} {
			h := emptyHouse(t, e)
			h.carry(s, drawCuts(t, s, run))
			h.checkAll()
			census := countPeople(s)
			if diff := cmp.Diff(census.String(), h.people()); diff != "" {
				t.Fatalf("people (-want +got)\n%s", diff)
			}
			if got := h.counts().Named[pipeline.CountConflicts]; got != census.conflicts {
				t.Fatalf("%d conflicts are counted, want %d", got, census.conflicts)
			}
			if first == "" {
				first = h.portrait()
			} else if diff := cmp.Diff(first, h.portrait()); diff != "" {
				t.Fatalf("cut otherwise (-first +second)\n%s", diff)
			}
		}
	})
}
