package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"galena/internal/cli"
	"galena/internal/kit/cluster"
)

// run runs a command line that must end with a code, and gives what it printed.
func run(t *testing.T, exit int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := cli.Main(t.Context(), args, cli.Terminal{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}); got != exit {
		t.Fatalf("galena %s ended with %d: %s", strings.Join(args, " "), got, errs.String())
	}
	return out.String()
}

// A dry run says what the real one then does, of a new workspace and of one that
// knows much of the file, and changes nothing.
func TestADryRunTellsTheTruth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{
		"plain.csv":  "Email,Name\nann@corp.example,Ann\nbob@corp.example,Bob\n",
		"more.csv":   "Email,Name\nann@corp.example,Ann\ncid@corp.example,Cid\n",
		"twice.csv":  "Email\nann@corp.example\nann@corp.example\nnobody\n",
		"torn.csv":   "Email;Note\nann@corp.example;\"a\nb@corp.example;\"x\"y\n;\n",
		"forms.csv":  "created_time,ad_name,form_name,email\n2025-01-29T10:00:00+0000,Video,Quote,ida@corp.example\nsoon,Video,Quote,ida@corp.example\n",
		"log.ndjson": `{"type":"track","userId":"u","event":"A","messageId":"m1"}` + "\n" + `{"type":"track","userId":"u","event":"A","messageId":"m1"}` + "\n{}\n",
	}
	data := filepath.Join(dir, "data")
	imported := func(name string, more ...string) map[string]any {
		var result map[string]any
		text := run(t, 0, append([]string{"import", filepath.Join(dir, name), "--data", data, "--json"}, more...)...)
		if err := json.Unmarshal([]byte(text), &result); err != nil {
			t.Fatal(err)
		}
		return result
	}
	for _, name := range []string{"plain.csv", "more.csv", "twice.csv", "torn.csv", "forms.csv", "log.ndjson"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		portrait := func() string {
			if _, err := os.Stat(data); err != nil {
				return ""
			}
			return run(t, 0, "export", "events", "--data", data) + run(t, 0, "rejects", "export", "--data", data)
		}
		before := portrait()
		said := imported(name, "--dry-run")
		if portrait() != before {
			t.Errorf("%s: a dry run changed something", name)
		}
		done := imported(name)
		if said["dry_run"] != true || done["dry_run"] != false {
			t.Errorf("%s: dry_run is %v, then %v", name, said["dry_run"], done["dry_run"])
		}
		said["dry_run"] = false
		if fmt.Sprint(said) != fmt.Sprint(done) {
			t.Errorf("%s: the dry run says %v, then %v is done", name, said, done)
		}
	}
}

// Two commands that import files which overlap, at once, on two nodes of one
// database: each row lands once, and each reject.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	url, dir := cluster.URL(t), t.TempDir()
	run(t, 0, "import", "testdata/shared/events.ndjson", "--database-url", url) // makes the workspace
	const rows, shared = 1500, 500
	table := func(name string, from int) string {
		var b strings.Builder
		b.WriteString("Email,Note\n")
		for i := range rows {
			fmt.Fprintf(&b, "p%d@corp.example,%d\n", from+i, from+i)
			if i%100 == 0 {
				fmt.Fprintf(&b, "nobody %d,\n", from+i)
			}
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var all sync.WaitGroup
	for _, file := range []string{table("a.csv", 0), table("b.csv", rows-shared)} {
		all.Go(func() { run(t, 0, "import", file, "--database-url", url) })
	}
	all.Wait()
	count := func(of string, args ...string) int {
		return strings.Count(run(t, 0, append(args, "--database-url", url)...), of)
	}
	if n := count(`"type":"identify","event":"","name":"","user_id":""`, "export", "events", "--format", "ndjson"); n != 2*rows-shared {
		t.Errorf("%d rows are in, want %d", n, 2*rows-shared)
	}
	if n := count(`"code":"bad_email"`, "rejects", "export"); n != (2*rows-shared)/100 {
		t.Errorf("%d rejects are kept, want %d", n, (2*rows-shared)/100)
	}
	run(t, 0, "verify", "--database-url", url)
}

// Whom an export names is the same people in the empty workspace that imports it: with
// each of their ids and addresses, and with what is known of them.
func TestAnExportOfLeadsIsImportedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "log.ndjson")
	if err := os.WriteFile(log, []byte(`{"type":"identify","userId":"ann","messageId":"1","traits":{"email":"Ann@corp.example","title":"CEO; founder"}}
{"type":"identify","userId":"ann-2","messageId":"2","traits":{"email":"ann@corp.example"}}
{"type":"identify","userId":"ann","messageId":"3","traits":{"email":"ann@home.example"}}
{"type":"identify","userId":"bob","messageId":"4","traits":{"first_name":"Bob"}}
{"type":"identify","userId":"bob-2","messageId":"5"}
{"type":"alias","userId":"bob","previousId":"bob-2","messageId":"6"}
{"type":"identify","anonymousId":"x","messageId":"7","traits":{"email":"cid@corp.example","employees":12.5}}
{"type":"page","anonymousId":"y","messageId":"8","name":"Home"}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	first, second, file := filepath.Join(dir, "first"), filepath.Join(dir, "second"), filepath.Join(dir, "leads.csv")
	run(t, 0, "import", log, "--data", first)
	run(t, 0, "export", "leads", "--kind", "lead,contact,visitor", "--data", first, "-o", file)
	people := func(data string) []string {
		all := []string{}
		for line := range strings.Lines(run(t, 0, "export", "leads", "--data", data, "--format", "ndjson")) {
			var x struct {
				Emails     []string       `json:"emails"`
				UserIDs    []string       `json:"user_ids"`
				Attributes map[string]any `json:"attributes"`
			}
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				t.Fatal(err)
			}
			if len(x.Emails)+len(x.UserIDs) > 0 {
				all = append(all, fmt.Sprint(x.UserIDs, x.Emails, x.Attributes))
			}
		}
		slices.Sort(all)
		return all
	}
	want := people(first)
	if len(want) != 3 || !strings.HasPrefix(want[1], "[ann ann-2] [Ann@corp.example ann@home.example]") || !strings.HasPrefix(want[2], "[bob bob-2] []") {
		t.Fatalf("exported are %q", want)
	}
	for _, again := range []string{"the first time", "again"} {
		run(t, 0, "import", file, "--data", second)
		if got := people(second); !slices.Equal(got, want) {
			t.Errorf("%s they are\n%q, want\n%q", again, got, want)
		}
	}
	if refused := run(t, 0, "rejects", "export", "--data", second); strings.Count(refused, "no_user_anon_id") != 1 {
		t.Errorf("besides the visitor are refused:\n%s", refused)
	}
}
