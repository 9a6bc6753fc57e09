// Package identity decides whose an event is: which lead its identifiers lead
// to, which of them become known, and which visitor turns out to be the same
// person (docs/adr/0006-identity.md).
//
// It is pure: who holds what is told to it, and it changes nothing.
package identity

import "galena/internal/lead"

// Holders tells who holds the identifiers of an event; 0 is nobody.
type Holders struct {
	User, Email, Phone, Anonymous lead.ID
	// PreviousUser and PreviousAnonymous hold the previousId of an alias as a
	// user id and as an anonymous id.
	PreviousUser, PreviousAnonymous lead.ID
}

// Names says by which kinds of identifier a lead is known.
type Names struct{ User, Email bool }

// Visitor says that neither a user id nor an address is known.
func (n Names) Visitor() bool { return !n.User && !n.Email }

// Resolution is whose an event is.
type Resolution struct {
	// Lead is the lead the event belongs to; 0 for a new one.
	Lead lead.ID
	// Links are the identifiers that become that lead's.
	Links []lead.Identifier
	// Joins are visitors that turn out to be the same person.
	Joins []lead.ID
	// Conflict says that the event claims an identifier of somebody else, or
	// would make one of two people; it was kept apart.
	Conflict bool
}

// Resolve finds whose an event is. names is asked about leads among the holders.
func Resolve(e *lead.Event, h Holders, names func(lead.ID) Names) Resolution {
	if e.Type == lead.Alias {
		return alias(e, h, names)
	}
	var r Resolution
	trusted := e.Origin != lead.Browser
	switch {
	case e.UserID != "":
		r.Lead = h.User
		switch {
		case r.Lead != 0:
		case h.Email != 0:
			if trusted || !names(h.Email).User {
				r.Lead = h.Email
			} else {
				r.Conflict = true
			}
		case h.Anonymous != 0 && adopts(names(h.Anonymous), e.Email):
			r.Lead = h.Anonymous
		}
	case e.Email != "":
		r.Lead = h.Email
		if r.Lead == 0 && h.Anonymous != 0 && names(h.Anonymous).Visitor() {
			r.Lead = h.Anonymous
		}
	default:
		// A number is weak: others may pick it up, and anyone can type it. It
		// tells only whose an event is that nothing else tells.
		r.Lead = h.Anonymous
		if h.Phone != 0 && (r.Lead == 0 || names(r.Lead).Visitor()) {
			r.Lead = h.Phone
		}
		r.linkPhone(e, h)
		if h.Anonymous == 0 {
			r.link(lead.Anonymous, e.AnonymousID)
		} else if h.Anonymous != r.Lead {
			r.Joins = append(r.Joins, h.Anonymous)
		}
		return r
	}
	r.linkPhone(e, h)
	if h.User == 0 {
		r.link(lead.User, e.UserID)
	}
	switch {
	case h.Email == 0:
		r.link(lead.Email, e.Email)
	case h.Email != r.Lead:
		r.Conflict = true
	}
	r.settleAnonymous(e, h.Anonymous, names)
	return r
}

// linkPhone makes a number known where nobody has it. One that somebody has stays
// with them: two people can share it, and that is no conflict.
func (r *Resolution) linkPhone(e *lead.Event, h Holders) {
	if h.Phone == 0 {
		r.link(lead.Phone, e.Phone)
	}
}

// adopts says whether whoever holds a browser is taken to be the person with a
// new user id on it: nobody else can be meant, unless an address says so.
func adopts(holder Names, address string) bool {
	return !holder.User && (!holder.Email || address == "")
}

// settleAnonymous decides about the anonymous id of an event that names a person.
func (r *Resolution) settleAnonymous(e *lead.Event, holder lead.ID, names func(lead.ID) Names) {
	switch {
	case e.AnonymousID == "" || holder != 0 && holder == r.Lead:
	case holder == 0:
		// Some server libraries invent an anonymous id for every message.
		if e.Origin == lead.Browser || e.Type == lead.Identify {
			r.link(lead.Anonymous, e.AnonymousID)
		}
	case names(holder).Visitor():
		r.Joins = append(r.Joins, holder)
	case e.Type == lead.Identify:
		// Somebody else on the same browser: from now on it is theirs.
		r.link(lead.Anonymous, e.AnonymousID)
	}
}

// alias says that previousId and userId are one person. A browser is believed as
// far as that makes no two identified people one. A server or an import that
// names two user ids is believed, and of two people the older survives; an
// anonymous id may be a browser that several people use, and merges nobody.
func alias(e *lead.Event, h Holders, names func(lead.ID) Names) Resolution {
	r := Resolution{Lead: h.User}
	previous := h.PreviousUser
	if previous == 0 {
		previous = h.PreviousAnonymous
	}
	trusted := e.Origin != lead.Browser && h.PreviousUser != 0
	switch {
	case e.PreviousID == e.UserID: // says nothing
	case r.Lead == 0 && previous != 0 && (trusted || !names(previous).User):
		r.Lead = previous
	case previous == 0:
		r.link(lead.Anonymous, e.PreviousID)
	case previous == r.Lead:
	case names(previous).Visitor():
		r.Joins = append(r.Joins, previous)
	case trusted:
		r.Joins = append(r.Joins, max(r.Lead, previous))
		r.Lead = min(r.Lead, previous)
	default:
		r.Conflict = true
	}
	if h.User == 0 {
		r.link(lead.User, e.UserID)
	}
	return r
}

func (r *Resolution) link(kind lead.IdentifierKind, value string) {
	if value != "" {
		r.Links = append(r.Links, lead.Identifier{Kind: kind, Value: value})
	}
}

// Of lists the identifiers by which holders of an event are looked up.
func Of(e *lead.Event) []lead.Identifier {
	var ids []lead.Identifier
	add := func(kind lead.IdentifierKind, value string) {
		if value != "" {
			ids = append(ids, lead.Identifier{Kind: kind, Value: value})
		}
	}
	add(lead.User, e.UserID)
	add(lead.Email, e.Email)
	add(lead.Phone, e.Phone)
	add(lead.Anonymous, e.AnonymousID)
	if e.Type == lead.Alias {
		add(lead.User, e.PreviousID)
		add(lead.Anonymous, e.PreviousID)
	}
	return ids
}

// HoldersOf reads the holders of an event's identifiers from a table.
func HoldersOf(e *lead.Event, held map[lead.Identifier]lead.ID) Holders {
	h := Holders{
		User:      held[lead.Identifier{Kind: lead.User, Value: e.UserID}],
		Email:     held[lead.Identifier{Kind: lead.Email, Value: e.Email}],
		Phone:     held[lead.Identifier{Kind: lead.Phone, Value: e.Phone}],
		Anonymous: held[lead.Identifier{Kind: lead.Anonymous, Value: e.AnonymousID}],
	}
	if e.Type == lead.Alias {
		h.PreviousUser = held[lead.Identifier{Kind: lead.User, Value: e.PreviousID}]
		h.PreviousAnonymous = held[lead.Identifier{Kind: lead.Anonymous, Value: e.PreviousID}]
	}
	return h
}
