package pipeline

import (
	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/phrase"
)

// Acts name their lead by its id; nobody has to find out whose they are. Those of
// an import name it as their row does, whose identify stands before them.

// actedOn lists the surviving leads that the acts of batches are about.
func (c *commit) actedOn(batches []*Batch) ([]lead.ID, error) {
	var ids []lead.ID
	for _, b := range batches {
		for i := range b.Events {
			if e := &b.Events[i]; e.Type == lead.Act && e.Lead != 0 {
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
// was joined to. An act of an import of which nobody is left is refused by
// itself: reject tells why.
func (c *commit) enact(e *lead.Event) (reject *lead.Reject, err error) {
	if e.Lead == 0 && e.Origin == lead.Import {
		if e.Lead, err = c.meant(e); err != nil {
			return nil, err
		}
		if e.Lead == 0 {
			return aboutNobody(e), nil
		}
	}
	found, err := c.tx.Surviving([]lead.ID{e.Lead})
	if err != nil {
		return nil, err
	}
	survivor, ok := found[e.Lead]
	if !ok {
		return nil, fault.New(fault.NotFound, "There is no %s any more.", e.Lead)
	}
	e.Lead = survivor
	c.pending = append(c.pending, e)
	return nil, nil
}

// meant finds whom the identifiers of an act speak of, as if they were a
// message's, 0 for nobody. An act itself makes nobody known and joins nobody.
func (c *commit) meant(e *lead.Event) (lead.ID, error) {
	var failed error
	r := identity.Resolve(e, identity.HoldersOf(e, c.held), func(id lead.ID) identity.Names {
		n, err := c.namesOf(id)
		if err != nil {
			failed = err
		}
		return n
	})
	return r.Lead, failed
}

// aboutNobody refuses an act whose identifiers nobody has.
func aboutNobody(e *lead.Event) *lead.Reject {
	why := phrase.New("%s: it names no user id, address or anonymous id: say whose it is", e.Name)
	if len(identity.Of(e)) > 0 {
		why = phrase.New("%s: nobody is known by its identifiers; the person may have been erased. Import the row under another source to bring them back", e.Name)
	}
	return &lead.Reject{
		Source: e.Source, Identity: lead.HashMessage("about nobody " + e.MessageID), MessageID: e.MessageID,
		Code: CodeNobody, Message: why.String(),
	}
}

// CodeNobody is the code of an act that was refused since nobody is known by its
// identifiers.
const CodeNobody = "nobody"
