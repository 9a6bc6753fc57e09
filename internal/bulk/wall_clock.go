package bulk

import "time"

// onClock is the moment at which the clocks of a zone show what wall shows, in UTC.
// Of an hour that they show twice, when they are put
// back, it is the first; for one that they pass over, when they are put forward,
// the moment at which that is done. (time.Date promises neither.)
func onClock(wall time.Time, zone *time.Location) time.Time {
	// No zone moves its clocks by more than a day, nor twice in three.
	_, before := wall.Add(-36 * time.Hour).In(zone).Zone()
	_, after := wall.Add(36 * time.Hour).In(zone).Zone()
	early := wall.Add(-time.Duration(max(before, after)) * time.Second).In(zone)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second).In(zone)
	shows := func(at time.Time) bool {
		_, offset := at.Zone()
		return at.Add(time.Duration(offset) * time.Second).Equal(wall)
	}
	switch {
	case shows(early):
		return early
	case shows(late):
		return late
	}
	moved, _ := late.ZoneBounds()
	return moved
}
