package view

import (
	"fmt"
	"strings"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Structure draws what of a playbook leads to what, in three columns of rows that
// are equally high, so that where a line begins and ends is known here.
type Structure struct {
	Frame *Frame
	// Events is how many the counts are of, Since when the first of them came.
	Events  int
	Since   lead.Time
	Columns [3][]*Node
	Rows    int
	Curves  []Curve
}

// Node is a part of the playbook; nil in a column is a row left free.
type Node struct {
	Part playbook.Part
	Path string // to its rule in the agreement; "" for nowhere
	// Seen is how often a signal was among the latest events.
	Seen int
	// Idle says that nothing comes of it.
	Idle bool
}

// Curve is a line from the edge of one column to that of another, as the path of
// a picture that is as wide as 100 and as high as there are rows.
type Curve struct {
	Path string
	Past bool // it goes behind the column in the middle
}

// Where the columns end and begin, of a hundred; the style sheet says the same.
var edges = [3][2]float64{{0, 30}, {37, 63}, {70, 100}}

// Arrange puts the parts into their rows and draws the lines between them.
func (p *Structure) Arrange(s *playbook.Structure, seen map[string]int) {
	lists := [3][]playbook.Part{s.Inputs, s.Scores, s.Stages}
	for _, list := range lists {
		p.Rows = max(p.Rows, len(list))
	}
	var row [3][]int
	for c, list := range lists {
		p.Columns[c] = make([]*Node, p.Rows)
		for i, part := range list {
			at := (2*i + 1) * p.Rows / (2 * len(list))
			row[c] = append(row[c], at)
			n := &Node{Part: part, Seen: seen[part.Name], Idle: c == 0}
			if part.Section != "" {
				n.Path = "/playbook#" + Anchor(part.Section, part.Group, part.Nth)
			}
			p.Columns[c][at] = n
		}
	}
	draw := func(from, to int, flows []playbook.Flow) {
		for _, f := range flows {
			a, b := row[from][f.From], row[to][f.To]
			if from == 0 {
				p.Columns[0][a].Idle = false
			}
			x1, x2 := edges[from][1], edges[to][0]
			y1, y2 := float64(a)+0.5, float64(b)+0.5
			middle := (x1 + x2) / 2
			p.Curves = append(p.Curves, Curve{Path: fmt.Sprintf("M%g %gC%g %g %g %g %g %g", x1, y1, middle, y1, middle, y2, x2, y2), Past: to-from > 1})
		}
	}
	draw(0, 2, s.Past)
	draw(0, 1, s.ToScores)
	draw(1, 2, s.Through)
}

// roleDot is the colour of a stage by its role, without a word in it.
func roleDot(role string) string { return strings.Replace(roleBadge(role), "badge", "dot", 1) }
