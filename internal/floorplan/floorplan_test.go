// Package floorplan reads the source files and checks that the house stands as
// planned: every package on a floor, imports pointing down only, the pure
// packages pure. The plan is in plan_test.go.
//
// It holds tests only.
package floorplan

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheHouseStandsAsPlanned(t *testing.T) {
	t.Parallel()
	packages, err := read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 10 {
		t.Fatalf("only %d packages were found: is the root right?", len(packages))
	}
	for _, wrong := range check(packages) {
		t.Error(wrong)
	}
}

func TestThePlanNamesEachPackageOnce(t *testing.T) {
	t.Parallel()
	names, dirs := map[string]bool{}, map[string]bool{}
	for _, f := range plan {
		if names[f.name] {
			t.Errorf("two floors are named %q", f.name)
		}
		names[f.name] = true
		for _, dir := range f.packages {
			if dirs[dir] {
				t.Errorf("%s is planned twice", dir)
			}
			dirs[dir] = true
		}
	}
	for _, f := range plan {
		for _, other := range slices.Concat(f.only, f.never, f.users) {
			if !names[other] {
				t.Errorf("%q speaks of a floor %q, which is not there", f.name, other)
			}
		}
	}
	for library, owner := range owners {
		if !dirs[owner] {
			t.Errorf("%s is owned by %s, which is not there", library, owner)
		}
	}
}

// TestViolationsAreSeen breaks each rule of the plan in a small house.
func TestViolationsAreSeen(t *testing.T) {
	t.Parallel()
	const comment = "// Package p is here for the test.\n"
	tests := []struct {
		name, file, text string
		want             string // a part of the only finding; "" for none
	}{
		{"down is allowed", "internal/pipeline/a.go", comment + `package p; import "galena/internal/engine"`, ""},
		{"up is not", "internal/engine/a.go", comment + `package p; import "galena/internal/pipeline"`, `"pipeline" is not below "engine"`},
		{"down within a floor", "internal/playbook/a.go", comment + `package p; import "galena/internal/rule"`, ""},
		{"up within a floor", "internal/rule/a.go", comment + `package p; import "galena/internal/playbook"`, "imports point down only"},
		{"a face and the contract", "internal/tracking/a.go", comment + `package p; import "galena/internal/store"`, `"faces" never knows "contract"`},
		{"a face and a store", "internal/tracking/a.go", comment + `package p; import "galena/internal/store/sqlite"`, `"faces" never knows "stores"`},
		{"only server knows stores", "internal/app/a.go", comment + `package p; import "galena/internal/store/memory"`, `"app" never knows "stores"`},
		{"server knows stores", "internal/server/a.go", comment + `package p; import "galena/internal/store/sqlite"`, ""},
		{"a store decides nothing", "internal/store/sqlite/a.go", comment + `package p; import "galena/internal/engine"`, `"stores" knows only`},
		{"a kit is a leaf", "internal/kit/flock/a.go", comment + `package p; import "galena/internal/lead"`, `"kits" knows only nobody`},
		{"the oracle and the engine", "internal/engine/oracle/a.go", comment + `package p; import "galena/internal/engine"`, `"test helpers" knows only`},
		{"test helpers do not ship", "internal/server/a.go", comment + `package p; import "galena/internal/kit/need"`, "imports point down only"},
		{"a test may know more", "internal/tracking/a_test.go", comment + `package p; import "galena/internal/store/memory"`, ""},
		{"unknown to the plan", "internal/util/a.go", comment + `package p`, "internal/util stands on no floor"},
		{"imports the unknown", "internal/app/a.go", comment + `package p; import "galena/internal/util"`, "it stands on no floor"},
		{"no comment", "internal/app/a.go", `package p`, "has no package comment"},
		{"a wrapped library", "internal/playbook/a.go", comment + `package p; import "cel.dev/cel-go/cel"`, "internal/rule wraps that library"},
		{"its owner", "internal/rule/a.go", comment + `package p; import "cel.dev/cel-go/cel"`, ""},
		{"pure and files", "internal/lead/a.go", comment + `package p; import "os"`, `"ground" is pure`},
		{"pure and HTTP", "internal/rule/a.go", comment + `package p; import "net/http"`, "is pure"},
		{"pure and logs", "internal/rule/a.go", comment + `package p; import "log/slog"`, "is pure"},
		{"pure and chance", "internal/engine/a.go", comment + `package p; import "math/rand/v2"`, "is pure"},
		{"pure and contexts", "internal/engine/a.go", comment + `package p; import "context"`, "is pure"},
		{"pure and addresses", "internal/identity/a.go", comment + `package p; import "net/mail"`, ""},
		{"pure and the clock", "internal/engine/a.go", comment + `package p; import "time"; var x = time.Now()`, "a.go:2 uses time.Now"},
		{"pure and a renamed clock", "internal/engine/a.go", comment + `package p; import clock "time"; var x = clock.Since`, "uses time.Since"},
		{"pure and a dotted clock", "internal/engine/a.go", comment + `package p; import . "time"`, "uses time.."},
		{"pure and dates", "internal/engine/a.go", comment + `package p; import "time"; var x = time.UTC`, ""},
		{"the shell has a clock", "internal/server/a.go", comment + `package p; import "time"; var x = time.Now()`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			packages, err := read(fstest.MapFS{test.file: {Data: []byte(test.text)}})
			if err != nil {
				t.Fatal(err)
			}
			wrong := check(packages)
			switch {
			case test.want == "" && len(wrong) > 0:
				t.Errorf("found %q in a house that is well", wrong)
			case test.want != "" && (len(wrong) != 1 || !strings.Contains(wrong[0], test.want)):
				t.Errorf("found %q, want one that says %q", wrong, test.want)
			}
		})
	}
}
