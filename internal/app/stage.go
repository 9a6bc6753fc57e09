package app

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// StageOrder is a person's decision to put a lead into a stage or an exit.
type StageOrder struct {
	Who    Ref
	Stage  string
	Reason string // needed for an exit, one of those that the playbook allows
	Author string
}

// Placed tells what came of a StageOrder.
type Placed struct {
	Lead        lead.ID
	From, Stage string // From "" for none; where both are one, the lead is held there anew
	Cycle       int
	Hold        string // in words; see HoldInWords
}

// PutInStage does what a person decided. The decision is durable when it returns,
// and stands until a criterion turns true after it.
func (a *App) PutInStage(ctx context.Context, o StageOrder) (Placed, error) {
	slot, err := checkOrder(a.Plan(), &o)
	if err != nil {
		return Placed{}, err
	}
	p := Placed{Stage: a.Plan().Stages[slot].Name}
	err = a.store.Read(ctx, func(snap store.Snapshot) error {
		l, err := a.now(snap, o.Who)
		if err == nil {
			p.Lead, p.From = l.ID, l.Stage
		}
		return err
	})
	if err != nil {
		return Placed{}, err
	}
	act, err := newAct(p.Lead, lead.ActStage, 0, map[string]any{lead.ActStageName: o.Stage, lead.ActReason: o.Reason, lead.ActAuthor: o.Author})
	if err != nil {
		return Placed{}, err
	}
	if _, err := a.Ingest(ctx, pipeline.Batch{Events: []lead.Event{act}}); err != nil {
		return Placed{}, err
	}
	err = a.store.Read(ctx, func(snap store.Snapshot) error {
		l, err := a.now(snap, Ref{ID: p.Lead})
		if err == nil {
			p.Cycle, p.Hold = l.Cycle, HoldInWords(l.Hold)
		}
		return err
	})
	return p, err
}

// now is a lead as it is at this moment.
func (r *Reader) now(snap store.Snapshot, who Ref) (*Lead, error) {
	id, err := r.find(snap, who)
	if err != nil {
		return nil, err
	}
	at, err := snap.Now()
	if err != nil {
		return nil, err
	}
	rows, err := snap.States([]lead.ID{id})
	if err != nil {
		return nil, err
	}
	return r.view(snap, rows[id], at)
}

// checkOrder finds the stage of an order and mends the case and the spaces of
// what is written in it.
func checkOrder(p *playbook.Plan, o *StageOrder) (slot int, err error) {
	var names []string
	for _, s := range p.Stages {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return -1, fault.New(fault.Invalid, "The playbook has no stages.")
	}
	fold := func(want string) func(string) bool {
		return func(s string) bool { return strings.EqualFold(s, want) }
	}
	if slot = p.StageNamed(o.Stage); slot < 0 {
		slot = slices.IndexFunc(names, fold(strings.TrimSpace(o.Stage)))
	}
	if slot < 0 {
		return -1, fault.New(fault.Invalid, "The playbook has no stage %q. It has: %s.", o.Stage, strings.Join(names, ", "))
	}
	s := &p.Stages[slot]
	o.Stage, o.Reason, o.Author = s.Name, strings.TrimSpace(o.Reason), strings.TrimSpace(o.Author)
	switch {
	case o.Author == "" || utf8.RuneCountInString(o.Author) > maxAuthor || !utf8.ValidString(o.Author):
		return -1, fault.New(fault.Invalid, "Say by --author whose decision it is, in at most %d characters.", maxAuthor)
	case utf8.RuneCountInString(o.Reason) > maxReason || !utf8.ValidString(o.Reason):
		return -1, fault.New(fault.Invalid, "A reason has at most %d characters.", maxReason)
	case s.Exit && o.Reason == "" && len(s.Reasons) == 0:
		return -1, fault.New(fault.Invalid, "To leave by %q needs a reason: --reason.", s.Name)
	case s.Exit && len(s.Reasons) > 0:
		i := slices.IndexFunc(s.Reasons, fold(o.Reason))
		if i < 0 {
			return -1, fault.New(fault.Invalid, "To leave by %q needs one of the playbook's reasons, not %q: %s.", s.Name, o.Reason, strings.Join(s.Reasons, ", "))
		}
		o.Reason = s.Reasons[i]
	}
	return slot, nil
}
