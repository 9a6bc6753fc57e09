package playbook

import "go.yaml.in/yaml/v4"

// grade reads the scales of a playbook; none if there is no grade.
func (o object) grade() []ScaleDecl {
	n := o.values["grade"]
	if n == nil || isNull(n) {
		return nil
	}
	g, ok := o.object(n, o.pathOf("grade"), &gradeShape)
	if !ok {
		return nil
	}
	var scales []ScaleDecl
	for _, s := range []*shape{&lettersShape, &numbersShape} {
		if v := g.values[s.name]; v != nil {
			scales = append(scales, g.scale(v, s))
		}
	}
	if g.lacks("letters", "numbers") {
		g.report(placeOf(g.node), g.path, `a grade is made of "letters", "numbers" or both`)
	}
	return scales
}

// scale reads the marks that a score gives.
func (o object) scale(n *yaml.Node, s *shape) ScaleDecl {
	scale, ok := o.object(n, o.pathOf(s.name), s)
	if !ok {
		return ScaleDecl{}
	}
	d := ScaleDecl{Score: scale.word("score", maxName)}
	for _, f := range s.fields {
		value := scale.values[f.name]
		if value == nil || f.name == "score" {
			continue
		}
		from, ok := o.pointsOf(value, scale.pathOf(f.name), inQuotes(f.name))
		if !ok {
			continue
		}
		if last := len(d.Bands) - 1; last >= 0 && d.Bands[last].From <= from {
			o.report(placeOf(follow(value)), scale.pathOf(f.name), "%s begins at %v and the better %s at %v; it must begin lower",
				quote(f.name), from, quote(d.Bands[last].Mark), d.Bands[last].From)
		}
		d.Bands = append(d.Bands, Band{Mark: f.name, From: from})
	}
	if len(d.Bands) == 0 && len(scale.misspelt) == 0 {
		o.report(placeOf(scale.node), scale.path, "%s without a mark: say from how many points on each is given", s.title)
	}
	return d
}
