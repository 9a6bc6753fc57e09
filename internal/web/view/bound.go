package view

// Bounds are the caps and floors of a draft, and the marks of its grade.
type Bounds struct {
	Frame   *Frame
	Draft   Draft
	Groups  []BoundGroup // none while the text has errors
	Scales  []Scale      // none without a grade
	Problem string
}

// BoundGroup are the bounds of a score and its rules, or of a total.
type BoundGroup struct {
	Section, Of string
	Rows        []BoundRow
}

// BoundRow is what has bounds.
type BoundRow struct {
	Host  string
	Label string // of a rule; "" of the whole
	Cap   BoundField
	Floor BoundField
}

// BoundField is a number that can be written or left out; one without a path only the
// text can set.
// Problem is what is wrong with it.
type BoundField struct{ Path, Mark, Value, Problem string }

// Scale are the marks that a score gives.
type Scale struct {
	Kind  string // "letters" or "numbers"
	Score string
	Marks []BoundField
}

// given are the marks of a scale that are written.
func (p *Bounds) given(kind string) []string {
	var marks []string
	for _, s := range p.Scales {
		for _, m := range s.Marks {
			if s.Kind == kind && m.Value != "" {
				marks = append(marks, m.Mark)
			}
		}
	}
	return marks
}

// Field finds a field by its path; nil if there is none.
func (p *Bounds) Field(path string) *BoundField {
	for i := range p.Groups {
		for j := range p.Groups[i].Rows {
			for _, f := range []*BoundField{&p.Groups[i].Rows[j].Floor, &p.Groups[i].Rows[j].Cap} {
				if f.Path == path {
					return f
				}
			}
		}
	}
	for i := range p.Scales {
		for j := range p.Scales[i].Marks {
			if f := &p.Scales[i].Marks[j]; f.Path == path {
				return f
			}
		}
	}
	return nil
}
