package playbook

import (
	"strings"

	"galena/internal/rule"
)

// signals declares all signals, then resolves unions and compiles conditions.
func (c *compiler) signals() {
	var declared []*SignalDecl
	events := rule.ForEvents()
	for i := range c.d.Signals {
		s := &c.d.Signals[i]
		if !c.declare(s.Name, signalName, len(declared), "signals") {
			continue
		}
		declared = append(declared, s)
		signal := Signal{Name: s.Name.Text, Label: s.Label, Types: s.Types, Names: s.Names}
		if s.Where.Text != "" {
			path := join(join("signals", s.Name.Text), "where")
			if strings.TrimSpace(s.Where.Text) == "false" {
				c.warn(s.Where.Place, path, "the signal %s can never occur: its condition never holds", quote(s.Name.Text))
			}
			signal.Where = c.check(events, s.Where, path)
		}
		c.plan.Signals = append(c.plan.Signals, signal)
		c.plan.Catalogue.Signals = append(c.plan.Catalogue.Signals, s.Name.Text)
	}
	for slot, s := range declared {
		c.plan.Signals[slot].Any = c.resolve(s.Any, signalName, join(join("signals", s.Name.Text), "any"))
		for _, part := range c.plan.Signals[slot].Any {
			c.used[part] = true
		}
	}
	c.cycles(declared)
}

// cycles reports unions that contain themselves, each ring once.
func (c *compiler) cycles(declared []*SignalDecl) {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(declared))
	var visit func(slot int, trail []string)
	visit = func(slot int, trail []string) {
		state[slot] = open
		trail = append(trail, declared[slot].Name.Text)
		for _, part := range c.plan.Signals[slot].Any {
			switch state[part] {
			case unseen:
				visit(part, trail)
			case open:
				name := declared[part].Name.Text
				from := 0
				for trail[from] != name {
					from++
				}
				ring := trail[from:]
				if len(ring) > maxRing {
					ring = append(append([]string{}, ring[:maxRing]...), "…")
				}
				c.report(c.anyPlace(declared[slot], name), join(join("signals", declared[slot].Name.Text), "any"),
					"the signal %s is a union of itself: %s → %s", quote(name), strings.Join(ring, " → "), name)
			}
		}
		state[slot] = done
	}
	for slot := range declared {
		if state[slot] == unseen {
			visit(slot, nil)
		}
	}
}

// maxRing is how many signals of a ring a message names.
const maxRing = 10

// anyPlace is where a union names a part.
func (c *compiler) anyPlace(s *SignalDecl, part string) Place {
	for _, w := range s.Any {
		if w.Text == part {
			return w.Place
		}
	}
	return s.Name.Place
}

// neverOccurs says whether a signal has nothing that could make it occur.
func neverOccurs(s *Signal) bool {
	return len(s.Any) == 0 && len(s.Types) == 0 || s.Where != nil && strings.TrimSpace(s.Where.Text()) == "false"
}
