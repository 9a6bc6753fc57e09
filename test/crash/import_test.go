package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	defaultImportKills = 6
	importRows         = 3000
)

// The points do not fade, so that two workspaces are alike whenever one looks.
const importPlaybook = `galena: 1
name: Fair
time_zone: UTC
attributes: {employees: {type: number}}
signals: {badge: {event: Badge Scanned}}
scores:
  fit: {rules: [{name: size, when: employees >= 50, points: 20}]}
  interest: {rules: [{on: badge, points: 15, limit: 3}]}
totals: {score: {sum: [fit, interest]}}
stages: [{name: Lead, role: identified, when: reachable && count(badge) >= 1}, {name: MQL, role: qualified, when: score >= 35}]
`

const importMapping = `source: fair
email: Email
occurred: Seen
traits: {employees: {column: Staff, type: number}}
events: [{event: Badge Scanned, times: {column: Badges, max: 3}}]
`

// TestImportKills kills an import again and again wherever it is in its file. In
// the end every row is in once, what was refused is kept once, and the workspace is
// the one that an import makes which nobody disturbs.
//
// GALENA_IMPORT_KILLS is how often, GALENA_SEED repeats an earlier run.
func TestImportKills(t *testing.T) {
	t.Parallel()
	kills := number(t, "GALENA_IMPORT_KILLS", defaultImportKills)
	if testing.Short() {
		kills = min(kills, shortKills)
	}
	seed := uint64(number(t, "GALENA_SEED", int(time.Now().UnixNano())))
	t.Logf("%d kills, GALENA_SEED=%d", kills, seed)
	random := rand.New(rand.NewPCG(seed, 1))

	dir := t.TempDir()
	files := map[string]string{"playbook.yaml": importPlaybook, "mapping.yaml": importMapping, "rows.csv": importTable(random)}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	words := func(file, data string) []string {
		return []string{
			"import", file, "--format", "csv", "--mapping", filepath.Join(dir, "mapping.yaml"),
			"--playbook", filepath.Join(dir, "playbook.yaml"), "--backfill", "--json", "--data", data,
		}
	}
	killed, whole := newFolder(t), newFolder(t)
	table := files["rows.csv"]
	for range kills {
		cmd := exec.Command(program, words("-", killed)...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// It is killed when it has been given so much, and has read most of that.
		if _, err := in.Write([]byte(table[:random.IntN(len(table))])); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, as it should be
	}

	type result struct{ Rows, Events, Accepted, Duplicates, Rejected int }
	var last, only result
	for into, text := range map[*result]string{
		&last: mustGalena(t, words(filepath.Join(dir, "rows.csv"), killed)...),
		&only: mustGalena(t, words(filepath.Join(dir, "rows.csv"), whole)...),
	} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if last.Rows != importRows || last.Events != only.Events || last.Accepted+last.Duplicates != last.Events || last.Rejected != only.Rejected {
		t.Errorf("after the kills it says %+v, undisturbed %+v", last, only)
	}
	t.Logf("the last import found %d of %d events known", last.Duplicates, last.Events)
	expectWhole(t, killed)
	if a, b := mustGalena(t, "export", "leads", "--data", killed), mustGalena(t, "export", "leads", "--data", whole); a != b {
		t.Error("the leads are others than without the kills")
	}
	ids := func(data string) []string {
		var all []string
		for line := range bytes.Lines([]byte(mustGalena(t, "export", "events", "--format", "ndjson", "--data", data))) {
			var e struct {
				MessageID string `json:"message_id"`
			}
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatal(err)
			}
			all = append(all, e.MessageID)
		}
		slices.Sort(all)
		return all
	}
	if a, b := ids(killed), ids(whole); !slices.Equal(a, b) || len(slices.Compact(a)) != only.Events {
		t.Errorf("%d events are in the log, %d without the kills, of %d", len(a), len(b), only.Events)
	}
	rejects := func(data string) int {
		return strings.Count(mustGalena(t, "rejects", "list", "--limit", "0", "--json", "--data", data), `"seq":`)
	}
	if a, b := rejects(killed), rejects(whole); a != b || a == 0 {
		t.Errorf("%d rejects are kept, %d without the kills", a, b)
	}
}

// importTable is a table of people, some of them refused.
func importTable(random *rand.Rand) string {
	var b strings.Builder
	b.WriteString("Email,Seen,Staff,Badges,Note\n")
	for i := range importRows {
		staff := fmt.Sprint(random.IntN(200))
		if i%50 == 7 {
			staff = "many"
		}
		fmt.Fprintf(&b, "p%d@firm%d.example,2026-01-%02d,%s,%d,\"row %d, \"\"quoted\"\"\"\n", i, i%700, 1+random.IntN(28), staff, random.IntN(4), i)
	}
	return b.String()
}
