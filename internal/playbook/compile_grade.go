package playbook

import (
	"strings"

	"galena/internal/phrase"
)

// grade finds the scores that are marked.
func (c *compiler) grade() {
	for _, s := range c.d.Grade {
		path := "grade"
		if len(s.Bands) > 0 {
			path = "grade." + scaleName(s.Bands[0].Mark) + ".score"
		}
		if slot, ok := c.reading(s.Score, path); ok {
			c.plan.Grade = append(c.plan.Grade, Scale{Score: slot, Bands: s.Bands})
		}
	}
}

// scaleName is the field of the scale that has a mark.
func scaleName(mark string) string {
	if mark[0] <= '9' {
		return numbersShape.name
	}
	return lettersShape.name
}

// expectedGrade checks that a grade which a test expects can be given.
func (c *compiler) expectedGrade(w *Word, path string) {
	if w == nil || w.Text == "" {
		return
	}
	rest := w.Text
	var marks []string
	for _, s := range c.d.Grade {
		for _, b := range s.Bands {
			marks = append(marks, b.Mark)
			if after, ok := strings.CutPrefix(rest, b.Mark); ok {
				rest = after
				break
			}
		}
	}
	if p := (Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path}); rest != "" || len(w.Text) != len(c.d.Grade) {
		p.Message = phrase.New("%s is no grade of this playbook", quote(w.Text))
		p.Expected = phrase.New("the grade's marks, one after the other: of %s", strings.Join(marks, ", "))
		if len(marks) == 0 {
			p.Expected = phrase.New(`a section "grade"`)
		}
		c.add(p)
	}
}
