package pipeline

import (
	"galena/internal/fault"
	"galena/internal/lead"
)

// Acts name their lead by its id; nobody has to find out whose they are.

// actedOn lists the surviving leads that the acts of batches are about.
func (c *commit) actedOn(batches []*Batch) ([]lead.ID, error) {
	var ids []lead.ID
	for _, b := range batches {
		for i := range b.Events {
			if e := &b.Events[i]; e.Type == lead.Act {
				ids = append(ids, e.Lead)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := c.tx.Surviving(ids)
	for i, id := range ids {
		if survivor, ok := found[id]; ok {
			ids[i] = survivor
		}
	}
	return ids, err
}

// enact puts an act among the pending events of its lead, or of whoever that lead
// was joined to.
func (c *commit) enact(e *lead.Event) error {
	found, err := c.tx.Surviving([]lead.ID{e.Lead})
	if err != nil {
		return err
	}
	survivor, ok := found[e.Lead]
	if !ok {
		return fault.New(fault.NotFound, "There is no %s any more.", e.Lead)
	}
	e.Lead = survivor
	c.pending = append(c.pending, e)
	return nil
}
