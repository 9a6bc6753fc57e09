package engine

import "galena/internal/lead"

// act does what a person decided by hand, or what a lead's company tells. Acts tell
// nothing that the lead did: they move no moment at which it was seen and are no
// signals.
func (f *fold) act(e *lead.Event, now lead.Time) {
	switch e.Name {
	case lead.ActStage:
		f.place(e, now)
	case lead.ActAccount:
		f.hearAccount(e, now)
	case lead.ActBalance, lead.ActPoints:
		f.book(e)
		f.evaluate(now, e.MessageID)
	}
}

// place puts the lead where a person wants it.
func (f *fold) place(e *lead.Event, now lead.Time) {
	if f.still {
		return
	}
	name, _ := e.Properties[lead.ActStageName].(string)
	why, _ := e.Properties[lead.ActReason].(string)
	reason := text(why).Text // cut, should it be longer than any attribute
	slot := f.plan.StageNamed(name)
	if slot < 0 {
		return // a stage of another version of the playbook
	}
	p := &f.s.path
	if slot == p.stage && p.stranger == nil {
		// Who is there already is not entered again, but held anew.
		if st := &f.plan.Stages[slot]; st.CoolDown > 0 {
			p.until = now.Add(st.CoolDown)
		}
	} else {
		f.enter(slot, now, e.MessageID)
		f.decisions[len(f.decisions)-1].Reason = reason
	}
	p.byHand, p.reason = true, reason
	p.unmarked = criteriaUnmarked | backUnmarked | exitsUnmarked
	f.evaluate(now, e.MessageID)
}
