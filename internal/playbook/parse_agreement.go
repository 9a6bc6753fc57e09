package playbook

import "go.yaml.in/yaml/v4"

// agreement reads the sections that nothing acts on yet.
func (o object) agreement(d *Document) {
	d.Handoff = o.handoff()
	o.section("nurture", MaxTracks, func(name Word, n *yaml.Node, path string) {
		d.Tracks = append(d.Tracks, o.track(name, n, path))
	})
	d.Attribution = o.attribution()
	o.list("goals", MaxGoals, func(n *yaml.Node, path string) { d.Goals = append(d.Goals, o.goal(n, path)) })
	o.list("costs", MaxCosts, func(n *yaml.Node, path string) { d.Costs = append(d.Costs, o.cost(n, path)) })
	if n := o.values["review"]; n != nil {
		d.Review, _ = o.dateOf(n, o.pathOf("review"))
	}
}
