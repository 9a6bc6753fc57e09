// Package lab tries things out on what a workspace remembers: what another
// playbook would have made of its whole history. It computes in memory, at the
// side of whoever works, and answers with reports that a face can show.
//
// It never writes, and never asks what a playbook should be: it is given one.
package lab
