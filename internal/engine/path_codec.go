package engine

// maxEntered bounds how many stages a path may name: every stage of a plan, and
// as many that earlier versions had, many times over.
const maxEntered = 10_000

func (w *writer) path(e *Engine, p *path) {
	w.int(int64(p.stage))
	w.time(p.since)
	w.int(int64(p.cycle))
	w.bool(p.stranger != nil)
	if p.stranger != nil {
		w.text(p.stranger.name)
		w.text(p.stranger.role)
		w.bool(p.stranger.exit)
	}
	w.stage(e, p.previous)
	w.int(int64(len(p.past)))
	for _, name := range p.past {
		w.stage(e, name)
	}
	w.int(int64(len(p.entered)))
	for _, in := range p.entered {
		w.stage(e, in.stage)
		w.int(int64(in.times))
	}
	w.bool(p.passed)
	w.time(p.exited.at)
	w.int(p.exited.events)
	w.bool(p.byHand)
	w.text(p.reason)
	w.time(p.until)
	w.int(int64(p.held.when))
	w.int(int64(p.held.fastTrack))
	w.int(int64(p.held.exits))
	w.bool(p.held.back)
	w.int(int64(p.unmarked))
}

// stage writes a name by its slot: nearly all are of the plan.
func (w *writer) stage(e *Engine, name string) {
	slot := e.plan.StageNamed(name)
	if w.int(int64(slot)); slot < 0 {
		w.text(name)
	}
}

func (r *reader) path(e *Engine) path {
	p := path{stage: int(r.int()), since: r.time(), cycle: int(r.int())}
	if r.bool() {
		p.stranger = &stranger{r.text(), r.text(), r.bool()}
	}
	p.previous = r.stage(e)
	for range r.length(maxEntered) {
		p.past = append(p.past, r.stage(e))
	}
	for range r.length(maxEntered) {
		p.entered = append(p.entered, entry{r.stage(e), int(r.int())})
	}
	p.passed = r.bool()
	p.exited = exited{r.time(), r.int()}
	p.byHand, p.reason, p.until = r.bool(), r.text(), r.time()
	p.held = marks{slots(r.int()), slots(r.int()), slots(r.int()), r.bool()}
	p.unmarked = unmarked(r.int())
	if p.stage < -1 || p.stage >= len(e.plan.Stages) || p.exited.events < 0 {
		r.fail()
	}
	return p
}

func (r *reader) stage(e *Engine) string {
	slot := r.int()
	if slot < 0 {
		return r.text()
	}
	if slot >= int64(len(e.plan.Stages)) {
		r.fail()
		return ""
	}
	return e.plan.Stages[slot].Name
}
