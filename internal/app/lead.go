package app

import (
	"context"
	"slices"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// Lead is a lead, contact or visitor as it is at a moment.
type Lead struct {
	ID         lead.ID
	Kind       string // "visitor", "contact" or "lead"
	Emails     []string
	Phones     []string
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
	// Phone is a number with its country's code.
	Phone string
}

// find gives the surviving lead that a reference names.
func (r *Reader) find(snap store.Snapshot, ref Ref) (lead.ID, error) {
	if ref.ID != 0 {
		found, err := snap.Surviving([]lead.ID{ref.ID})
		if err != nil {
			return 0, err
		}
		if survivor, ok := found[ref.ID]; ok {
			return survivor, nil
		}
		return 0, fault.New(fault.NotFound, "There is no %s.", ref.ID)
	}
	id, err := ref.identifier()
	if err != nil {
		return 0, err
	}
	found, err := snap.Find([]lead.Identifier{id})
	if err != nil {
		return 0, err
	}
	survivor, ok := found[id]
	if !ok {
		return 0, fault.New(fault.NotFound, "Nobody is known by %s %q.", names[id.Kind], id.Value)
	}
	return survivor, nil
}

// identifier is that by which a reference names a lead, if not by its id.
func (ref Ref) identifier() (lead.Identifier, error) {
	switch {
	case ref.Email != "":
		match, _, ok := identity.Email(ref.Email)
		if !ok {
			return lead.Identifier{}, fault.New(fault.Invalid, "%q is not an email address.", ref.Email)
		}
		return lead.Identifier{Kind: lead.Email, Value: match}, nil
	case ref.Phone != "":
		match, _, ok := identity.Phone(ref.Phone, "")
		if !ok {
			return lead.Identifier{}, fault.New(fault.Invalid, "%q is not a person's phone number with its country's code, as +49 1512 3456789 is.", ref.Phone)
		}
		return lead.Identifier{Kind: lead.Phone, Value: match}, nil
	case ref.UserID != "":
		return lead.Identifier{Kind: lead.User, Value: ref.UserID}, nil
	case ref.AnonymousID != "":
		return lead.Identifier{Kind: lead.Anonymous, Value: ref.AnonymousID}, nil
	}
	return lead.Identifier{}, fault.New(fault.Invalid, "Name the lead by --email, --phone, --user, --anonymous or --id.")
}

// origin is the lead that a reference meant before joins; survivor is the one that
// it means today.
func origin(snap store.Snapshot, ref Ref, survivor lead.ID) (lead.ID, error) {
	if ref.ID != 0 {
		return ref.ID, nil
	}
	id, err := ref.identifier()
	if err != nil {
		return 0, err
	}
	links, err := snap.Identifiers(survivor)
	for _, l := range links {
		if l.Identifier == id {
			return l.Origin, err
		}
	}
	return survivor, err
}

// Profile is a lead with what it was decided and its latest events.
type Profile struct {
	Lead      Lead
	Decisions []lead.Decision // that stand
	// TakenBack are decisions that do not stand any more, as last recorded.
	TakenBack []lead.Decision
	// Differs tells, by the ids of decisions, where something else was known then.
	Differs map[string]Difference
	// Recent are the latest events, the latest first, acts and what robots made
	// included; Robots are the latter, by Seq.
	Recent []lead.Event
	Robots map[int64]bool
	// Joins are the leads that are part of this one.
	Joins []store.Join
}

// Lead is a lead as it is now, without its past.
func (r *Reader) Lead(ctx context.Context, ref Ref) (*Lead, error) {
	var l *Lead
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
		if err == nil {
			l, err = r.now(snap, Ref{ID: id})
		}
		return err
	})
	return l, err
}

// Profile looks a lead up, as it is now.
func (r *Reader) Profile(ctx context.Context, ref Ref, recent int) (*Profile, error) {
	var p *Profile
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
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
		p.Decisions, p.TakenBack = pipeline.Standing(log), pipeline.TakenBack(log)
		return r.past(snap, p, recent)
	})
	return p, err
}

// past adds to a profile what its record tells.
func (r *Reader) past(snap store.Snapshot, p *Profile, recent int) error {
	record, err := pipeline.Record(snap, p.Lead.ID)
	if err != nil {
		return err
	}
	if p.Joins, err = snap.Joins(p.Lead.ID); err != nil {
		return err
	}
	if p.Robots, err = pipeline.Robots(record, lead.Never); err != nil {
		return err
	}
	if p.Differs, err = r.differences(snap, p.Lead.ID, record, p.Decisions); err != nil {
		return err
	}
	slices.Reverse(record)
	p.Recent = record[:min(recent, len(record))]
	return nil
}

// stateAt is the state of a row at a moment, or when it was last touched if that is
// later, and the engine that reads it.
func (r *Reader) stateAt(snap store.Snapshot, row store.LeadRow, at lead.Time) (*engine.Engine, *engine.State, error) {
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, nil, err
	}
	s, err := pipeline.StateOf(chain, snap, row)
	if err != nil {
		return nil, nil, err
	}
	e := chain.Newest()
	e.Step(s, nil, max(at, s.At))
	return e, s, nil
}

// view shows a row as it is at a moment.
func (r *Reader) view(snap store.Snapshot, row store.LeadRow, at lead.Time) (*Lead, error) {
	e, s, err := r.stateAt(snap, row, at)
	if err != nil {
		return nil, err
	}
	links, err := snap.Identifiers(row.ID)
	if err != nil {
		return nil, err
	}
	return show(e, row.ID, s, links), nil
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
		case lead.Phone:
			if link.Display != "" {
				v = link.Display
			}
			l.Phones = append(l.Phones, v)
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

// names are what people call the kinds of identifiers.
var names = map[lead.IdentifierKind]phrase.Phrase{
	lead.Anonymous: phrase.New("anonymous id"), lead.User: phrase.New("user id"), lead.Email: phrase.New("email"), lead.Phone: phrase.New("phone"),
}
