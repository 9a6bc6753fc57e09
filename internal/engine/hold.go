package engine

import "galena/internal/lead"

// Hold is what keeps a lead where it is although conditions say otherwise.
type Hold struct {
	// ByHand says that a person put the lead there.
	ByHand bool `json:"by_hand"`
	// Reason is why, of an exit or a person.
	Reason string `json:"reason"`
	// Until is the end of a cool-down; 0: none runs.
	Until lead.Time `json:"until"`
	// Final says that only a person leads out of the exit.
	Final bool `json:"final"`
	// Marked are the stages whose criterion holds, but has since the lead was put
	// where it is: it must turn true anew to count.
	Marked []string `json:"marked"`
}

// Hold tells what keeps the lead of a state where it is; nil if nothing does.
func (e *Engine) Hold(s *State) *Hold {
	p := &s.path
	if !p.in() {
		return nil
	}
	h := &Hold{ByHand: p.byHand, Reason: p.reason, Marked: []string{}}
	if p.stranger == nil {
		h.Final = e.plan.Stages[p.stage].Final
	}
	if s.At < p.until {
		h.Until = p.until
	}
	for i := range e.plan.Stages {
		if p.held.when.has(i) || p.held.fastTrack.has(i) {
			h.Marked = append(h.Marked, e.plan.Stages[i].Name)
		}
	}
	if !h.ByHand && h.Reason == "" && h.Until == 0 && !h.Final && len(h.Marked) == 0 {
		return nil
	}
	return h
}
