// Package sqlite keeps a workspace in one SQLite database: a file that a single
// server process writes, and that others may read beside it.
//
// There is one writing connection; its transactions begin immediately, one
// after the other. A few reading connections each see the moment at which their
// transaction began. The database is in WAL mode and the log is synced at every
// commit, so what was committed survives a loss of power. The store moves the
// log into the database itself (checkpoint.go), because SQLite would swallow a
// sync that fails there, and syncs the database itself while commits go on, because
// SQLite would do it in their way.
//
// What is random is not written where it belongs with the commit. Rows of leads
// go to a journal (journal.go); indexes of the log are runs of sorted keys, each
// with a filter (runs.go, filter.go). What they do not have yet is the tail
// (tail.go), in memory; work (writeback.go) writes it back and merges runs behind
// the commits, in slices that are bounded by time and synced with the next commit. A start, and whoever reads beside the process, makes the tail from
// the log and the journal (beside.go). See docs/adr/0012.
//
// After the disk has failed the writing connection, nothing more is written
// (ErrDiskFailed): what is on the disk is known again when the file is opened
// anew.
//
// Beside the plumbing, each file holds the SQL of one table. The schema is in
// migrations: numbered files that are run once, in order, and never edited;
// schema.sql shows what they add up to. Some lines of our own run them, counting
// in the database's user_version. The goose library would do it too, but it
// raises modernc.org/libc above the one version that modernc.org/sqlite asks to
// be built with, and brings a table of versions and four modules for what a loop
// does.
//
// What never lives here: the lock of the data folder (the server's), any
// decision about leads, any look into a lead's state.
package sqlite
