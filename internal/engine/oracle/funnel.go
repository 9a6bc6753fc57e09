package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// place is where a lead is on its way through the funnel. A publication leaves it
// as it is, so it is told in words and not in slots.
type place struct {
	stage, role string    // "" for none
	out         bool      // stage is an exit
	entered     lead.Time // when it was entered, 0 for none
	decisions   []lead.Decision
	byHand      bool
	reason      string
	closed      lead.Time // the moment before which no stage is entered
	exited      []exited
	// stale are the conditions that held when the lead was put where it is and
	// have held ever since. toBe is what will be among them at the next look.
	stale map[string]bool
	toBe  []string // kinds: "criteria", "back", "exits"
}

// exited is a moment at which the lead left the funnel.
type exited struct {
	at   lead.Time
	seen int // how many events had taken effect
}

// decide makes one move after the other until none is to be made.
func (m *moment) decide(event string) {
	if m.still || !m.known() || m.exclusion() != "" || m.now < m.closed {
		return
	}
	m.grow()
	if exit, open := m.wayOut(); open {
		if m.within() {
			m.goTo(exit, event, m.plan.Stages[exit].Label)
			m.toBe = []string{"criteria"}
			m.decide(event)
		}
		return
	}
	for i := m.plan.FirstExit - 1; i >= 0; i-- {
		if m.isAhead(i) && m.invites(i) {
			m.goTo(i, event, "")
			m.decide(event)
			return
		}
	}
	if m.wantsBack() && !m.stale["back"] {
		m.goTo(m.backFrom(m.slot()), event, "")
		m.toBe = []string{"criteria", "back"}
		m.decide(event)
	}
}

// within says that the lead is in a stage, neither outside nor new.
func (m *moment) within() bool { return m.stage != "" && !m.out }

// slot is the present stage's or exit's, -1 where the plan does not have it.
func (m *moment) slot() int { return m.plan.StageNamed(m.stage) }

// isAhead says that a criterion may lead from here to a stage: to those behind
// the present one in the plan; where the plan has none of its name, to those from
// the first on whose role comes later.
func (m *moment) isAhead(stage int) bool {
	at := m.slot()
	switch {
	case m.stage == "":
		return true
	case m.out:
		return at < 0 || !m.plan.Stages[at].Final
	case at >= 0:
		return stage > at
	}
	for i := range stage + 1 {
		if rank(m.plan.Stages[i].Role) > rank(m.role) {
			return true
		}
	}
	return false
}

func rank(role string) int { return slices.Index(playbook.Roles, role) }

// wantsBack says that the lead is in a stage to go back from.
func (m *moment) wantsBack() bool { return m.within() && m.slot() >= 0 && m.sendsBack(m.slot()) }

// truths are the conditions of stages and exits, each with a name.
func (m *moment) truths() map[string]bool {
	all := map[string]bool{}
	for i := range m.plan.Stages {
		s := &m.plan.Stages[i]
		if s.Exit {
			all["exit "+s.Name] = m.is(s.When)
			continue
		}
		all["when "+s.Name] = m.meets(s, s.When)
		all["fast "+s.Name] = m.meets(s, s.FastTrack)
	}
	all["back"] = m.wantsBack()
	return all
}

// grow makes conditions stale that hold now, where that is due, and forgets those
// that hold no more.
func (m *moment) grow() {
	if len(m.stale)+len(m.toBe) == 0 {
		return
	}
	kinds := map[string]string{"exit": "exits", "when": "criteria", "fast": "criteria", "back": "back"}
	now := map[string]bool{}
	for name, holds := range m.truths() {
		if holds && (m.stale[name] || slices.Contains(m.toBe, kinds[name[:4]])) {
			now[name] = true
		}
	}
	m.stale, m.toBe = now, nil
}

// wayOut is the first exit that is open.
func (m *moment) wayOut() (exit int, open bool) {
	for i, s := range m.plan.Stages {
		if s.Exit && m.is(s.When) && !m.stale["exit "+s.Name] {
			return i, true
		}
	}
	return 0, false
}

// invites says that a criterion of a stage holds and counts.
func (m *moment) invites(stage int) bool {
	s := &m.plan.Stages[stage]
	return m.meets(s, s.When) && !m.stale["when "+s.Name] || m.meets(s, s.FastTrack) && !m.stale["fast "+s.Name]
}

// sendsBack says that a stage is one to go back from.
func (m *moment) sendsBack(stage int) bool {
	s := &m.plan.Stages[stage]
	if s.Lapses {
		return !m.is(s.When) && !m.is(s.FastTrack)
	}
	return m.is(s.BackWhen)
}

func (m *moment) backFrom(stage int) int {
	if to := m.plan.Stages[stage].BackTo; to >= 0 {
		return to
	}
	for i := stage - 1; i >= 0; i-- {
		if s := &m.plan.Stages[i]; m.meets(s, s.When) || m.meets(s, s.FastTrack) {
			return i
		}
	}
	return 0
}

// goTo puts the lead into a stage or exit.
func (m *moment) goTo(slot int, event, reason string) {
	s := &m.plan.Stages[slot]
	d := lead.Decision{
		Cycle: max(m.cycle(), 1), Stage: s.Name, From: m.stage, Role: s.Role, Nth: 1,
		At: m.now, Event: event, Version: m.plan.Version, Reason: reason,
	}
	if m.out && !s.Exit && m.began(d.Cycle) {
		d.Cycle++
	}
	for _, before := range m.decisions {
		if before.Cycle == d.Cycle && before.Stage == d.Stage {
			d.Nth++
		}
	}
	m.decisions = append(slices.Clip(m.decisions), d)
	m.stage, m.role, m.out, m.entered = s.Name, s.Role, s.Exit, m.now
	m.byHand, m.reason, m.closed, m.toBe = false, reason, 0, nil
	delete(m.stale, "back")
	if s.Exit {
		m.closed = m.now.Add(s.CoolDown)
		m.exited = append(slices.Clip(m.exited), exited{m.now, m.seen})
		m.stale = nil
		return
	}
	for i := range slot + 1 { // they are not ahead any more
		delete(m.stale, "when "+m.plan.Stages[i].Name)
		delete(m.stale, "fast "+m.plan.Stages[i].Name)
	}
}

// began says that a stage was entered in a cycle.
func (m *moment) began(cycle int) bool {
	return slices.ContainsFunc(m.decisions, func(d lead.Decision) bool {
		return d.Cycle == cycle && rank(d.Role) >= 0 // exits have other roles
	})
}

// obey does what a person decided.
func (m *moment) obey(e *lead.Event) {
	name, _ := e.Properties[lead.ActStageName].(string)
	reason, _ := e.Properties[lead.ActReason].(string)
	slot := m.plan.StageNamed(name)
	switch {
	case m.still || slot < 0:
		return
	case slot == m.slot():
		m.reason = reason
		if cool := m.plan.Stages[slot].CoolDown; cool > 0 {
			m.closed = m.now.Add(cool)
		}
	default:
		m.goTo(slot, e.MessageID, reason)
	}
	m.byHand = true
	m.holdBack()
}

// holdBack makes everything stale that holds at the next look.
func (m *moment) holdBack() { m.toBe = []string{"criteria", "back", "exits"} }

// listen hears whether an event is one by which somebody asks for us.
func (m *moment) listen(event int) {
	if _, asks := m.firstOf(event, m.plan.HandRaise); !asks {
		return
	}
	m.closed = 0
	m.toBe = slices.DeleteFunc(slices.Clone(m.toBe), func(kind string) bool { return kind == "criteria" })
	for _, s := range m.plan.Stages {
		delete(m.stale, "when "+s.Name)
		delete(m.stale, "fast "+s.Name)
	}
}

// meets says that a criterion of a stage holds and nothing that leads back does.
func (m *moment) meets(s *playbook.Stage, criterion *rule.Expr) bool {
	return m.is(criterion) && !m.is(s.BackWhen)
}

// is says that there is a condition and that it holds.
func (m *moment) is(x *rule.Expr) bool { return x != nil && holdsOnLead(x, m) }

// pastStages are those that the lead ever went out of, in the order in which it
// first did.
func (m *moment) pastStages() []string {
	var past []string
	for _, d := range m.decisions {
		if d.From != "" && !slices.Contains(past, d.From) {
			past = append(past, d.From)
		}
	}
	return past
}

// lap is how often the lead had left the funnel before something happened.
func (m *moment) lap(r *playbook.Rule, after func(exited) bool) int {
	n := 0
	if m.plan.Scores[r.Score].EachCycle {
		for _, x := range m.exited {
			if after(x) {
				n++
			}
		}
	}
	return n
}

// coolDown is the end of a cool-down that runs, 0 if none does.
func (m *moment) coolDown() lead.Time {
	if m.now < m.closed {
		return m.closed
	}
	return 0
}
