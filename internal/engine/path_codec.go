package engine

import "galena/internal/playbook"

func (w *writer) path(p *path) {
	w.int(int64(p.stage))
	w.time(p.since)
	w.int(int64(p.cycle))
	w.int(int64(p.previous))
	w.int(int64(p.left))
	w.int(int64(len(p.entries)))
	for _, n := range p.entries {
		w.int(int64(n))
	}
	w.bool(p.byHand)
	w.text(p.reason)
	w.time(p.until)
	w.int(int64(p.held.when))
	w.int(int64(p.held.fastTrack))
	w.int(int64(p.held.exits))
	w.bool(p.held.back)
	w.int(int64(p.unmarked))
}

func (r *reader) path(plan *playbook.Plan) path {
	p := path{stage: int(r.int()), since: r.time(), cycle: int(r.int()), previous: int(r.int()), left: slots(r.int())}
	if n := r.length(len(plan.Stages)); n > 0 {
		p.entries = make([]int, n)
		for i := range p.entries {
			p.entries[i] = int(r.int())
		}
	}
	p.byHand, p.reason, p.until = r.bool(), r.text(), r.time()
	p.held.when, p.held.fastTrack, p.held.exits = slots(r.int()), slots(r.int()), slots(r.int())
	p.held.back = r.bool()
	p.unmarked = unmarked(r.int())
	some := len(p.entries) == len(plan.Stages)
	if n := len(plan.Stages); p.stage < -1 || p.stage >= n || p.previous < -1 || p.previous >= n || p.stage >= 0 && !some {
		r.fail()
	}
	return p
}
