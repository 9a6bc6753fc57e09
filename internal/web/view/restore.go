package view

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"galena/internal/lead"
)

// Bring is a form that brings a backup.
type Bring struct {
	Path, Code string
	Most       int64 // bytes; below zero where nobody knows
}

// FirstBring brings a backup instead of setting the workspace up.
type FirstBring struct {
	*Frame
	*Bring
	Problem, Back string
}

// Contents is what a workspace or a backup holds.
type Contents struct {
	Company, Playbook      string
	Events, Leads, Version int
	Users, Keys            int
	Admins                 []string
}

// Arrived is a backup that was brought, beside what is there.
type Arrived struct {
	*Settings // nil: nobody works here yet
	Frame     *Frame
	// Path shows it, Post restores it and Forget drops it.
	Path, Post, Forget string
	Code               string
	Problem            string // of the form
	Name, Program      string
	Size               int64
	Checking           bool
	Wrong              string // why it cannot be restored
	Made               lead.Time
	Holds, Now         Contents
}

// Restoring is how far a restore is, and how it came out.
type Restoring struct {
	*Frame
	Path   string
	Steps  []RestoreStep
	Over   bool
	Failed string
	Made   lead.Time
	Holds  Contents
	Kept   string
	Setup  string // where the workspace is set up; "" where people work in it
}

// RestoreStep is one of the things that a restore does, in their order.
type RestoreStep struct {
	Name      string
	Done, Now bool
}

// companyName is a name that may not have been said.
func companyName(ctx context.Context, name string) string {
	return cmp.Or(name, T(ctx, "restore.unnamed"))
}

func (c *Contents) agreement(ctx context.Context) string {
	return T(ctx, "restore.agreement", strconv.Itoa(c.Version), c.Playbook)
}

// shownAdmins is how many are named.
const shownAdmins = 5

// admins are those who can sign in.
func (c *Contents) admins(ctx context.Context) string {
	switch n := len(c.Admins); {
	case n == 0:
		return T(ctx, "restore.nobody")
	case n > shownAdmins:
		return T(ctx, "restore.and_more", strings.Join(c.Admins[:shownAdmins], ", "), strconv.Itoa(n-shownAdmins))
	}
	return strings.Join(c.Admins, ", ")
}
