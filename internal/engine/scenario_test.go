package engine_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"galena/internal/engine"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/playbook"
)

var update = flag.Bool("update", false, "write what the engine says into the scenario files")

// A scenario is a txtar file: playbook.yaml, events (a JSON object a line, in
// the order in which they were received) and want: what the engine decides and
// explains at the moments that the events file asks for by {"look": …}.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenario/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]*txtar.File{}
			for i := range archive.Files {
				parts[archive.Files[i].Name] = &archive.Files[i]
			}
			got := tell(t, parts["playbook.yaml"].Data, parts["events"].Data)
			if want := parts["want"]; string(want.Data) != got {
				if !*update {
					t.Errorf("the engine says\n%s\nexpected\n%s", got, want.Data)
					return
				}
				want.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type scenarioEvent struct {
	Look     lead.Time      `json:"look"`
	At       lead.Time      `json:"at"`       // received
	Occurred lead.Time      `json:"occurred"` // default: as received
	Backfill bool           `json:"backfill"`
	Type     string         `json:"type"` // default track
	Event    string         `json:"event"`
	User     string         `json:"user"`
	Group    string         `json:"group"`
	Props    map[string]any `json:"properties"`
	Traits   map[string]any `json:"traits"`
}

func tell(t *testing.T, source, events []byte) string {
	_, plan, problems := playbook.Load(source, 1)
	for _, p := range problems {
		if plan == nil || p.Severity == playbook.Error {
			t.Fatalf("playbook: %s", p)
		}
	}
	var log []lead.Event
	var out strings.Builder
	for i, line := range bytes.Split(bytes.TrimSpace(events), []byte("\n")) {
		var s scenarioEvent
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&s); err != nil {
			t.Fatalf("event line %d: %v", i+1, err)
		}
		if s.Look != 0 {
			show(&out, plan, log, s.Look)
			continue
		}
		e := lead.Event{
			Seq: int64(i + 1), MessageID: fmt.Sprintf("line %d", i+1), Type: lead.Track, Name: s.Event, UserID: s.User, GroupID: s.Group,
			Occurred: s.Occurred, Received: s.At, Backfill: s.Backfill, Properties: s.Props, Traits: s.Traits,
		}
		if e.Occurred == 0 {
			e.Occurred = s.At
		}
		if s.Type != "" {
			e.Type, _ = lead.TypeNamed(s.Type)
			if s.Type == lead.Act.String() {
				e.Type = lead.Act
			}
		}
		if address, ok := s.Traits["email"].(string); ok {
			e.Email, _, _ = identity.Email(address)
			e.Company = identity.Company(e.Email)
		}
		log = append(log, e)
	}
	return out.String()
}

func show(out *strings.Builder, plan *playbook.Plan, log []lead.Event, at lead.Time) {
	events := slices.Clone(log)
	slices.SortStableFunc(events, func(a, b lead.Event) int {
		switch {
		case a.Before(&b):
			return -1
		case b.Before(&a):
			return 1
		}
		return 0
	})
	x := engine.New(plan).Explain(events, at)
	fmt.Fprintf(out, "at %s: stage %q", at, x.Stage)
	if x.Excluded != "" {
		fmt.Fprintf(out, ", excluded by %s", x.Excluded)
	}
	fmt.Fprintln(out)
	for _, d := range x.Decisions {
		fmt.Fprintf(out, "  entered %s at %s because of %q\n", d.Stage, d.At, d.Event)
	}
	for _, s := range x.Scores {
		fmt.Fprintf(out, "  %s %s\n", s.Name, s.Points)
		for _, l := range s.Lines {
			fmt.Fprintf(out, "    %8s %s", l.Points, l.Rule)
			for _, part := range []struct {
				name string
				p    lead.Points
			}{{"raw", l.Raw}, {"limited", l.Limited}, {"capped", l.Capped}, {"decayed", l.Decayed}} {
				if part.p != 0 && part.p != l.Points {
					fmt.Fprintf(out, " %s %s", part.name, part.p)
				}
			}
			if l.Failed {
				fmt.Fprint(out, " not reckoned")
			}
			if l.Signal != "" {
				fmt.Fprintf(out, " %s", l.Signal)
			}
			if l.Event != "" {
				fmt.Fprintf(out, " (%s)", l.Event)
			}
			if l.At != 0 {
				fmt.Fprintf(out, " %s", l.At)
			}
			fmt.Fprintln(out)
		}
	}
}
