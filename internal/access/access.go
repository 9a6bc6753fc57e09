// Package access says who may do what: the roles of those who work with a
// workspace and one table of what each of them may do. It knows no user, no
// session and no page.
package access

import "slices"

// Role is what somebody is to a workspace.
type Role string

const (
	Admin     Role = "admin"
	Marketing Role = "marketing"
	Manager   Role = "manager" // of sales
	Sales     Role = "sales"
	Viewer    Role = "viewer"
)

// Roles are all roles, that which may most first.
var Roles = []Role{Admin, Marketing, Manager, Sales, Viewer}

// Known says whether it is a role.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Act is something that not everybody may do.
type Act string

const (
	// See is to look at leads, accounts, the playbook and what they come to.
	See Act = "see"
	// Work is to change a lead: its stage, its points, its notes.
	Work Act = "work"
	// Share is to give a saved view to everybody.
	Share Act = "share"
	// Mend is to correct who is who: merge, unmerge, verdicts on robots.
	Mend Act = "mend"
	// Export is to take many people's data out at once.
	Export Act = "export"
	// Erase is to take a person out for good.
	Erase Act = "erase"
	// Draft is to write playbooks that are not in force.
	Draft Act = "draft"
	// Publish is to put a playbook in force.
	Publish Act = "publish"
	// SignMarketing and SignSales are to agree to a playbook for one side.
	SignMarketing Act = "sign marketing"
	SignSales     Act = "sign sales"
	// SeeCapture is to look at sources, events as they come, and rejects.
	SeeCapture Act = "see capture"
	// Capture is to make and revoke write keys, to import, to mend rejects.
	Capture Act = "capture"
	// Manage is to invite users and to change what they may do.
	Manage Act = "manage"
	// Configure is to change the settings of the workspace.
	Configure Act = "configure"
	// Audit is to read who did what.
	Audit Act = "audit"
	// Backup is to take everything out in one file.
	Backup Act = "backup"
	// Restore is to put a backup in the place of everything.
	Restore Act = "restore"
)

// table is who may do what. An admin may do everything.
var table = map[Act][]Role{
	See:           {Marketing, Manager, Sales, Viewer},
	Work:          {Marketing, Manager, Sales},
	Share:         {Marketing, Manager},
	Mend:          {Marketing, Manager},
	Export:        {Marketing, Manager},
	Erase:         {},
	Draft:         {Marketing, Manager},
	Publish:       {Marketing},
	SignMarketing: {Marketing},
	SignSales:     {Manager},
	SeeCapture:    {Marketing, Manager},
	Capture:       {Marketing},
	Manage:        {},
	Configure:     {},
	Audit:         {},
	Backup:        {},
	Restore:       {},
}

// Acts are all acts, in the order of their names.
func Acts() []Act {
	acts := make([]Act, 0, len(table))
	for a := range table {
		acts = append(acts, a)
	}
	slices.Sort(acts)
	return acts
}

// May says whether a role may do something. What the table does not have nobody
// may, and who has no role may nothing.
func (r Role) May(a Act) bool {
	roles, there := table[a]
	return there && (r == Admin || slices.Contains(roles, r))
}
