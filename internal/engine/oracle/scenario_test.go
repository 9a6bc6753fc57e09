package oracle

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"galena/internal/engine"
	"galena/internal/lead"
)

// TestScenarios holds the oracle and the engine to cases worked out by hand; see
// testdata/README.md.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			scenario(t, archive)
		})
	}
}

func scenario(t *testing.T, archive *txtar.Archive) {
	var versions []Version
	var events []lead.Event
	readings := 0
	for _, f := range archive.Files {
		switch name, _, _ := strings.Cut(f.Name, " "); name {
		case "playbook.yaml":
			versions = append(versions, parseVersion(t, f.Name, string(f.Data), len(versions)+1))
		case "events":
			events = parseEvents(t, string(f.Data))
		default:
			readings++
			var at lead.Time
			if err := at.UnmarshalText([]byte(f.Name)); err != nil {
				t.Fatal(err)
			}
			for name, fold := range folds {
				if got := fold(t, versions, events, at).String(); got != string(f.Data) {
					t.Errorf("%s at %s:\n%s", name, f.Name, difference(string(f.Data), got))
				}
			}
			if len(versions) == 1 {
				r := run{
					TB: t, engine: engine.New(versions[0].Plan), want: byOracle(t, versions[0].Plan, events, at), at: at,
					events: slices.DeleteFunc(inOrder(events), func(e lead.Event) bool { return e.Effective() > at }),
				}
				r.byWaking()
			}
		}
	}
	if readings == 0 {
		t.Error("the scenario reads nothing")
	}
}

// parseVersion reads a playbook; the words after its name say how it was published.
func parseVersion(t *testing.T, name, text string, number int) Version {
	v := Version{Plan: compile(t, text)}
	v.Plan.Version = number // ours alone
	for i, word := range strings.Fields(name)[1:] {
		switch {
		case i == 0:
			if err := v.From.UnmarshalText([]byte(word)); err != nil {
				t.Fatal(err)
			}
		case word == "apply":
			v.Apply = true
		case word == "silent":
			v.Silent = true
		default:
			t.Fatalf("%s: what is %q?", name, word)
		}
	}
	return v
}

// parseEvents reads the events of a scenario.
func parseEvents(t *testing.T, text string) []lead.Event {
	var events []lead.Event
	for i, row := range strings.Split(strings.TrimSpace(text), "\n") {
		spec := struct {
			At, Occurred                            lead.Time
			Backfill                                bool
			Type, Name, User, Email, Company, Group string
			Properties, Traits, Context             json.RawMessage
		}{Type: "track"}
		decoder := json.NewDecoder(strings.NewReader(row))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&spec); err != nil {
			t.Fatalf("event %d: %v", i+1, err)
		}
		sort, ok := lead.TypeNamed(spec.Type)
		if spec.Type == lead.Act.String() {
			sort, ok = lead.Act, true
			if spec.Name == "" {
				spec.Name = lead.ActStage
			}
		}
		if !ok {
			t.Fatalf("event %d: no type %q", i+1, spec.Type)
		}
		if spec.Occurred == 0 {
			spec.Occurred = spec.At
		}
		body, err := json.Marshal(map[string]json.RawMessage{
			"properties": spec.Properties, "traits": spec.Traits, "context": spec.Context,
		})
		if err != nil {
			t.Fatal(err)
		}
		e := lead.Event{
			Seq: int64(i + 1), MessageID: fmt.Sprintf("m%d", i+1), Type: sort, Name: spec.Name,
			UserID: spec.User, Email: spec.Email, Company: spec.Company, GroupID: spec.Group,
			Occurred: spec.Occurred, Received: spec.At, Backfill: spec.Backfill, Body: body,
		}
		if err := e.Open(); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// difference shows what is wanted and what was got, the lines that differ marked.
func difference(want, got string) string {
	var b strings.Builder
	in := func(text string) map[string]bool {
		set := map[string]bool{}
		for line := range strings.Lines(text) {
			set[line] = true
		}
		return set
	}
	show := func(heading, text string, other map[string]bool) {
		b.WriteString(heading + "\n")
		for line := range strings.Lines(text) {
			mark := "  "
			if !other[line] {
				mark = "! "
			}
			b.WriteString(mark + line)
		}
	}
	show("want", want, in(got))
	show("got", got, in(want))
	return b.String()
}
