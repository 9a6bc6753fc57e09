package pipeline_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// census says whose each message of a stream is by asking for one after the
// other, with nothing looked up ahead, kept back or put together.
type census struct {
	held      map[lead.Identifier]int
	named     map[int]identity.Names
	messages  map[string]int
	people    int
	conflicts int64
}

func countPeople(s stream) *census {
	c := &census{held: map[lead.Identifier]int{}, named: map[int]identity.Names{}, messages: map[string]int{}}
	for _, sp := range s {
		for i := range sp.messages {
			c.take(&sp.messages[i])
		}
	}
	return c
}

func (c *census) take(e *lead.Event) {
	if _, known := c.messages[e.MessageID]; known {
		return
	}
	named := *e
	named.Phone, _ = identity.PhoneOf(e)
	e = &named
	held := map[lead.Identifier]lead.ID{}
	for id, who := range c.held {
		held[id] = lead.ID(who)
	}
	r := identity.Resolve(e, identity.HoldersOf(e, held), func(id lead.ID) identity.Names { return c.named[int(id)] })
	who := int(r.Lead)
	if who == 0 {
		c.people++
		who = c.people
	}
	if r.Conflict {
		c.conflicts++
	}
	for _, id := range r.Links {
		c.held[id] = who
		n := c.named[who]
		n.User = n.User || id.Kind == lead.User
		n.Email = n.Email || id.Kind == lead.Email
		c.named[who] = n
	}
	c.messages[e.MessageID] = who
	for _, child := range r.Joins {
		n, m := c.named[who], c.named[int(child)]
		c.named[who] = identity.Names{User: n.User || m.User, Email: n.Email || m.Email}
		for id, holder := range c.held {
			if holder == int(child) {
				c.held[id] = who
			}
		}
		for m, owner := range c.messages {
			if owner == int(child) {
				c.messages[m] = who
			}
		}
	}
}

// String lists everybody: what they are known by and which messages are theirs.
func (c *census) String() string {
	people := map[int]*person{}
	at := func(who int) *person {
		if people[who] == nil {
			people[who] = &person{}
		}
		return people[who]
	}
	for id, who := range c.held {
		at(who).names = append(at(who).names, fmt.Sprint(id.Kind, " ", id.Value))
	}
	for m, who := range c.messages {
		at(who).messages = append(at(who).messages, m)
	}
	return list(slices.Collect(maps.Values(people)))
}

type person struct{ names, messages []string }

func list(people []*person) string {
	var lines []string
	for _, p := range people {
		slices.Sort(p.names)
		slices.Sort(p.messages)
		lines = append(lines, fmt.Sprintf("%v: %v", p.messages, p.names))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// people lists everybody as a census does.
func (h *house) people() string {
	h.Helper()
	var people []*person
	h.read(func(s store.Snapshot) error {
		rows, err := s.Leads(0, 1<<20)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p := &person{}
			links, err := s.Identifiers(row.ID)
			if err != nil {
				return err
			}
			for _, l := range links {
				p.names = append(p.names, fmt.Sprint(l.Identifier.Kind, " ", l.Identifier.Value))
			}
			events, err := s.History(row.ID)
			if err != nil {
				return err
			}
			for _, e := range events {
				p.messages = append(p.messages, e.MessageID)
			}
			people = append(people, p)
		}
		return nil
	})
	return list(people)
}

// portrait is all that a workspace says about everybody: the log in its order,
// and of each their state, wake-up and the decisions that stand.
func (h *house) portrait() string {
	h.Helper()
	var b strings.Builder
	h.read(func(s store.Snapshot) error {
		log, err := s.Log(0, 1<<20)
		if err != nil {
			return err
		}
		for _, e := range log {
			fmt.Fprintf(&b, "%s of %s occurred %d received %d\n", e.MessageID, e.Lead, e.Occurred-midday, e.Received-midday)
		}
		rows, err := s.Leads(0, 1<<20)
		if err != nil {
			return err
		}
		for _, row := range rows {
			stored, err := h.engine().Decode(row.State)
			if err != nil {
				return err
			}
			log, err := s.Decisions(row.ID)
			if err != nil {
				return err
			}
			joins, err := s.Joins(row.ID)
			if err != nil {
				return err
			}
			links, err := s.Identifiers(row.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s at %d wakes %s scores %v state %x\n", row.ID, stored.At-midday, row.WakeAt, h.engine().Read(stored), row.State)
			fmt.Fprintf(&b, "  links %v\n  joins %v\n", links, joins)
			standing := pipeline.Standing(log) // in the order of the log, which is another one
			slices.SortFunc(standing, func(a, b lead.Decision) int { return strings.Compare(a.Stage, b.Stage) })
			for _, d := range standing {
				fmt.Fprintf(&b, "  %s from %q at %d by %q\n", d.Stage, d.From, d.At-midday, d.Event)
			}
		}
		return nil
	})
	return b.String()
}
