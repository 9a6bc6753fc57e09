package playbook

// StageDecl declares a step of the funnel.
type StageDecl struct {
	Name      Word
	Label     string
	Role      Word
	When      Condition
	FastTrack Condition
	ByHand    bool // it has no criterion
	Side      bool

	Back     bool // it is left when no criterion holds any more
	BackWhen Condition
	BackTo   Word // name of an earlier stage
}

// ExitDecl declares a way out of the funnel.
type ExitDecl struct {
	Name     Word
	Label    string
	Role     Word
	When     Condition
	ByHand   bool // it has no condition
	Reasons  []Word
	CoolDown int64 // milliseconds
	Final    bool
}
