package privacy

import (
	"fmt"

	"galena/internal/lead"
)

// Policy is what a workspace keeps of people.
type Policy struct {
	// Addresses is what is kept of the network addresses from which events come.
	Addresses Addresses `json:"addresses"`
	// Idless has what browsers send taken that names nobody, under an id of the day.
	Idless bool `json:"idless"`
	// Objections are the signals by which a browser objects that count. What one that
	// objects sends is taken as if it named nobody, unless it says who somebody is.
	Objections Objections `json:"objections"`
	// Visitors is after how long unseen somebody goes of whom nobody ever learned
	// who they are; Leads anybody else, but for customers and whoever sales is in
	// talks with.
	Visitors Age `json:"visitors"`
	Leads    Age `json:"leads"`
	// Rejects is after how long the text of what was refused goes, Files an uploaded
	// file that nobody imported.
	Rejects Age `json:"rejects"`
	Files   Age `json:"files"`
}

// Default is the policy of a workspace in which nobody has chosen one.
var Default = Policy{Addresses: Cut, Objections: AllObjections, Visitors: Months(13), Rejects: Days(14), Files: Days(30)}

// String tells the policy in one line, as the command that sets it would be given it.
func (p Policy) String() string {
	idless := "off"
	if p.Idless {
		idless = "on"
	}
	return fmt.Sprintf("addresses %s, idless %s, objections %s, visitors %s, leads %s, rejects %s, files %s", p.Addresses, idless, p.Objections, p.Visitors, p.Leads, p.Rejects, p.Files)
}

// Sooner says whether by this policy something goes sooner than by another, seen from
// a moment.
func (p *Policy) Sooner(than Policy, now lead.Time) bool {
	return p.Visitors.Shorter(than.Visitors, now) || p.Leads.Shorter(than.Leads, now) ||
		p.Rejects.Shorter(than.Rejects, now) || p.Files.Shorter(than.Files, now)
}

// Check says what is wrong with a policy.
func (p *Policy) Check() error {
	if err := p.Addresses.Check(); err != nil {
		return err
	}
	return p.Objections.Check()
}

// KeptRoles are the roles of stages whose people no age takes away: they are customers,
// or sales is in talks with them.
var KeptRoles = []string{"opportunity", "customer"}
