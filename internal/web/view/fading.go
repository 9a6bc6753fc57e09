package view

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"
)

// Fadings tell how the points of a draft fade.
type Fadings struct {
	Frame  *Frame
	Draft  Draft
	Groups []FadingGroup // none while the text has errors
}

// FadingGroup is a score with its rules.
type FadingGroup struct {
	Of  string
	All []FadingAt
}

// FadingAt is a decay in the list.
type FadingAt struct {
	Label string // of a rule; "" of the score itself
	Own   bool   // it is written there
	Words string // "" of points that last
	Path  string
}

// Fading is one decay as a form.
type Fading struct {
	Frame      *Frame
	Draft      Draft
	Action     string
	Of, Label  string
	Kinds      []Option
	Kind       string
	Span, Loss string
	Words      string
	Curve      *DecayCurve // nil of points that last, and while something is wrong
	// NoCurve is why there is none.
	NoCurve, Problem string
	// SpanProblem and LossProblem are what is wrong with what is written.
	SpanProblem, LossProblem string
}

// DecayCurve is what is left of points, in a picture of 400 by 130.
type DecayCurve struct {
	Points     string
	Line, Area string
	Marks      []DecayMark
}

// DecayMark is a moment of a curve; X and Y are parts of the whole.
type DecayMark struct {
	After, Worth string
	X, Y         float64
}

// The frame of the picture: what lies outside is for round ends.
const (
	curveWidth, curveHeight = 400.0, 130.0
	curveEdge               = 6.0
)

func curveX(x float64) float64 { return curveEdge + x*(curveWidth-2*curveEdge) }
func curveY(y float64) float64 { return curveHeight - curveEdge - y*(curveHeight-2*curveEdge) }

// Draw makes the line of what is left at places that are equally far from each other.
func (c *DecayCurve) Draw(heights []float64) {
	var line strings.Builder
	for i, y := range heights {
		command := "L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&line, "%s%.1f %.1f", command, curveX(float64(i)/float64(len(heights)-1)), curveY(y))
	}
	c.Line = line.String()
	c.Area = fmt.Sprintf("%sL%.1f %.1fL%.1f %.1fZ", c.Line, curveX(1), curveY(0), curveX(0), curveY(0))
}

func (m *DecayMark) cx() string { return fmt.Sprintf("%.1f", curveX(m.X)) }
func (m *DecayMark) cy() string { return fmt.Sprintf("%.1f", curveY(m.Y)) }

// ground is the line of nothing.
func (c *DecayCurve) ground() string {
	return fmt.Sprintf("M%.1f %.1fH%.1f", curveX(0), curveY(0), curveX(1))
}

// again has the page draw anew what the fields say, and shows a part of the answer.
func (p *Fading) again(when, part string) templ.Attributes {
	return templ.Attributes{"hx-post": p.Action, "hx-trigger": when, "hx-include": "closest form", "hx-sync": latest, "hx-target": part, "hx-select": part, "hx-swap": "outerHTML"}
}
