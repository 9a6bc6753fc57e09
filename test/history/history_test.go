package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	_ "time/tzdata" // the playbook's days are the same wherever the tests run

	"galena/internal/app"
	"galena/internal/cli"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/store/postgres"
	"galena/internal/store/sqlite"
)

// defaultEvents keeps the test short; `make history` carries ten times as many.
const defaultEvents = 20_000

// TestHistory carries the same events, with the same clock, through the store in
// memory, SQLite and PostgreSQL. Whatever can be taken out of the three must be
// the same to the byte.
//
// GALENA_HISTORY is how many events, GALENA_SEED another history.
func TestHistory(t *testing.T) {
	t.Parallel()
	seed := uint64(number(t, "GALENA_SEED", 1))
	history := deliveries(number(t, "GALENA_HISTORY", defaultEvents), seed)
	folder, database := t.TempDir(), cluster.URL(t)

	makes := []struct {
		name string
		open func(clock func() lead.Time) (store.Store, error)
		at   []string // how commands are told of it; nil: they cannot be
	}{
		{"memory", func(clock func() lead.Time) (store.Store, error) { return memory.New(clock), nil }, nil},
		{"SQLite", func(clock func() lead.Time) (store.Store, error) {
			return sqlite.Open(t.Context(), filepath.Join(folder, "galena.db"), sqlite.Options{Clock: clock})
		}, []string{"--data", folder}},
		{"PostgreSQL", func(clock func() lead.Time) (store.Store, error) {
			return postgres.Open(t.Context(), database, postgres.Options{Clock: clock})
		}, []string{"--database-url", database}},
	}
	portraits := make([]portrait, len(makes))
	t.Run("carry", func(t *testing.T) {
		for i, s := range makes {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				portraits[i] = carry(t, history, s.open)
				t.Log(portraits[i])
				if s.at == nil {
					return
				}
				if log, exported := portraits[i].of("events"), export(t, s.at); exported != log {
					t.Errorf("galena export events differs from the log at %s", difference(log, exported))
				}
			})
		}
	})
	if t.Failed() {
		t.Fatalf("seed %d", seed)
	}
	want := portraits[0]
	want.expectLively(t)
	for i, got := range portraits {
		for k, section := range want {
			if section.text != got[k].text {
				t.Errorf("seed %d: %s: %s differ from memory's at %s", seed, makes[i].name, section.name, difference(section.text, got[k].text))
			}
		}
	}
}

// carry carries a history through a new workspace and takes everything out.
func carry(t *testing.T, history []delivery, open func(func() lead.Time) (store.Store, error)) portrait {
	t.Helper()
	var now atomic.Int64
	now.Store(int64(history[0].at))
	s, err := open(func() lead.Time { return lead.Time(now.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- a.Run(running, 0) }()
	day := history[0].at
	for _, d := range history {
		now.Store(int64(d.at))
		if d.at > day.Add(lead.Day) {
			day = d.at
			if err := a.Wake(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.Ingest(t.Context(), pipeline.Batch{Events: slices.Clone(d.events)}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	now.Add(30 * lead.Day) // silence, in which points fade
	if err := a.Wake(t.Context()); err != nil {
		t.Fatal(err)
	}
	if leads, wrong, err := a.Verify(t.Context()); err != nil || len(wrong) > 0 || leads == 0 {
		t.Errorf("verify: %d leads, %v, %v", leads, wrong, err)
	}
	p := paint(t, a, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

// export is what the program itself takes out.
func export(t *testing.T, at []string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	args := append([]string{"export", "events", "--format", "ndjson"}, at...)
	if code := cli.Main(t.Context(), args, cli.Terminal{Stdout: &out, Stderr: &complaints}); code != 0 {
		t.Fatalf("galena export ended with %d: %s", code, &complaints)
	}
	return out.String()
}

// portrait is all that can be seen of a workspace, as text.
type portrait []section

type section struct{ name, text string }

func (p portrait) of(name string) string {
	for _, s := range p {
		if s.name == name {
			return s.text
		}
	}
	return ""
}

// String tells how much there is, and its hashes.
func (p portrait) String() string {
	var words []string
	for _, s := range p {
		hash := sha256.Sum256([]byte(s.text))
		words = append(words, fmt.Sprintf("%d %s %x", strings.Count(s.text, "\n"), s.name, hash[:8]))
	}
	return strings.Join(words, ", ")
}

// expectLively checks that the history is what it is said to be.
func (p portrait) expectLively(t *testing.T) {
	t.Helper()
	for _, sign := range []struct{ section, part string }{
		{"decisions", `"retracted"`}, {"leads", `"Kind":"visitor"`}, {"leads", `"Kind":"contact"`}, {"leads", `"Kind":"lead"`},
		{"joins", "\n"}, {"events", `"backfill":true`}, {"counts", pipeline.CountDuplicates},
	} {
		if !strings.Contains(p.of(sign.section), sign.part) {
			t.Errorf("no %s is among the %s: the history is too tame", sign.part, sign.section)
		}
	}
}

// difference is the first line in which two texts differ.
func difference(want, got string) string {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		if i >= len(wants) || i >= len(gots) || wants[i] != gots[i] {
			return fmt.Sprintf("line %d of %d and %d:\n%s\n%s", i+1, len(wants), len(gots), strings.Join(wants[min(i, len(wants)):min(i+1, len(wants))], ""), strings.Join(gots[min(i, len(gots)):min(i+1, len(gots))], ""))
		}
	}
	return "no line"
}

func line(t *testing.T, to *bytes.Buffer, what any) {
	b, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	to.Write(append(b, '\n'))
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is not a number above 0.", name, text)
	}
	return n
}
