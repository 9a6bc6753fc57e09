// Package history carries one long history through every store and compares what
// each makes of it: the log, the leads as they are exported, every decision. It
// holds tests only.
package history
