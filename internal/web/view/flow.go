package view

import (
	"fmt"
	"math"

	"galena/internal/lead"
)

// Flow is what moved between stages in a period, with where everybody stands. Its
// picture is drawn twice, along the page and down it, of which a screen shows the one
// that it has room for.
type Flow struct {
	Days    int
	Periods []Option // by the address of home
	Since   lead.Time
	Stages  []FlowStage // in their order; Exits likewise
	Exits   []FlowStage
	Moves   []FlowMove
	Behind  int // how many moves are not counted yet
}

// FlowStage is a stage or exit with who is there, and what moved.
type FlowStage struct {
	Name, Role, Path string
	Here, AtLeast    int
	More             bool // counting ended early
	// In came from outside the funnel, Out left it; On went ahead, Over of them past
	// a stage, Back fell back.
	In, Out, On, Over, Back int
}

// FlowMove is how many went from one stage to another, by their places.
type FlowMove struct{ From, To, N int }

// Moved says whether anything did.
func (f *Flow) Moved() bool {
	for _, s := range f.Stages {
		if s.In+s.Out+s.On+s.Back > 0 {
			return true
		}
	}
	return false
}

// fellBack says whether anybody did.
func (f *Flow) fellBack() bool {
	_, back := f.spans()
	return back > 0
}

// Drawing is a picture of a flow, in units of its own.
type Drawing struct {
	Class         string
	Width, Height int
	Boxes         []FlowBox
	Ways          []FlowWay
}

// FlowBox is a stage, drawn.
type FlowBox struct {
	Stage *FlowStage
	X, Y  int
	Title string // as much of the name as there is room for
	Share int    // how long the bar is that tells who stands there
}

// FlowWay is a way between stages, drawn: a line, its head, and a number.
type FlowWay struct {
	Class, Line, Head string
	Thick             float64
	X, Y, N           int
}

// Measures of the pictures. Names are cut to what a box holds.
const (
	boxWide, boxHigh = 124, 78
	boxText          = 15
	gapAlong         = 46 // between boxes of the picture along the page
	gapDown          = 40 // and of the one down it
	arcStep          = 22 // how much further an arc reaches for each stage that it spans
	arcFirst         = 18
	arcMost          = 78 // down the page, where there is no more room beside the boxes
	barWide          = boxWide - 24
	thinnest         = 1.5
	thickest         = 9.0
	fewMoved         = 10 // of so few at the most, none is drawn as thick as can be
)

// axes turns a picture along the page into one down it.
type axes struct {
	down       bool
	pitch      int
	long       int // of a box, in the direction of the flow
	base, edge int // where boxes begin and end across it
	reach      func(span int) int
}

func (a *axes) at(along, across float64) string {
	if a.down {
		along, across = across, along
	}
	return fmt.Sprintf("%.1f %.1f", along, across)
}

func (a *axes) point(along, across int) (x, y int) {
	if a.down {
		return across, along
	}
	return along, across
}

// Along is the picture for a wide screen, Down that for a narrow one.
func (f *Flow) Along() Drawing {
	ahead, back := f.spans()
	reach := func(span int) int { return arcFirst + arcStep*span }
	top, foot := 4, 4
	if ahead > 1 {
		top += reach(ahead) + 8
	}
	if back > 0 {
		foot += reach(back) + 8
	}
	a := axes{pitch: boxWide + gapAlong, long: boxWide, base: top, edge: top + boxHigh, reach: reach}
	d := f.draw(&a)
	d.Class, d.Width, d.Height = "flow-along", len(f.Stages)*a.pitch-gapAlong+4, a.edge+foot
	return d
}

// Down is the picture for a narrow screen.
func (f *Flow) Down() Drawing {
	reach := func(span int) int { return min(arcFirst+arcStep*span, arcMost) }
	a := axes{down: true, pitch: boxHigh + gapDown, long: boxHigh, base: arcMost + 20, reach: reach}
	a.edge = a.base + boxWide
	d := f.draw(&a)
	d.Class, d.Width, d.Height = "flow-down", a.edge+arcMost+20, len(f.Stages)*a.pitch-gapDown+4
	return d
}

// spans tells over how many stages the furthest way ahead leads, and the furthest back.
func (f *Flow) spans() (ahead, back int) {
	for _, m := range f.Moves {
		ahead, back = max(ahead, m.To-m.From), max(back, m.From-m.To)
	}
	return ahead, back
}

func (f *Flow) draw(a *axes) Drawing {
	d := Drawing{}
	standing, moved := 1, fewMoved
	for i := range f.Stages {
		standing = max(standing, f.Stages[i].Here)
	}
	for _, m := range f.Moves {
		moved = max(moved, m.N)
	}
	for i := range f.Stages {
		s := &f.Stages[i]
		x, y := a.point(2+i*a.pitch, a.base)
		d.Boxes = append(d.Boxes, FlowBox{Stage: s, X: x, Y: y, Title: short(s.Name, boxText), Share: int(math.Ceil(float64(barWide*s.Here) / float64(standing)))})
	}
	for _, m := range f.Moves {
		thick := thinnest + (thickest-thinnest)*float64(m.N)/float64(moved)
		if m.To == m.From+1 {
			d.Ways = append(d.Ways, a.straight(m, thick))
		} else {
			d.Ways = append(d.Ways, a.arc(m, thick))
		}
	}
	return d
}

// headLong is how long the head of a way of a thickness is, headHalf half its breadth.
func headLong(thick float64) float64 { return 5 + thick*0.6 }
func headHalf(thick float64) float64 { return 3 + thick*0.75 }

// straight is the way to the next stage.
func (a *axes) straight(m FlowMove, thick float64) FlowWay {
	from, to := float64(2+m.From*a.pitch+a.long+3), float64(2+m.To*a.pitch-3)
	middle := float64(a.base+a.edge) / 2
	neck := to - headLong(thick)
	w := FlowWay{Class: "on", Thick: thick, N: m.N,
		Line: fmt.Sprintf("M%sL%s", a.at(from, middle), a.at(neck, middle)),
		Head: fmt.Sprintf("M%sL%sL%sZ", a.at(neck, middle-headHalf(thick)), a.at(to, middle), a.at(neck, middle+headHalf(thick)))}
	if a.down {
		w.X, w.Y = int(middle+thickest+16), int((from+to)/2)
	} else {
		w.X, w.Y = int((from+to)/2), int(middle-thickest-7)
	}
	return w
}

// arc is a way past stages, or back.
func (a *axes) arc(m FlowMove, thick float64) FlowWay {
	class, span, side, start := "over", m.To-m.From, -1.0, float64(a.base)
	if a.down {
		side, start = 1, float64(a.edge) // ahead to the right, back to the left
	}
	apart := float64(a.long) / 5
	if span < 0 {
		class, span, side = "back", -span, -side
		start = float64(a.base+a.edge) - start
		apart = -apart
	}
	from := float64(2+m.From*a.pitch) + float64(a.long)/2 + apart
	to := float64(2+m.To*a.pitch) + float64(a.long)/2 - apart
	reach := float64(a.reach(span))
	start += side * 3
	neck := start + side*headLong(thick)
	bend := start + side*reach*4/3
	x, y := a.point(int((from+to)/2), int(start+side*reach))
	return FlowWay{Class: class, Thick: thick, X: x, Y: y, N: m.N,
		Line: fmt.Sprintf("M%sC%s %s %s", a.at(from, start), a.at(from, bend), a.at(to, bend), a.at(to, neck)),
		Head: fmt.Sprintf("M%sL%sL%sZ", a.at(to-headHalf(thick), neck), a.at(to, start), a.at(to+headHalf(thick), neck))}
}

// short cuts a text to so many letters.
func short(s string, most int) string {
	if letters := []rune(s); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}
