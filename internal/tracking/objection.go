package tracking

import "galena/internal/lead"

// errObjected says that a message is not kept: its browser objects to being followed,
// and nobody says in it who somebody is.
var errObjected = refuse("objected", "the browser objects to being followed")

// plainContext are the members of a context that stay of what a browser sent that
// objects: where it was and how it came there, and what tells robots from people.
var plainContext = []string{"page", "campaign", "referrer", "locale", "library", "userAgent", "consent", "consentManagement", "ip"}

// heed makes of a message whose browser objects what may be taken of it.
//
// Who somebody is, people say themselves: what names a user is taken under that
// name, and an identify as it is. What its browser did before is not joined to it,
// which is what its anonymous id and an alias are for. All else is taken as what names
// nobody, where the workspace takes that at all.
func (d *draft) heed() error {
	e := &d.event
	switch e.Type {
	case lead.Identify:
		if e.UserID != "" {
			e.AnonymousID = ""
		}
		return nil
	case lead.Alias:
		return errObjected
	}
	e.AnonymousID = ""
	if e.UserID == "" && (e.Type == lead.Group || d.from.Passing == "") {
		return errObjected
	}
	return nil
}
