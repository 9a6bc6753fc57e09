package rule

// markAtoms finds out for every atom which of its changes can turn the condition
// true. Beneath an even number of negations that is its becoming true, beneath
// an odd number its becoming false; inside CEL nobody looks, so both.
func (c *compiler) markAtoms() {
	if !c.x.native {
		for i := range c.x.atoms {
			c.x.atoms[i].Rising, c.x.atoms[i].Falling = true, true
		}
		return
	}
	mark(c.x.run, true)
}

func mark(p predicate, positive bool) {
	switch p := p.(type) {
	case atomTest:
		p.atom.Rising = p.atom.Rising || positive
		p.atom.Falling = p.atom.Falling || !positive
	case not:
		mark(p.of, !positive)
	case all:
		for _, part := range p {
			mark(part, positive)
		}
	case either:
		for _, part := range p {
			mark(part, positive)
		}
	}
}
