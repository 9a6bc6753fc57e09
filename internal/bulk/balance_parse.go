package bulk

import (
	"go.yaml.in/yaml/v4"

	"galena/internal/lead"
)

// balance reads which columns hold the points of which scores.
func (p *mappingParser) balance(n *yaml.Node) []Field {
	scores := p.fields(n, "balance")
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		p.at(n, "balance names no score; leave it out")
	}
	for i := range scores {
		f := &scores[i]
		switch {
		case f.Kind != lead.Missing && f.Kind != lead.Number:
			p.at(n, "balance.%s is of type %s; points are numbers, so leave `type` out", f.Name, f.Kind)
		case f.Value != nil:
			p.at(n, "balance.%s is the same for every row; name a column that holds the points", f.Name)
		}
		f.Kind = lead.Number
	}
	return scores
}
