package lead

// Act is the type of events that people and programs cause in Galena itself: a
// stage set by hand, a verdict, a merge. The app makes them, and opening balances
// an import by its mapping; no door for messages from outside lets one in, and no
// signal is made of them. Name says which act it is, Properties the rest.
const Act Type = 7

// Names of acts.
const (
	// ActStage puts the lead into a stage or an exit: ActStageName.
	ActStage = "stage set"
	// ActPoints corrects a score by hand.
	ActPoints = "points corrected"
	// ActBalance opens a lead's account with what another system knew of it.
	ActBalance = "balance opened"
	// ActVerdict says of other events that they were made by a robot, or after
	// all were not.
	ActVerdict = "verdict given"
	// ActMerge joins another lead to this one, ActUnmerge undoes that.
	ActMerge   = "lead merged"
	ActUnmerge = "merge undone"
)

// Properties of acts.
const (
	// ActStageName is the name of the stage or exit that an ActStage leads to.
	ActStageName = "stage"
	// ActReason is why, in the author's words or one of those that the playbook
	// allows; ActAuthor is whose decision it was.
	ActReason = "reason"
	ActAuthor = "author"
)
