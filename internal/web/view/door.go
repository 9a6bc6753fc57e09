package view

// SignIn is the page at the door.
type SignIn struct {
	*Frame
	Email, Next, Problem string
	Out                  bool // somebody just signed out
	Ended                bool // a session ended by itself
	Held                 *Held
}

// Held is a form that was sent after its writer's session had ended.
type Held struct {
	To     string // where it was sent
	Form   string // all of it, as addresses write it
	Fields []HeldField
	// Typed is its longest value, by which its writer knows it, and the name of its field.
	Typed HeldField
}

// HeldField is a value of such a form.
type HeldField struct{ Name, Value string }

// GiveBack shows a form that was held to who has signed in again.
type GiveBack struct {
	*Frame
	*Held
	Next string
	// Shown is what else was written, by what the form calls it; Label is what it calls
	// the longest.
	Shown []HeldField
	Label string
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
