package pipeline

import "galena/internal/lead"

// newRejects gives what the batches refused, without what is kept already or
// comes twice.
func (c *commit) newRejects(batches []*Batch) ([]lead.Reject, error) {
	var asked []lead.MessageHash
	for _, b := range batches {
		for i := range b.Rejects {
			if id := b.Rejects[i].Identity; id != (lead.MessageHash{}) {
				asked = append(asked, id)
			}
		}
	}
	kept := map[lead.MessageHash]bool{}
	if len(asked) > 0 {
		var err error
		if kept, err = c.tx.Refused(asked); err != nil {
			return nil, err
		}
	}
	var rejects []lead.Reject
	for _, b := range batches {
		for _, r := range b.Rejects {
			if r.Identity != (lead.MessageHash{}) {
				if kept[r.Identity] {
					continue
				}
				kept[r.Identity] = true
			}
			r.Received = c.now
			rejects = append(rejects, r)
		}
	}
	return rejects, nil
}
