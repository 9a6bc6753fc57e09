package view

import (
	"context"
	"fmt"
	"strings"

	"galena/internal/lead"
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

	row [3][]int // where the parts of each column stand
}

// Part is one thing of a playbook.
type Part struct {
	Kind        string // "attribute", "signal", "score", "total", "stage" or "exit"
	Name, Label string
	Role        string   // of stages and exits
	Of          []string // what a total sums
	For         []string // what an attribute or signal is for beside scores and stages
	Path        string   // to its rule in the agreement; "" for nowhere
}

// Node is a part in its place; nil in a column is a row left free.
type Node struct {
	Part Part
	// Seen is how often a signal was among the latest events.
	Seen int
	// Idle says that no score and no stage comes of it.
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

// Arrange puts the parts into their rows.
func (p *Structure) Arrange(lists [3][]Part, seen map[string]int) {
	for _, list := range lists {
		p.Rows = max(p.Rows, len(list))
	}
	for c, list := range lists {
		p.Columns[c] = make([]*Node, p.Rows)
		for i, part := range list {
			at := (2*i + 1) * p.Rows / (2 * len(list))
			p.row[c] = append(p.row[c], at)
			p.Columns[c][at] = &Node{Part: part, Seen: seen[part.Name], Idle: c == 0}
		}
	}
}

// Draw draws a line from a part of a column to one of another, each by its place
// in its list.
func (p *Structure) Draw(from, part, to, other int) {
	a, b := p.row[from][part], p.row[to][other]
	p.Columns[from][a].Idle = false
	x1, x2 := edges[from][1], edges[to][0]
	y1, y2 := float64(a)+0.5, float64(b)+0.5
	middle := (x1 + x2) / 2
	p.Curves = append(p.Curves, Curve{Path: fmt.Sprintf("M%g %gC%g %g %g %g %g %g", x1, y1, middle, y1, middle, y2, x2, y2), Past: to-from > 1})
}

// purpose tells what something is for of which no score and no stage comes: the first
// use.
func (n *Node) purpose(ctx context.Context) string {
	if len(n.Part.For) > 0 {
		return T(ctx, "playbook.purpose."+n.Part.For[0])
	}
	if n.Part.Kind == "attribute" {
		return T(ctx, "playbook.shown_only")
	}
	return T(ctx, "playbook.idle")
}

// purposes tells all of it.
func (n *Node) purposes(ctx context.Context) string {
	if len(n.Part.For) == 0 {
		return n.purpose(ctx)
	}
	var all []string
	for _, what := range n.Part.For {
		all = append(all, T(ctx, "playbook.purpose."+what))
	}
	return strings.Join(all, ", ")
}
