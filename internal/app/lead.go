package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// Lead is a lead, contact or visitor as it is at a moment.
type Lead struct {
	ID         lead.ID
	Kind       string // "visitor", "contact" or "lead"
	Emails     []string
	UserIDs    []string
	Anonymous  []string
	Stage      string
	StageSince lead.Time
	Cycle      int          // 0 of who was never in a stage
	Hold       *engine.Hold // nil if nothing keeps the lead in its stage
	Out        bool         // the stage is an exit
	Been       []string     // the stages and exits that the lead was ever in, in the playbook's order
	Account    string
	Excluded   string
	Grade      string // "" without a grade in the playbook, and of the excluded
	FirstSeen  lead.Time
	LastSeen   lead.Time
	Events     int64
	// Scores are in the order of the plan's.
	Scores []lead.Points
	// Attributes holds what is known, by name, without the built-in ones.
	Attributes map[string]lead.Value
}

// Ref names a lead in one of the ways that people know. One member is set.
type Ref struct {
	ID                         lead.ID
	Email, UserID, AnonymousID string
}

// find gives the surviving lead that a reference names.
func (r *Reader) find(snap store.Snapshot, ref Ref) (lead.ID, error) {
	id := lead.Identifier{}
	switch {
	case ref.ID != 0:
		found, err := snap.Surviving([]lead.ID{ref.ID})
		if err != nil {
			return 0, err
		}
		if survivor, ok := found[ref.ID]; ok {
			return survivor, nil
		}
		return 0, fault.New(fault.NotFound, "There is no %s.", ref.ID)
	case ref.Email != "":
		match, _, ok := identity.Email(ref.Email)
		if !ok {
			return 0, fault.New(fault.Invalid, "%q is not an email address.", ref.Email)
		}
		id = lead.Identifier{Kind: lead.Email, Value: match}
	case ref.UserID != "":
		id = lead.Identifier{Kind: lead.User, Value: ref.UserID}
	case ref.AnonymousID != "":
		id = lead.Identifier{Kind: lead.Anonymous, Value: ref.AnonymousID}
	default:
		return 0, fault.New(fault.Invalid, "Name the lead by --email, --user, --anonymous or --id.")
	}
	found, err := snap.Find([]lead.Identifier{id})
	if err != nil {
		return 0, err
	}
	survivor, ok := found[id]
	if !ok {
		return 0, fault.New(fault.NotFound, "Nobody is known by %s %q.", strings.ReplaceAll(id.Kind.String(), "_", " "), id.Value)
	}
	return survivor, nil
}

// Profile is a lead with what it was decided and its latest events.
type Profile struct {
	Lead      Lead
	Decisions []lead.Decision // that stand
	Recent    []lead.Event    // the latest first
}

// Profile looks a lead up, as it is now.
func (r *Reader) Profile(ctx context.Context, ref Ref, recent int) (*Profile, error) {
	var p *Profile
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.find(snap, ref)
		if err != nil {
			return err
		}
		now, err := snap.Now()
		if err != nil {
			return err
		}
		rows, err := snap.States([]lead.ID{id})
		if err != nil {
			return err
		}
		l, err := r.view(snap, rows[id], now)
		if err != nil {
			return err
		}
		p = &Profile{Lead: *l}
		log, err := snap.Decisions(id)
		if err != nil {
			return err
		}
		p.Decisions = pipeline.Standing(log)
		events, err := pipeline.History(snap, id)
		if err != nil {
			return err
		}
		slices.Reverse(events)
		p.Recent = events[:min(recent, len(events))]
		return nil
	})
	return p, err
}

// view shows a row as it is at a moment.
func (r *Reader) view(snap store.Snapshot, row store.LeadRow, at lead.Time) (*Lead, error) {
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, err
	}
	s, err := state(chain, snap, row)
	if err != nil {
		return nil, err
	}
	e := chain.Newest()
	e.Step(s, nil, max(at, s.At))
	links, err := snap.Identifiers(row.ID)
	if err != nil {
		return nil, err
	}
	return show(e, row.ID, s, links), nil
}

// state decodes a row; one of an earlier version is taken over the publications
// since, one of another format folded anew.
func state(chain *engine.Chain, snap store.Snapshot, row store.LeadRow) (*engine.State, error) {
	s, err := chain.Newest().Decode(row.State)
	if errors.Is(err, engine.ErrForeignState) {
		s, _, err = pipeline.Cross(chain, snap, row)
	}
	if errors.Is(err, engine.ErrForeignState) {
		s, _, err = pipeline.Refold(chain, snap, row.ID, 0)
	}
	return s, err
}

func show(e *engine.Engine, id lead.ID, s *engine.State, links []store.Link) *Lead {
	plan := e.Plan()
	stage, _, since := e.Stage(s)
	l := &Lead{
		ID: id, Kind: s.Kind(), Stage: stage, StageSince: since, Events: s.Events,
		Account:   s.Attribute(playbook.BuiltinAccount).Text,
		FirstSeen: s.First, LastSeen: s.Last,
		Scores:     e.Read(s),
		Grade:      e.Grade(s),
		Cycle:      s.Cycle(),
		Out:        e.Out(s),
		Been:       e.Been(s),
		Hold:       e.Hold(s),
		Attributes: map[string]lead.Value{},
	}
	if x := s.Excluded(); x >= 0 {
		l.Excluded = plan.Exclusions[x].Name
	}
	for _, link := range links {
		v := link.Identifier.Value
		switch link.Identifier.Kind {
		case lead.Email:
			if link.Display != "" {
				v = link.Display
			}
			l.Emails = append(l.Emails, v)
		case lead.User:
			l.UserIDs = append(l.UserIDs, v)
		case lead.Anonymous:
			l.Anonymous = append(l.Anonymous, v)
		}
	}
	for slot := playbook.Builtins; slot < len(plan.Attributes); slot++ {
		if v := s.Attribute(slot); v.Kind != lead.Missing {
			l.Attributes[plan.Attributes[slot].Name] = v
		}
	}
	return l
}
