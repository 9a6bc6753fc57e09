package lab

import (
	"cmp"
	"maps"
	"slices"

	"galena/internal/lead"
)

// add takes what another tally counted.
func (t *tally) add(o *tally) {
	t.people += o.people
	t.events += o.events
	t.leads.add(o.leads)
	t.excluded.add(o.excluded)
	for _, from := range o.stages {
		to := t.stage(from.Name, from.Role)
		to.Here.add(from.Here)
		to.Entered.add(from.Entered)
		for day, p := range from.periods {
			p.add(to.periods[day])
			to.periods[day] = p
		}
		to.Gained = append(to.Gained, from.Gained...)
		to.Lost = append(to.Lost, from.Lost...)
	}
	for i := range t.scores {
		to, from := &t.scores[i], &o.scores[i]
		for side := range to.values {
			to.values[side] = append(to.values[side], from.values[side]...)
		}
		to.risen += from.risen
		to.fallen += from.fallen
	}
	for i := range t.outcomes {
		t.outcomes[i].Leads = append(t.outcomes[i].Leads, o.outcomes[i].Leads...)
	}
}

func (p *Pair) add(o Pair) { p.Before, p.After = p.Before+o.Before, p.After+o.After }

// report puts what was counted into an order that does not depend on who counted
// what.
func (t *tally) report() *Report {
	r := &Report{
		At: t.at, Since: t.since, Version: t.inForce.Plan().Version, Playbook: t.other.Plan().Name,
		People: t.people, Events: t.events, Leads: t.leads, Excluded: t.excluded,
		Stages: []StageShift{}, Scores: []ScoreShift{}, Outcomes: []OutcomeShift{},
	}
	// Stages that both playbooks forgot come last, by name.
	known := len(t.stages)
	for known > 0 && t.stages[known-1].Known == (Knows{}) {
		known--
	}
	slices.SortFunc(t.stages[known:], func(a, b *stageTally) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range t.stages {
		s.Periods = []Period{}
		for _, day := range slices.Sorted(maps.Keys(s.periods)) {
			s.Periods = append(s.Periods, Period{day, s.periods[day]})
		}
		s.Gained, s.Lost = byLead(s.Gained), byLead(s.Lost)
		r.Stages = append(r.Stages, s.StageShift)
	}
	for _, s := range t.scores {
		shift := ScoreShift{
			Name: s.name, Known: Knows{s.before >= 0, s.after >= 0}, People: int64(max(len(s.values[0]), len(s.values[1]))),
			Before: spread(s.values[0]), After: spread(s.values[1]), Risen: s.risen, Fallen: s.fallen,
		}
		r.Scores = append(r.Scores, shift)
	}
	for _, o := range t.outcomes {
		if len(o.Leads) == 0 {
			continue
		}
		slices.SortFunc(o.Leads, func(a, b OutcomeLead) int { return cmp.Compare(a.Lead, b.Lead) })
		o.Known = int64(len(o.Leads))
		o.Before = foresight(o.Leads, func(l *OutcomeLead) lead.Time { return l.Before })
		o.After = foresight(o.Leads, func(l *OutcomeLead) lead.Time { return l.After })
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

func byLead(all []Mover) []Mover {
	if all == nil {
		return []Mover{}
	}
	slices.SortFunc(all, func(a, b Mover) int { return cmp.Compare(a.Lead, b.Lead) })
	return all
}

// spread sorts values and reads off how they are spread.
func spread(values []lead.Points) Spread {
	n := len(values)
	if n == 0 {
		return Spread{}
	}
	slices.Sort(values)
	var whole, rest lead.Points // a sum of quotients and of remainders cannot overflow
	for _, v := range values {
		whole += v / lead.Points(n)
		rest += v % lead.Points(n)
	}
	of := func(percent int) lead.Points { return values[(n*percent+99)/100-1] }
	return Spread{Mean: whole + rest/lead.Points(n), P10: of(10), P50: of(50), P90: of(90), P99: of(99), Most: values[n-1]}
}

func foresight(leads []OutcomeLead, when func(*OutcomeLead) lead.Time) Foresight {
	var ahead []int64
	for i := range leads {
		if at := when(&leads[i]); at != 0 {
			ahead = append(ahead, int64(leads[i].At-at))
		}
	}
	if len(ahead) == 0 {
		return Foresight{}
	}
	slices.Sort(ahead)
	return Foresight{Qualified: int64(len(ahead)), Ahead: ahead[len(ahead)/2]}
}
