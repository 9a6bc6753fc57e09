package view

import (
	"context"
	"slices"
	"strings"

	"galena/internal/access"
	"galena/internal/lead"
	"galena/internal/web/words"
)

// Settings is what surrounds each page of the settings.
type Settings struct {
	*Frame
	Tab     string
	Problem string
}

// tabs are the pages of the settings, each with what one must be allowed to do.
var tabs = []struct {
	name string
	act  access.Act
}{
	{"you", access.See}, {"company", access.Configure}, {"users", access.Manage}, {"roles", access.See}, {"audit", access.Audit},
	{"backup", access.Backup}, {"privacy", access.See}, {"about", access.See},
}

// You is what somebody says of themselves.
type You struct {
	*Settings
	Name, Email, Zone string
	CompanyZone       string
	Zones             []string
	Languages, Themes []Option
	HasPassword       bool
	PasswordProblem   string
	Sessions          []Session
}

// Session is a browser in which somebody is signed in.
type Session struct {
	ID, Browser, Address string
	Created, Seen        lead.Time
	Present              bool // the one that asks
}

// Company is whose workspace it is.
type Company struct {
	*Settings
	Name, Zone, Currency, BaseURL string
	Zones, Currencies             []string
}

// Users are all who work here, and who was invited.
type Users struct {
	*Settings
	Users       []UserRow
	Invitations []Invitation
	Email       string // that the form holds
	Roles       []Option
	Link        *Link // that was just made; nil for none
}

// UserRow is a user in the list.
type UserRow struct {
	Path, Name, Email, Role string
	Disabled, You           bool
	Seen                    lead.Time
}

// Invitation is a link that has not been used.
type Invitation struct {
	ID, Email, Role, By string
	Expires             lead.Time
}

// Link lets somebody in, and is shown once.
type Link struct{ Address, Email, Role string }

// User is one user, for whoever may manage them.
type User struct {
	*Settings
	ID, Name, Email, Role string
	Disabled, You         bool
	Created               lead.Time
	Roles                 []Option
	Sessions              []Session
	Link                  *Link
}

// Roles are who may do what.
type Roles struct {
	*Settings
	Roles []string
	Acts  []ActRow
}

// ActRow says which roles may do something, in the order of the roles.
type ActRow struct {
	Act string
	May []bool
}

// ActKey is where the text of an act is found.
func ActKey(act string) string { return strings.ReplaceAll(act, " ", "_") }

// Audit is a page of the record of who did what.
type Audit struct {
	*Settings
	Entries []AuditEntry
	First   bool   // the page begins with the latest
	Next    string // where the next page begins; "" for none
}

// AuditEntry is one thing that somebody did.
type AuditEntry struct {
	At                        lead.Time
	By, Email, What, On, More string
}

// deed is what somebody did in words, or by its name where there are none.
func (e *AuditEntry) deed(ctx context.Context) string {
	if !words.Has("settings.audit.deed." + e.What) {
		return e.What
	}
	return T(ctx, "settings.audit.deed."+e.What)
}

// Backup is how everything is taken out and brought back.
type Backup struct {
	*Settings
	Folder bool // the workspace is in a data folder
	Demo   bool
	Place  string
	Bring  *Bring // nil: not through pages
}

// About says what runs, and how much there is.
type About struct {
	*Settings
	Program         string
	Started         lead.Time
	Playbook        string
	PlaybookVersion int
	Counts          []Count
	Unwell          string // what is wrong with the server; "" for nothing
	Place           string // "" for who need not know
	Bytes           int64  // on the disk; 0 where that is not known
	Growth          []Growth
	Doctor          bool // the doctor can be asked
	Examined        bool // and was
	TooLong         bool // it would have taken too long
	Findings        []Finding
}

// Growth is how something grew from day to day.
type Growth struct {
	Key         string // "size" in bytes, or "events"
	From, To    lead.Time
	First, Last int64
	Course      []int64
}

// Finding is one thing that the doctor looked at.
type Finding struct {
	OK         bool
	What, Text string
}

// well says that the doctor found nothing wrong.
func (p *About) well() bool {
	return !slices.ContainsFunc(p.Findings, func(f Finding) bool { return !f.OK })
}

// amount writes what grew: bytes as megabytes.
func (g *Growth) amount(ctx context.Context, n int64) string {
	if g.Key == "size" {
		return megabytes(ctx, n)
	}
	return words.Of(ctx).Number(int(n))
}

func megabytes(ctx context.Context, bytes int64) string {
	return T(ctx, "settings.about.megabytes", words.Of(ctx).Number(int((bytes+999_999)/1_000_000)))
}

// course is the curve's, in the least and most of what grew: a thousand steps.
func (g *Growth) course() []lead.Points {
	most := max(slices.Max(g.Course), 1)
	course := make([]lead.Points, len(g.Course))
	for i, n := range g.Course {
		course[i] = lead.Points(1000 * float64(n) / float64(most))
	}
	return course
}

// Count is how many there are of something.
type Count struct {
	Key string
	N   int
}

// fileKey is where the text about a file of the repository is found.
func fileKey(file string) string {
	name := strings.TrimSuffix(file[strings.LastIndexByte(file, '/')+1:], ".md")
	return strings.ToLower(name)
}
