package web

import (
	"context"
	"io"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/staff"
)

// Restorer takes backups in and puts one in the place of the workspace. One waits at
// a time: another takes its place.
type Restorer interface {
	// Room is how large a backup may be, in bytes; below zero where nobody knows.
	Room() int64
	// Receive keeps what it reads on the disk and gives the id by which it is asked
	// for; the check of it goes on. name is what its owner calls it, and is only told;
	// size is how much will come, below zero where nobody knows.
	Receive(ctx context.Context, name string, size int64, content io.Reader) (id string, err error)
	// Incoming is the backup that waits, if it has that id.
	Incoming(id string) (Incoming, bool)
	// Forget drops it.
	Forget(id string)
	// Begin has the server put the backup in the place of the workspace, and returns
	// at once. Whoever knows the token may ask how far it is. by is nil for whoever
	// sets the workspace up.
	Begin(id string, by *staff.User) (token string, err error)
}

// ErrNoBackup says that no backup waits under an id.
var ErrNoBackup = fault.New(fault.NotFound, "This backup is not here any more: another was brought, or nobody restored it for an hour. Bring it again.")

// Contents is what a workspace holds, in numbers.
type Contents struct {
	Company       string
	Events, Leads int64
	Version       int
	Playbook      string
	Users, Keys   int // who and which are not kept out
	// Admins are the addresses of those who can sign in by a password.
	Admins []string
}

// Incoming is a backup that was brought.
type Incoming struct {
	ID, Name string
	Size     int64
	Checking bool  // whether it is whole, and for this program
	Problem  error // why it cannot be restored
	Made     lead.Time
	Program  string
	Holds    Contents
}

// RestoreStep is how far a restore is.
type RestoreStep string

// The steps of a restore, in their order.
const (
	StepSettle  RestoreStep = "settle"  // what is under way ends
	StepKeep    RestoreStep = "keep"    // the workspace is kept in a backup
	StepReplace RestoreStep = "replace" // the one takes the place of the other
	StepOpen    RestoreStep = "open"
	StepOver    RestoreStep = "over" // it is over, well or not
)

// RestoreSteps are those in which something is done.
var RestoreSteps = []RestoreStep{StepSettle, StepKeep, StepReplace, StepOpen}

// Restoring is a restore that is under way, or how it came out.
type Restoring struct {
	Step RestoreStep
	// Failed is why the workspace is as it was.
	Failed error
	Made   lead.Time
	Holds  Contents
	// Kept is where the workspace that was there is kept.
	Kept string
	// Setup is the path at which the workspace is set up where nobody works in it.
	Setup string
}
