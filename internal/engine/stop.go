package engine

import (
	"slices"

	"galena/internal/lead"
)

// findStops lists the stops of a plan, each once, and for each rule the place of
// its own in the list, -1 for none.
func (e *Engine) findStops() {
	e.stopOf = make([]int, len(e.plan.Rules))
	for r := range e.plan.Rules {
		stop := e.plan.Rules[r].Stop
		if stop == nil {
			e.stopOf[r] = -1
			continue
		}
		if e.stopOf[r] = slices.Index(e.stops, *stop); e.stopOf[r] < 0 {
			e.stopOf[r] = len(e.stops)
			e.stops = append(e.stops, *stop)
		}
	}
}

// readStops reads the scores of all stops and resets before something is done at a moment,
// so that nothing that is done at it can stop another.
func (f *fold) readStops(at lead.Time) {
	f.stopped = f.stopped[:0]
	for _, stop := range f.stops {
		f.stopped = append(f.stopped, f.beneath(stop.Score, at) > stop.Above)
	}
	f.readResets(at)
}

// isStopped says whether a rule's points are refused by what its stop read last.
func (f *fold) isStopped(r int) bool { return f.stopOf[r] >= 0 && f.stopped[f.stopOf[r]] }
