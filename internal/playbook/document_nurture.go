package playbook

// Track is a sequence of steps for leads that are not ready. Nothing acts on it
// yet.
type Track struct {
	Name  Word
	Label string
	Enrol Condition
	Exit  Condition // none: only the end of the steps
	Hours *Hours    // when it sends
	Limit Limit     // how often it sends to one person
	Steps []Step
}

// Step is one step of a track. Kind tells which members are set.
type Step struct {
	Place Place
	Kind  string // one of stepKinds
	What  string // template of send, whom notify tells, address of webhook
	Text  string // of notify
	Span  int64  // of wait; of wait_for how long at most
	For   Word   // signal of wait_for
	Sets  []Setting
	When  Condition // of branch
	Then  []Step
	Else  []Step
}

// Setting gives an attribute a value.
type Setting struct {
	Name  Word
	Value any // text, float64 or bool
	Place Place
}

var stepKinds = []string{"send", "wait", "wait_for", "branch", "notify", "update", "webhook", "leave"}
