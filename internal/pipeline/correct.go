package pipeline

import (
	"context"
	"fmt"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Who finds the surviving lead that a correction speaks of. It may run more than
// once.
type Who func(store.Snapshot) (lead.ID, error)

// Outcome tells what a correction came to.
type Outcome struct {
	// Lead is whose past was corrected; of a merge who survives.
	Lead lead.ID
	// Other is who was merged into Lead, or parted from it.
	Other lead.ID
	// Events is how many are judged otherwise now, came to Lead, went back to
	// Other, or were erased; Rejects how many of those were emptied.
	Events, Rejects int
	// What became of decisions.
	Made, Retracted, Reinstated int
}

// correct runs a correction in a transaction of its own.
func (p *Pipeline) correct(ctx context.Context, do func(*commit) (Outcome, error)) (Outcome, error) {
	var o Outcome
	err := p.store.Write(ctx, func(tx store.Tx) error {
		c, err := newCommit(p.versions, tx)
		if err != nil {
			return err
		}
		if o, err = do(c); err != nil {
			return err
		}
		return c.enrol()
	})
	if err != nil {
		return Outcome{}, err
	}
	return o, nil
}

// seize locks the lead that who finds, and gives it with the moment to which it
// was stepped.
func (c *commit) seize(who Who) (lead.ID, lead.Time, error) {
	for {
		id, err := who(c.tx)
		if err != nil {
			return 0, 0, err
		}
		if err := c.tx.Lock([]lead.ID{id}); err != nil {
			return 0, 0, err
		}
		// Another node may have joined it to somebody before it was locked.
		surviving, err := c.tx.Surviving([]lead.ID{id})
		if err != nil {
			return 0, 0, err
		}
		if surviving[id] != id {
			continue
		}
		rows, err := c.tx.States([]lead.ID{id})
		if err != nil {
			return 0, 0, err
		}
		row, there := rows[id]
		if !there {
			return 0, 0, fault.New(fault.Conflict, "%s was erased: there is nothing left to correct.", id)
		}
		s, err := c.state(row)
		if err != nil {
			return 0, 0, err
		}
		return id, s.At, nil
	}
}

// act appends an act to a lead's record. It changes no state: what it means is
// found by the refold.
func (c *commit) act(id lead.ID, stepped lead.Time, name, message string, body any) (*lead.Event, error) {
	text, err := lead.ActBody(body)
	if err != nil {
		return nil, err
	}
	at := max(c.now, stepped)
	events := []lead.Event{{
		Lead: id, MessageID: message, Type: lead.Act, Name: name, Origin: lead.Server,
		Occurred: at, Received: at, Body: text,
	}}
	err = c.tx.Append(events)
	return &events[0], err
}

// actOf is the message id of an act of which several leads have a part.
func actOf(message string, id lead.ID) string { return fmt.Sprint(message, "/", id) }

// again folds a lead again after its record was corrected, and counts what that
// did to its decisions.
func (c *commit) again(id lead.ID, at lead.Time, o *Outcome) error {
	before, err := c.tx.Decisions(id)
	if err != nil {
		return err
	}
	if _, err := c.refold(id, at); err != nil {
		return err
	}
	c.company.shaking(id)
	after, err := c.tx.Decisions(id)
	if err != nil {
		return err
	}
	for _, d := range after[len(before):] {
		switch d.Verb {
		case lead.Retracted:
			o.Retracted++
		case lead.Reinstated:
			o.Reinstated++
		case lead.Made:
			o.Made++
		}
	}
	return nil
}
