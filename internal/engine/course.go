package engine

import "galena/internal/lead"

// Reading is what a lead's scores are at a moment, without their lines.
type Reading struct {
	At      lead.Time
	Version int
	Stage   string
	// Names are the scores of the version in force at the moment, in its order, and
	// Points what they read.
	Names  []string
	Points []lead.Points
}

// Course tells what Explain would at each of some moments, which ascend, but for
// the lines: in one fold.
func (c *Chain) Course(events []lead.Event, moments []lead.Time) []Reading {
	if len(moments) == 0 {
		return nil
	}
	last := moments[len(moments)-1]
	n := len(events)
	for n > 0 && events[n-1].Effective() > last {
		n--
	}
	w := c.begin(events[:n], last)
	w.moments = moments
	w.run(nil)
	return w.readings
}

// foldTo folds events in a version, to a moment at which it is still in force, and
// reads on the way what is asked for.
func (w *walk) foldTo(f *fold, events []lead.Event, to lead.Time) {
	for len(w.moments) > 0 && w.moments[0] <= to {
		at, n := w.moments[0], 0
		for n < len(events) && events[n].Effective() <= at {
			n++
		}
		f.run(events[:n], at)
		w.readings = append(w.readings, f.reading(at))
		events, w.moments = events[n:], w.moments[1:]
	}
	f.run(events, to)
}

func (f *fold) reading(at lead.Time) Reading {
	r := Reading{At: at, Version: f.plan.Version, Names: f.plan.ScoreNames(), Points: make([]lead.Points, len(f.plan.Scores))}
	r.Stage, _ = f.presentStage()
	for i := range r.Points {
		r.Points[i] = f.score(i, at)
	}
	return r
}
