// Package postgres keeps a workspace in one schema of a PostgreSQL database, for
// any number of nodes at once. Each node is a Store; all are equal.
//
// # How nodes stay out of each other's way
//
// Transactions run at READ COMMITTED, under locks that they take themselves:
//
//   - A surviving lead is a row of table leads, and that row is its lock. Lock,
//     Find, Due and every change of a lead take it, several in the order of their
//     ids, and hold it to the end. An identifier is given to another lead only
//     under the lock of the lead that holds it; that is why Find, once it has the
//     locks, asks again.
//   - Nobody can lock what is not there yet. That two nodes learn the same new
//     identifier, or take the same message, the unique indexes decide: the second
//     waits for the first to commit, and its transaction is run again, which then
//     finds what the first one wrote.
//   - Whoever appends to the log takes its numbers from the one row of table
//     workspace and keeps that row until the commit. So numbers have no gaps,
//     commits come in their order, and Log, which reads whatever its snapshot
//     shows, never shows an event before one with a smaller number. The order of
//     locks is leads, new identifiers, the workspace. Ids of leads come from a
//     sequence, in blocks, and make nobody wait.
//
// A transaction is run again, a bounded number of times with a pause of chance,
// after a deadlock, a serialization failure, a lost race and a connection lost
// before the commit; the locks of the attempt that failed are taken first then.
// When the connection is lost after COMMIT was sent, the server is asked what
// became of the transaction by its number; where it cannot tell, the answer is
// fault.Busy and whoever sends the same again lands once. A lock that is not had
// within two seconds is fault.Busy too.
//
// The wait for the workspace's row makes the commits of all nodes one queue. The
// other way is to take numbers from a sequence and to hide, from those who read
// the log, what is newer than the oldest transaction under way. Decision record
// 11 has the figures; it would break the promise that a reading shows whatever
// was acknowledged before it, and one forgotten transaction, of any program on
// the server, would hold every reader of the log up.
//
// # What is sent
//
// A transaction gathers its writes and sends each kind as one statement over
// arrays; events, where there are many, by COPY. Decision record 13 has what
// each costs. What goes together goes in one message, however many statements it is,
// since a way to the database and back is most of what a single event costs: what
// begins a transaction with what is asked first, what is expected to be asked with
// that (Expect), the last writes with COMMIT.
//
// A pooler that lends connections for a transaction (PgBouncer) may stand between.
// Each transaction brings its settings along in the message that begins it, which
// also reads the clock and the transaction's number. Texts of a writing transaction
// are left with the server, which then parses and plans them once; where they are
// not found there again, or somebody else has used their names, the transaction is
// run again and from then on none is left (Store.unnamed).
//
// PostgreSQL's text holds no zero byte and nothing that is not UTF-8; such text
// is packed (text.go). Bodies and states are bytea.
//
// Beside the plumbing, each file holds the SQL of one table. The schema is in
// migrations: numbered files that are run once, in order, under a lock, and
// never edited; schema.sql shows what they add up to.
//
// What never lives here: any decision about leads, any look into a lead's state,
// any reading from a standby for a decision.
package postgres
