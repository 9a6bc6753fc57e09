package view

import (
	"fmt"
	"testing"
)

// Whatever moved, its numbers stand in the picture, each at a place of its own.
func TestFlowIsDrawnWithinItsPicture(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 8; n++ {
		f := &Flow{}
		for i := range n {
			f.Stages = append(f.Stages, FlowStage{Name: fmt.Sprint("A stage of many letters ", i), Here: i * 100})
		}
		for from := range n {
			for to := range n {
				if from != to {
					f.Moves = append(f.Moves, FlowMove{From: from, To: to, N: 1 + from*to})
				}
			}
		}
		for _, d := range []Drawing{f.Along(), f.Down()} {
			if len(d.Boxes) != n || len(d.Ways) != n*(n-1) {
				t.Fatalf("%s of %d stages has %d boxes and %d ways", d.Class, n, len(d.Boxes), len(d.Ways))
			}
			at := map[[2]int]bool{}
			for _, w := range d.Ways {
				if w.X < 8 || w.Y < 6 || w.X > d.Width-8 || w.Y > d.Height-6 || w.Thick < thinnest || w.Thick > thickest {
					t.Errorf("%s of %d stages: %+v is not within %d by %d", d.Class, n, w, d.Width, d.Height)
				}
				if place := [2]int{w.X, w.Y}; at[place] && d.Class == "flow-along" {
					t.Errorf("%s of %d stages: two numbers stand at %v", d.Class, n, place)
				} else {
					at[place] = true
				}
			}
			for _, b := range d.Boxes {
				if b.X < 0 || b.Y < 0 || b.X+boxWide > d.Width || b.Y+boxHigh > d.Height || b.Share > barWide || len([]rune(b.Title)) > boxText {
					t.Errorf("%s of %d stages: %+v is not within %d by %d", d.Class, n, b, d.Width, d.Height)
				}
			}
		}
	}
}
