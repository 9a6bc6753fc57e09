//go:build unix

package cluster

import (
	"errors"
	"path/filepath"
	"testing"

	"galena/internal/kit/need"
)

// Outage is a server of a test's own, which it may stop and start again.
type Outage struct {
	// URL is that of an empty database on it.
	URL string
	c   *cluster
}

// New starts a server for one test.
func New(t testing.TB) *Outage {
	t.Helper()
	c, err := start()
	if errors.Is(err, errNotInstalled) {
		need.Missing(t, "the server programs of PostgreSQL are not installed")
	}
	if err != nil {
		t.Fatalf("A private PostgreSQL cannot be started: %v", err)
	}
	t.Cleanup(func() { c.leash.Close() })
	return &Outage{c.database(t), c}
}

// Stop stops the server as an operator does who does not wait for its clients.
func (o *Outage) Stop(t testing.TB) { o.control(t, "stop", "-m", "fast") }

// Start starts it again.
func (o *Outage) Start(t testing.TB) {
	o.control(t, "start", "-l", filepath.Join(o.c.folder, "log"), "-o", "-k "+o.c.folder)
}

func (o *Outage) control(t testing.TB, args ...string) {
	t.Helper()
	command := o.c.as(filepath.Join(o.c.programs, "pg_ctl"), append([]string{"-D", filepath.Join(o.c.folder, "data"), "-w"}, args...)...)
	// Its output stays open in the server that it starts, so nobody reads it.
	if err := command.Run(); err != nil {
		t.Fatalf("pg_ctl %v: %v", args, err)
	}
}
