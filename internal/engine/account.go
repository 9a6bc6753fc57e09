package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// hearAccount takes what a lead's company tells of itself, as a group call of the
// lead's own would: for the attributes that come from paths of the account. See
// docs/adr/0020-accounts.md. What a company tells of which the lead is not, as after
// the undoing of a join, does not count.
func (f *fold) hearAccount(e *lead.Event, now lead.Time) {
	account, _ := e.Properties["account"].(string)
	if account == "" || account != f.s.attributes[playbook.BuiltinAccount].Text {
		return
	}
	traits, _ := e.Properties["traits"].(map[string]any)
	changed := false
	for slot := playbook.Builtins; slot < len(f.plan.Attributes); slot++ {
		a := &f.plan.Attributes[slot]
		raw, path := find(a.From, lead.Group, traits, nil)
		if path < 0 {
			continue
		}
		if f.s.paths != nil {
			f.s.paths[slot] = path + 1 // all that the company has told is in it
		}
		v, readable := lead.Convert(raw, a.Kind)
		if !readable {
			continue
		}
		if a.Dated {
			f.s.said[slot] = e.Occurred
		}
		if !f.s.attributes[slot].Equal(v) {
			f.s.attributes[slot] = v
			changed = true
		}
	}
	if changed {
		f.refreshHolds(e.MessageID)
		f.evaluate(now, e.MessageID)
	}
}
