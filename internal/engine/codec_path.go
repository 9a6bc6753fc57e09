package engine

import (
	"slices"

	"galena/internal/playbook"
)

// maxEntered bounds how many stages a path may name: every stage of a plan, and
// as many that earlier versions had, many times over.
const maxEntered = 10_000

func (e *Engine) writePath(w *writer, p *path) {
	w.int(int64(p.stage))
	w.time(p.since)
	w.int(int64(p.cycle))
	w.bool(p.stranger != nil)
	if p.stranger != nil {
		w.text(p.stranger.name)
		w.text(p.stranger.role)
	}
	w.int(int64(len(p.entered)))
	for _, in := range p.entered {
		// By its slot: nearly all are stages of the plan.
		slot := slices.IndexFunc(e.plan.Stages, func(s playbook.Stage) bool { return s.Name == in.stage })
		if w.int(int64(slot)); slot < 0 {
			w.text(in.stage)
		}
		w.int(int64(in.times))
	}
	w.int(int64(len(p.held)))
	for _, slot := range p.held {
		w.int(int64(slot))
	}
}

func (e *Engine) readPath(r *reader, p *path) {
	p.stage = int(r.int())
	p.since = r.time()
	p.cycle = int(r.int())
	if r.bool() {
		p.stranger = &stranger{r.text(), r.text()}
	}
	for range r.length(maxEntered) {
		var in entry
		if slot := r.int(); slot >= 0 && slot < int64(len(e.plan.Stages)) {
			in.stage = e.plan.Stages[slot].Name
		} else {
			in.stage = r.text()
		}
		in.times = int(r.int())
		p.entered = append(p.entered, in)
	}
	for range r.length(len(e.plan.Stages)) {
		p.held = append(p.held, int(r.int()))
	}
}
