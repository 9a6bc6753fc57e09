package view

// SignIn is the page at the door.
type SignIn struct {
	*Frame
	Email, Next, Problem string
	Out                  bool // somebody just signed out
	Ended                bool // a session ended by itself
}

// Setup is the page that founds a workspace.
type Setup struct {
	*Frame
	Code, Problem               string
	Name, Email, CompanyName    string
	Zones, Currencies, Playbook []Option
	Restore                     string // where a backup is restored instead; "" for nowhere
}

// Ticket is the page of an invitation or of a reset.
type Ticket struct {
	*Frame
	Secret, Problem   string
	Reset             bool
	Company, By, Name string
	Email, Role       string
}

// DemoDoor lets anybody in as one of those who work there.
type DemoDoor struct {
	*Frame
	Company string
	Users   []DemoUser
}

// DemoUser is somebody as whom one can enter.
type DemoUser struct{ ID, Name, Role string }
