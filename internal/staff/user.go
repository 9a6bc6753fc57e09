package staff

import (
	"cmp"
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// User is somebody who works with the workspace.
type User struct {
	ID    string
	Email string // as written; no two are equal but for case
	Name  string
	Role  access.Role
	// Disabled users cannot sign in, and have no sessions.
	Disabled bool
	Created  lead.Time
	// Zone is the viewer's time zone, "" for the workspace's; Language and Theme
	// likewise, "" for what the browser asks for.
	Zone, Language, Theme string

	// Password is a hash, see hash; "" for nobody who can sign in by one.
	Password string
}

// Signature is how the log names a user who decided something.
func (u *User) Signature(now lead.Time) store.Signature {
	return store.Signature{Role: string(u.Role), Name: u.Name, At: now}
}

const (
	maxName    = 100
	maxAddress = 254
)

// addressKey is under which name an address is kept. Two that differ in case only
// are one person's.
func addressKey(email string) string { return strings.ToLower(email) }

// checkAddress refuses what is no plain address.
func checkAddress(email string) (string, error) {
	email = strings.TrimSpace(email)
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > maxAddress || !ascii(email) {
		return "", fault.New(fault.Invalid, "%q is no address that mail can be sent to. Write one such as ada@company.com.", clip(email))
	}
	return email, nil
}

func ascii(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > maxName || !plain(name) {
		return "", fault.New(fault.Invalid, "Write a name of 1 to %d bytes, without control characters.", maxName)
	}
	return name, nil
}

// plain says whether a text can be shown beside others: nothing in it moves what
// stands around it, and unless it is empty something in it is to be seen.
func plain(text string) bool {
	seen := text == ""
	for _, r := range text {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return false
		}
		seen = seen || unicode.IsGraphic(r) && !unicode.IsSpace(r)
	}
	return seen
}

func checkRole(r access.Role) error {
	if !r.Known() {
		return fault.New(fault.Invalid, "%q is no role. Choose one of admin, marketing, manager, sales, viewer.", clip(string(r)))
	}
	return nil
}

// clip is as much of a text as an error repeats.
func clip(text string) string { return cut(text, 60) }

func cut(text string, most int) string {
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

func errTaken(email string) error { return fault.New(fault.Conflict, "%s is a user already.", email) }

var errNoUser = fault.New(fault.NotFound, "There is no such user.")

// Users are all users, by name.
func (s *Staff) Users(ctx context.Context) ([]User, error) {
	var all []User
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		return paper.Each(snap, userDrawer, "", func(_ string, u *User) error {
			all = append(all, *u)
			return nil
		})
	})
	slices.SortFunc(all, func(a, b User) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// User finds a user by the id.
func (s *Staff) User(ctx context.Context, id string) (*User, error) {
	var u User
	return &u, s.store.Read(ctx, func(snap store.Snapshot) error {
		found, err := paper.Read(snap, userDrawer, id, &u)
		if err == nil && !found {
			err = errNoUser
		}
		return err
	})
}

// newUser keeps a user whose address nobody has.
func newUser(tx store.Tx, u *User, now lead.Time) error {
	var id string
	taken, err := paper.Read(tx, addressDrawer, addressKey(u.Email), &id)
	if err != nil {
		return err
	}
	if taken {
		return errTaken(u.Email)
	}
	_, name := secret()
	u.ID, u.Created = "usr_"+name[:16], now
	if err := paper.Write(tx, addressDrawer, addressKey(u.Email), u.ID); err != nil {
		return err
	}
	return paper.Write(tx, userDrawer, u.ID, u)
}

// changeUser changes one user, undisturbed by others.
func (s *Staff) changeUser(ctx context.Context, id string, fn func(tx store.Tx, u *User, now lead.Time) error) error {
	return s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var u User
		found, err := paper.Read(tx, userDrawer, id, &u)
		if err != nil || !found {
			return cmp.Or(err, errNoUser)
		}
		if err := fn(tx, &u, now); err != nil {
			return err
		}
		return paper.Write(tx, userDrawer, id, &u)
	})
}

// crown is the paper that whoever takes an admin away holds, so that two who do
// it at once do not leave none.
const crown = "crown"

// keepAnAdmin refuses to leave the workspace without anybody who may manage it.
func keepAnAdmin(tx store.Tx, without string) error {
	if _, err := tx.Paper(setupDrawer, crown); err != nil {
		return err
	}
	left := false
	err := paper.Each(tx, userDrawer, "", func(id string, u *User) error {
		left = left || id != without && u.Role == access.Admin && !u.Disabled
		return nil
	})
	if err == nil && !left {
		err = fault.New(fault.Conflict, "This is the only admin. Make somebody else one first.")
	}
	return err
}

// SetRole gives a user another role; the user's sessions end.
func (s *Staff) SetRole(ctx context.Context, by *User, id string, role access.Role) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return s.changeUser(ctx, id, func(tx store.Tx, u *User, now lead.Time) error {
		if u.Role == role {
			return nil
		}
		if u.Role == access.Admin {
			if err := keepAnAdmin(tx, id); err != nil {
				return err
			}
		}
		was := u.Role
		u.Role = role
		if err := endSessions(tx, id, ""); err != nil {
			return err
		}
		return note(tx, now, by, "user.role", u.Email, string(was)+" → "+string(role))
	})
}

// Disable keeps a user out, or lets one in again; sessions end.
func (s *Staff) Disable(ctx context.Context, by *User, id string, disabled bool) error {
	return s.changeUser(ctx, id, func(tx store.Tx, u *User, now lead.Time) error {
		if u.Disabled == disabled {
			return nil
		}
		if disabled && u.Role == access.Admin {
			if err := keepAnAdmin(tx, id); err != nil {
				return err
			}
		}
		u.Disabled = disabled
		if err := endSessions(tx, id, ""); err != nil {
			return err
		}
		if err := dropTickets(tx, now, func(t *Ticket) bool { return t.User == id }); err != nil {
			return err
		}
		what := "user.enabled"
		if disabled {
			what = "user.disabled"
		}
		return note(tx, now, by, what, u.Email, "")
	})
}

// Preferences are how a user wants to see the pages.
type Preferences struct{ Name, Zone, Language, Theme string }

// Themes are what pages may look like; "" is what the system asks for.
var Themes = []string{"", "light", "dark"}

// Prefer keeps what a user prefers.
func (s *Staff) Prefer(ctx context.Context, id string, p Preferences) error {
	name, err := checkName(p.Name)
	if err != nil {
		return err
	}
	if err := checkZone(p.Zone, true); err != nil {
		return err
	}
	if !slices.Contains(Themes, p.Theme) {
		return fault.New(fault.Invalid, "%q is no theme. Choose light, dark or the system's.", clip(p.Theme))
	}
	if len(p.Language) > 8 {
		return fault.New(fault.Invalid, "%q is no language.", clip(p.Language))
	}
	return s.changeUser(ctx, id, func(tx store.Tx, u *User, now lead.Time) error {
		if u.Name != name { // decisions are signed with it
			if err := note(tx, now, u, "user.renamed", u.Email, name); err != nil {
				return err
			}
		}
		u.Name, u.Zone, u.Language, u.Theme = name, p.Zone, p.Language, p.Theme
		return nil
	})
}

func checkZone(zone string, mayMiss bool) error {
	if zone == "" && mayMiss {
		return nil
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return fault.New(fault.Invalid, "%q is no time zone. Write one such as Europe/Berlin or UTC.", clip(zone))
	}
	return nil
}
