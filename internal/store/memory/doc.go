// Package memory keeps a workspace in the memory of the process and forgets it
// at the end: for tests, and for commands that need no database.
//
// All that is stored hangs on one value (state) of persistent trees: a change
// makes a new value and leaves the old one as it was. So a snapshot is the value
// at a moment, a transaction is a new value, and rolling back is to forget it.
//
// What never lives here: durability, and any decision about leads.
package memory
