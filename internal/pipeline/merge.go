package pipeline

import (
	"context"
	"fmt"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Merge makes one of two leads, whoever they are: the older one, by its id, has
// the history of both and is folded again over it. The message id is the act's.
func (p *Pipeline) Merge(ctx context.Context, a, b Who, message string, by lead.Signature) (Outcome, error) {
	return p.correct(ctx, func(c *commit) (Outcome, error) {
		first, at, err := c.seize(a)
		if err != nil {
			return Outcome{}, err
		}
		second, other, err := c.seize(b)
		if err != nil {
			return Outcome{}, err
		}
		if first == second {
			return Outcome{}, fault.New(fault.Conflict, "Both are %s already.", first)
		}
		o := Outcome{Lead: min(first, second), Other: max(first, second)}
		at = max(at, other)
		if err := c.leave(o.Other); err != nil {
			return o, err
		}
		came, err := c.tx.History(o.Other)
		if err != nil {
			return o, err
		}
		o.Events = len(came)
		act, err := c.act(o.Lead, at, lead.ActMerge, message, lead.Union{Child: o.Other, Parent: o.Lead, Signature: by})
		if err != nil {
			return o, err
		}
		j := store.Join{Child: o.Other, Parent: o.Lead, At: act.Effective(), Event: message}
		if err := c.tx.Join([]store.Join{j}); err != nil {
			return o, err
		}
		return o, c.again(o.Lead, at, &o)
	})
}

// Unmerge undoes a join, by hand or found by Galena, of which child was the part
// that went in. Child gets back what it had, what had been joined into it, and
// what came since and is its own (see divide); both are folded again.
func (p *Pipeline) Unmerge(ctx context.Context, child lead.ID, message string, by lead.Signature) (Outcome, error) {
	return p.correct(ctx, func(c *commit) (Outcome, error) {
		survivor, at, err := c.seize(func(s store.Snapshot) (lead.ID, error) {
			found, err := s.Surviving([]lead.ID{child})
			switch {
			case err != nil:
				return 0, err
			case found[child] == 0:
				return 0, fault.New(fault.NotFound, "There is no %s.", child)
			case found[child] == child:
				return 0, fault.New(fault.Conflict, "%s was not merged into another lead.", child)
			}
			return found[child], nil
		})
		if err != nil {
			return Outcome{}, err
		}
		return c.unmerge(child, survivor, at, message, by)
	})
}

func (c *commit) unmerge(child, survivor lead.ID, at lead.Time, message string, by lead.Signature) (Outcome, error) {
	o := Outcome{Lead: survivor, Other: child}
	record, err := Record(c.tx, survivor)
	if err != nil {
		return o, err
	}
	joins, err := c.tx.Joins(survivor)
	if err != nil {
		return o, err
	}
	links, err := c.tx.Identifiers(survivor)
	if err != nil {
		return o, err
	}
	robots, err := Robots(record, lead.Never)
	if err != nil {
		return o, err
	}
	parting := divide(child, joins, links, record)
	if err := c.tx.Part(parting); err != nil {
		return o, err
	}
	body := lead.Separation{Child: child, Returned: len(parting.Events), Signature: by}
	for _, j := range joins {
		if j.Child == child {
			body.Parent, body.Joined, body.Event = j.Parent, j.At, j.Event
		}
	}
	if _, err := c.act(survivor, at, lead.ActUnmerge, message, body); err != nil {
		return o, err
	}
	if _, err := c.act(child, at, lead.ActUnmerge, actOf(message, child), body); err != nil {
		return o, err
	}
	if err := c.carry(child, at, message, record, parting.Events, robots, by); err != nil {
		return o, err
	}
	if err := c.again(survivor, at, &o); err != nil {
		return o, err
	}
	returned, err := c.tx.History(child)
	if err != nil {
		return o, err
	}
	for i := range returned {
		if returned[i].Type < lead.Act {
			o.Events++
		}
	}
	return o, c.again(child, at, &o)
}

// carry gives anew the verdicts on events that are filed under another lead now:
// a verdict speaks of the events of its own lead only.
func (c *commit) carry(to lead.ID, at lead.Time, message string, record []lead.Event, moved []int64, robots map[int64]bool, by lead.Signature) error {
	goes := map[int64]bool{}
	for _, seq := range moved {
		goes[seq] = true
	}
	var judged []string
	for i := range record {
		if e := &record[i]; goes[e.Seq] && robots[e.Seq] {
			judged = append(judged, e.MessageID)
		}
	}
	for part := 1; len(judged) > 0; part++ {
		some := judged[:min(len(judged), MaxJudged)]
		judged = judged[len(some):]
		j := lead.Judgement{Robot: true, Messages: some, Signature: by}
		if _, err := c.act(to, at, lead.ActVerdict, fmt.Sprint(actOf(message, to), "/verdict ", part), j); err != nil {
			return err
		}
	}
	return nil
}
