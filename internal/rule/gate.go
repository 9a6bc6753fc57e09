package rule

// Gate is what a condition asks of a lead besides all that time and signals can
// change: while it is shut, the condition does not hold, whatever they bring.
type Gate struct{ parts, rest []predicate }

// Gate splits off those parts of a condition, all of which must be true for it to
// be, that read nothing but attributes and steady atoms. A condition without such
// parts has a gate that is always open.
func (x *Expr) Gate(steady func(*Atom) bool) Gate {
	parts := []predicate{x.run}
	if a, ok := x.run.(all); ok {
		parts = a
	}
	var g Gate
	for _, p := range parts {
		if isSteady(p, steady) {
			g.parts = append(g.parts, p)
		} else {
			g.rest = append(g.rest, p)
		}
	}
	return g
}

// IsOpen says whether the condition can hold of a lead.
func (g *Gate) IsOpen(l Lead) bool { return areTrue(g.parts, l) }

// LetsIn says whether the condition holds of a lead to which its gate is open.
func (g *Gate) LetsIn(l Lead) bool { return areTrue(g.rest, l) }

func areTrue(parts []predicate, l Lead) bool {
	for _, p := range parts {
		if p.truth(frame{lead: l}) != True {
			return false
		}
	}
	return true
}

// isSteady says that a part of a lead's condition changes with attributes and steady
// atoms alone.
func isSteady(p predicate, steady func(*Atom) bool) bool {
	every := func(parts []predicate) bool {
		for _, p := range parts {
			if !isSteady(p, steady) {
				return false
			}
		}
		return true
	}
	ofExpr := func(x *Expr) bool {
		for i := range x.atoms {
			if !steady(&x.atoms[i]) {
				return false
			}
		}
		return true
	}
	switch p := p.(type) {
	case atomTest:
		return steady(p.atom)
	case segmentTest:
		return ofExpr(p.of)
	case celTest:
		return ofExpr(p.x) // whose truths it may read, whichever part of it this is
	case not:
		return isSteady(p.of, steady)
	case all:
		return every(p)
	case either:
		return every(p)
	}
	return true // what is left reads one attribute
}
