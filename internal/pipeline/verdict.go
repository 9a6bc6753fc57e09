package pipeline

import (
	"context"
	"maps"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// MaxJudged is how many messages one verdict may name.
const MaxJudged = 500

// Judge gives a verdict on what is in the log of one lead: on the events that j
// describes. The message id is the act's. What is judged to be a robot's is
// taken out of the fold, with its points, stages and decisions; a later verdict
// brings it back. fault.NotFound says that nothing is so described,
// fault.Conflict that the verdict would change nothing.
func (p *Pipeline) Judge(ctx context.Context, who Who, message string, j lead.Judgement) (Outcome, error) {
	return p.correct(ctx, func(c *commit) (Outcome, error) {
		id, at, err := c.seize(who)
		if err != nil {
			return Outcome{}, err
		}
		o, err := c.judge(id, at, message, j)
		switch {
		case err != nil:
		case o.Events < 0:
			err = fault.New(fault.NotFound, "%s has no events of that description, so there is nothing to judge.", id)
		case o.Events == 0:
			err = unchanged(j)
		}
		return o, err
	})
}

// JudgeMessages gives a verdict on messages, whosever they are.
func (p *Pipeline) JudgeMessages(ctx context.Context, message string, j lead.Judgement) (Outcome, error) {
	if len(j.Messages) > MaxJudged {
		return Outcome{}, fault.New(fault.TooLarge, "%d messages were named; one verdict takes %d. Give several, or judge by the lead and the time.", len(j.Messages), MaxJudged)
	}
	return p.correct(ctx, func(c *commit) (Outcome, error) {
		owners, err := c.seizeOwners(j.Messages)
		if err != nil {
			return Outcome{}, err
		}
		var all Outcome
		for _, owner := range slices.Sorted(maps.Keys(owners)) {
			one := j
			one.Messages = owners[owner]
			id, at, err := c.seize(func(store.Snapshot) (lead.ID, error) { return owner, nil })
			if err != nil {
				return Outcome{}, err
			}
			o, err := c.judge(id, at, actOf(message, id), one)
			if err != nil {
				return Outcome{}, err
			}
			all.Lead = id
			all.Events += max(o.Events, 0)
			all.Made, all.Retracted, all.Reinstated = all.Made+o.Made, all.Retracted+o.Retracted, all.Reinstated+o.Reinstated
		}
		if all.Events == 0 {
			return Outcome{}, unchanged(j)
		}
		return all, nil
	})
}

func unchanged(j lead.Judgement) error {
	if j.Robot {
		return fault.New(fault.Conflict, "All of these events are judged to be a robot's already.")
	}
	return fault.New(fault.Conflict, "No verdict says that any of these events was made by a robot.")
}

// seizeOwners locks the leads whose messages are, and gives them.
func (c *commit) seizeOwners(messages []string) (map[lead.ID][]string, error) {
	for {
		owners, err := c.ownersOf(messages)
		if err != nil {
			return nil, err
		}
		if err := c.tx.Lock(slices.Sorted(maps.Keys(owners))); err != nil {
			return nil, err
		}
		// Another node may have joined one of them before it was locked.
		locked, err := c.ownersOf(messages)
		if err != nil {
			return nil, err
		}
		if maps.EqualFunc(owners, locked, slices.Equal) {
			return owners, nil
		}
	}
}

// ownersOf finds whose messages are today.
func (c *commit) ownersOf(messages []string) (map[lead.ID][]string, error) {
	messages = slices.Compact(slices.Sorted(slices.Values(messages)))
	hashes := make([]lead.MessageHash, len(messages))
	for i, m := range messages {
		hashes[i] = lead.HashMessage(m)
	}
	events, err := c.tx.Messages(hashes)
	if err != nil {
		return nil, err
	}
	recorded := map[string]lead.ID{}
	var ids []lead.ID
	for i := range events {
		if events[i].Type < lead.Act {
			recorded[events[i].MessageID] = events[i].Lead
			ids = append(ids, events[i].Lead)
		}
	}
	surviving, err := c.tx.Surviving(ids)
	if err != nil {
		return nil, err
	}
	owners := map[lead.ID][]string{}
	for _, m := range messages {
		id, there := recorded[m]
		if !there {
			return nil, fault.New(fault.NotFound, "No message %q is in the log. `galena lead show` lists the ids of a lead's messages.", m)
		}
		owners[surviving[id]] = append(owners[surviving[id]], m)
	}
	return owners, nil
}

// judge records a verdict for each of the leads that are one today, and folds
// that again. Events of the outcome is -1 when the judgement describes none.
func (c *commit) judge(id lead.ID, at lead.Time, message string, j lead.Judgement) (Outcome, error) {
	o := Outcome{Lead: id, Events: -1}
	record, err := Record(c.tx, id)
	if err != nil {
		return o, err
	}
	robots, err := Robots(record, lead.Never)
	if err != nil {
		return o, err
	}
	described := map[lead.ID]bool{}
	for i := range record {
		e := &record[i]
		// As the act will be: of the event's lead, and after it.
		if !j.Covers(&lead.Event{Lead: e.Lead, Seq: e.Seq + 1}, e) {
			continue
		}
		o.Events = max(o.Events, 0)
		if robots[e.Seq] != j.Robot {
			o.Events++
			described[e.Lead] = true
		}
	}
	if o.Events <= 0 {
		return o, nil
	}
	for _, part := range slices.Sorted(maps.Keys(described)) {
		name := message
		if part != id {
			name = actOf(message, part)
		}
		if _, err := c.act(part, at, lead.ActVerdict, name, j); err != nil {
			return o, err
		}
	}
	return o, c.again(id, at, &o)
}
