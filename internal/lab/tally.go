package lab

import (
	"cmp"
	"slices"
	"time"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// tally adds leads up, one after the other. It keeps for each lead no more than
// a few numbers: its scores, and the stages in which it would move.
type tally struct {
	published      *engine.Chain
	inForce, other *engine.Engine // inForce is the newest that was published
	since, at      lead.Time
	weekly         bool
	scope          *scope // of all playbooks

	people, events  int64
	leads, excluded Pair
	stages          []*stageTally
	stageNamed      map[string]*stageTally
	scores          []scoreTally
	outcomes        []OutcomeShift // in the order of outcomes
}

type stageTally struct {
	StageShift
	periods map[string]Pair // by the first day
}

type scoreTally struct {
	name          string
	before, after int // slots; -1: not known there
	values        [2][]lead.Points
	risen, fallen int64
}

// outcomes are the roles that tell what became of a lead; qualifying those by
// which a playbook says that sales should talk to it.
var (
	outcomes   = []string{"sales-qualified", "opportunity", "customer"}
	qualifying = []string{"qualified", "ready"}
)

func newTally(published *engine.Chain, other *engine.Engine, o Options, at lead.Time) *tally {
	inForce := published.Newest()
	t := &tally{published: published, inForce: inForce, other: other, since: o.Since, at: at, weekly: o.Weekly, stageNamed: map[string]*stageTally{}}
	t.scope = newScope(append(published.Plans(), other.Plan()))
	for _, st := range other.Plan().Stages {
		t.stage(st.Name, st.Role).Known.After = true
	}
	for _, st := range inForce.Plan().Stages {
		t.stage(st.Name, st.Role).Known.Before = true
	}
	for i, sc := range other.Plan().Scores {
		t.scores = append(t.scores, scoreTally{name: sc.Name, before: slotOf(inForce.Plan(), sc.Name), after: i})
	}
	for i, sc := range inForce.Plan().Scores {
		if slotOf(other.Plan(), sc.Name) < 0 {
			t.scores = append(t.scores, scoreTally{name: sc.Name, before: i, after: -1})
		}
	}
	for _, role := range outcomes {
		t.outcomes = append(t.outcomes, OutcomeShift{Role: role})
	}
	return t
}

func slotOf(p *playbook.Plan, score string) int {
	return slices.IndexFunc(p.Scores, func(s playbook.Score) bool { return s.Name == score })
}

// stage finds a stage by its name, or begins one: earlier versions may have had
// stages that neither playbook knows.
func (t *tally) stage(name, role string) *stageTally {
	s := t.stageNamed[name]
	if s == nil {
		s = &stageTally{StageShift: StageShift{Name: name, Role: role}, periods: map[string]Pair{}}
		t.stageNamed[name] = s
		t.stages = append(t.stages, s)
	}
	return s
}

// compare adds a lead: what stands of it, and what would be.
func (t *tally) compare(id lead.ID, was *engine.State, stands []lead.Decision, would *engine.State, decided []lead.Decision) {
	t.people++
	stands = t.inOrder(stands)
	if len(stands) > 0 {
		t.leads.Before++
		last := &stands[len(stands)-1]
		t.stage(last.Stage, last.Role).Here.Before++
	}
	if name, role, _ := t.other.Stage(would); name != "" {
		t.leads.After++
		t.stage(name, role).Here.After++
	}
	if was.Excluded() >= 0 {
		t.excluded.Before++
	}
	if would.Excluded() >= 0 {
		t.excluded.After++
	}
	t.enter(stands, func(p *Pair) *int64 { return &p.Before })
	t.enter(decided, func(p *Pair) *int64 { return &p.After })
	t.move(id, decided, stands, func(s *stageTally) *[]Mover { return &s.Gained })
	t.move(id, stands, decided, func(s *stageTally) *[]Mover { return &s.Lost })
	if was.Kind() != "visitor" || would.Kind() != "visitor" {
		t.score(t.inForce.Read(was), t.other.Read(would))
	}
	t.outcome(id, stands, decided)
}

// inOrder puts the decisions that stand into the order in which they took effect,
// for history that came late may have brought some that lie before others, and
// leaves out those after the report's moment.
func (t *tally) inOrder(stands []lead.Decision) []lead.Decision {
	stands = slices.DeleteFunc(stands, func(d lead.Decision) bool { return d.At > t.at })
	further := func(d *lead.Decision) int {
		return slices.IndexFunc(t.inForce.Plan().Stages, func(st playbook.Stage) bool { return st.Name == d.Stage })
	}
	slices.SortStableFunc(stands, func(a, b lead.Decision) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Cycle, b.Cycle), cmp.Compare(further(&a), further(&b)))
	})
	return stands
}

// enter counts entries by period.
func (t *tally) enter(decisions []lead.Decision, side func(*Pair) *int64) {
	for i := range decisions {
		d := &decisions[i]
		if d.At < t.since {
			continue
		}
		s := t.stage(d.Stage, d.Role)
		from := t.period(d.At)
		p := s.periods[from]
		*side(&p)++
		s.periods[from] = p
		if first(decisions, d.Stage, t.since) == i {
			*side(&s.Entered)++
		}
	}
}

// first is the place of the first entry into a stage since a moment, -1 for none.
func first(decisions []lead.Decision, stage string, since lead.Time) int {
	return slices.IndexFunc(decisions, func(d lead.Decision) bool { return d.Stage == stage && d.At >= since })
}

// move lists the lead at each stage that it entered in some decisions and not in
// others.
func (t *tally) move(id lead.ID, in, notIn []lead.Decision, list func(*stageTally) *[]Mover) {
	for i := range in {
		d := &in[i]
		if first(in, d.Stage, t.since) == i && first(notIn, d.Stage, t.since) < 0 {
			to := list(t.stage(d.Stage, d.Role))
			*to = append(*to, Mover{id, d.At})
		}
	}
}

// period is the first day of the week or month in which a moment lies, in the
// other playbook's zone.
func (t *tally) period(at lead.Time) string {
	day := at.UTC().In(t.other.Plan().Zone)
	if t.weekly {
		day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	} else {
		day = day.AddDate(0, 0, 1-day.Day())
	}
	return day.Format(time.DateOnly)
}

func (t *tally) score(before, after []lead.Points) {
	for i := range t.scores {
		s := &t.scores[i]
		if s.before >= 0 {
			s.values[0] = append(s.values[0], before[s.before])
		}
		if s.after >= 0 {
			s.values[1] = append(s.values[1], after[s.after])
		}
		if s.before < 0 || s.after < 0 {
			continue
		}
		switch b, a := before[s.before], after[s.after]; {
		case a > b:
			s.risen++
		case a < b:
			s.fallen++
		}
	}
}

// outcome looks at what became of a lead: what stands tells, for what people and
// their systems did is no matter of the other playbook's.
func (t *tally) outcome(id lead.ID, stands, decided []lead.Decision) {
	for i := range t.outcomes {
		o := &t.outcomes[i]
		came := slices.IndexFunc(stands, func(d lead.Decision) bool { return d.Role == o.Role })
		if came < 0 || stands[came].At < t.since {
			continue
		}
		at := stands[came].At
		o.Leads = append(o.Leads, OutcomeLead{Lead: id, At: at, Before: qualified(stands, at), After: qualified(decided, at)})
	}
}

// qualified is when decisions first said that sales should talk to a lead, up to
// a moment; 0 for never.
func qualified(decisions []lead.Decision, until lead.Time) lead.Time {
	for i := range decisions {
		if d := &decisions[i]; d.At <= until && slices.Contains(qualifying, d.Role) {
			return d.At
		}
	}
	return 0
}
