package pipeline

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// History reads a surviving lead's events, opened, in the order of the fold: its
// record as it was corrected by all that is known today.
func History(from store.Snapshot, id lead.ID) ([]lead.Event, error) {
	record, err := Record(from, id)
	if err != nil {
		return nil, err
	}
	return Corrected(record, lead.Never)
}

// Record reads all that was recorded of a surviving lead, opened, in the order
// of the fold: with acts, tombstones, and what a verdict has taken out.
func Record(from store.Snapshot, id lead.ID) ([]lead.Event, error) {
	record, err := from.History(id)
	if err != nil {
		return nil, err
	}
	for i := range record {
		if err := record[i].Open(); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// Corrected gives what of a record is folded, by what was known at a moment: not
// what a verdict in force says was made by a robot, no tombstones, and none of
// the acts that speak of the record and not of the person. It reuses record.
func Corrected(record []lead.Event, known lead.Time) ([]lead.Event, error) {
	robots, err := Robots(record, known)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(record, setAside(robots)), nil
}

// Folded is Corrected by what Robots told, and leaves the record as it is.
func Folded(record []lead.Event, robots map[int64]bool) []lead.Event {
	aside := setAside(robots)
	if !slices.ContainsFunc(record, aside) {
		return record // as most are
	}
	return slices.DeleteFunc(slices.Clone(record), aside)
}

// setAside says of an event that the fold does not see it.
func setAside(robots map[int64]bool) func(lead.Event) bool {
	return func(e lead.Event) bool {
		return e.Type == lead.Tombstone || robots[e.Seq] || e.Type == lead.Act && aboutRecord[e.Name]
	}
}

// aboutRecord are the acts that correct a record; the fold never sees them.
var aboutRecord = map[string]bool{
	lead.ActVerdict: true, lead.ActMerge: true, lead.ActUnmerge: true, lead.ActErase: true,
}

// Robots tells by their places in the log which events of a record were made by
// a robot, as judged by a moment. Of several verdicts on an event the last in
// the log is in force.
func Robots(record []lead.Event, known lead.Time) (map[int64]bool, error) {
	type verdict struct {
		act *lead.Event
		*lead.Judgement
	}
	var verdicts []verdict
	for i := range record {
		e := &record[i]
		if e.Type != lead.Act || e.Name != lead.ActVerdict || e.Received > known {
			continue
		}
		j, err := lead.ReadAct[lead.Judgement](e)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, verdict{e, j})
	}
	if len(verdicts) == 0 {
		return nil, nil
	}
	slices.SortFunc(verdicts, func(a, b verdict) int { return int(b.act.Seq - a.act.Seq) })
	robots := map[int64]bool{}
	for i := range record {
		for _, v := range verdicts {
			if v.Covers(v.act, &record[i]) {
				if v.Robot {
					robots[record[i].Seq] = true
				}
				break
			}
		}
	}
	return robots, nil
}
