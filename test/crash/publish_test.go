package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galena/internal/kit/cluster"
)

// crowd is how many people have to be brought to a new version: many parts of a
// sweep.
const crowd = 2000

// TestPublisherIsKilled kills the command that publishes in the midst of the sweep.
// What it left undone hurts nobody, and the next server does it.
func TestPublisherIsKilled(t *testing.T) {
	t.Parallel()
	publisherIsKilled(t, newFolder(t))
}

// TestPublisherOnADatabaseIsKilled is the same on PostgreSQL.
func TestPublisherOnADatabaseIsKilled(t *testing.T) {
	t.Parallel()
	publisherIsKilled(t, cluster.URL(t))
}

func publisherIsKilled(t *testing.T, place string) {
	t.Helper()
	books := editions(t, place)
	importCrowd(t, place)
	interrupted := 0
	const rounds = 3
	for round := range rounds {
		killPublisher(t, place, books[round%2])
		v := newestVersion(t, place)
		if v.Version != round+2 {
			t.Fatalf("after publication %d version %d is in force", round+1, v.Version)
		}
		if !v.Swept {
			interrupted++
		}
		expectWhole(t, place)
	}
	if interrupted == 0 {
		t.Error("The kill did not do what it is for: every sweep was over.")
	}
	s := serve(t, place)
	waitSwept(t, place)
	s.stop(t)
	expectWhole(t, place)
}

// TestServerIsKilledWhileItSweeps kills servers under load while playbooks are
// published, and expects of the log and the leads what is expected after any kill.
func TestServerIsKilledWhileItSweeps(t *testing.T) {
	t.Parallel()
	data := newFolder(t)
	books := editions(t, data)
	importCrowd(t, data)
	key := newKey(t, data)
	const seed = 20260106
	clients := make([]*client, clientCount)
	for i := range clients {
		clients[i] = newClient(seed, i, key)
	}
	const rounds = 3
	for round := range rounds {
		s := serve(t, data)
		sent := start(clients, s.url)
		// The command ends with the server, in whatever way.
		command := exec.Command(program, append([]string{"playbook", "publish", books[round%2], "--apply"}, at(data)...)...)
		waitInForce(t, command)
		s.kill()
		_ = command.Wait() // it may have done all before the kill
		for range clients {
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
		}
	}
	s := serve(t, data)
	for _, c := range clients {
		if err := c.finish(s.url); err != nil {
			t.Fatal(err)
		}
	}
	waitSwept(t, data)
	s.stop(t)
	if v := newestVersion(t, data); v.Version != rounds+1 {
		t.Errorf("version %d is in force after %d publications", v.Version, rounds)
	}
	report(t, compareLog(clients, withoutCrowd(readLog(t, data))))
	expectWhole(t, data)
}

// editions are two playbooks that are published by turns. The workspace begins
// with the second.
func editions(t *testing.T, place string) [2]string {
	t.Helper()
	const text = `
galena: 1
name: Edition
time_zone: UTC
signals:
  demo: {event: Demo Requested}
  any_page: {type: [page, screen, track]}
scores:
  interest:
    decay: {half_life: 30d}
    rules:
      - {on: demo, points: %d}
      - {on: any_page, points: 1, limit: 3 per day}
stages:
  - {name: Lead, role: identified, when: reachable && interest > 0}
  - {name: MQL, role: qualified, when: interest >= 40}
`
	var files [2]string
	for i, points := range []int{50, 20} {
		files[i] = filepath.Join(t.TempDir(), fmt.Sprintf("edition-%d.yaml", i))
		if err := os.WriteFile(files[i], fmt.Appendf(nil, text, points), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustGalena(t, append([]string{"import", crowdFile(t, 1), "--playbook", files[1]}, at(place)...)...)
	return files
}

func importCrowd(t *testing.T, place string) {
	t.Helper()
	mustGalena(t, append([]string{"import", crowdFile(t, crowd)}, at(place)...)...)
}

// crowdFile has so many people who asked for a demo.
func crowdFile(t *testing.T, people int) string {
	t.Helper()
	var b bytes.Buffer
	for i := range people {
		fmt.Fprintf(&b, `{"messageId":"crowd-%d","type":"track","event":"Demo Requested","userId":"crowd-%d","context":{"traits":{"email":"c%d@corp.example"}}}`+"\n", i, i, i)
	}
	file := filepath.Join(t.TempDir(), "crowd.ndjson")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func withoutCrowd(events []logged) []logged {
	var others []logged
	for _, e := range events {
		if !strings.HasPrefix(e.MessageID, "crowd-") {
			others = append(others, e)
		}
	}
	return others
}

// killPublisher publishes, and kills the command when it has said that the version
// is in force, which it says before it sweeps.
func killPublisher(t *testing.T, place, book string) {
	t.Helper()
	command := exec.Command(program, append([]string{"playbook", "publish", book, "--apply"}, at(place)...)...)
	waitInForce(t, command)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it was killed
}

// waitInForce starts a command that publishes and returns when it has said that it
// did.
func waitInForce(t *testing.T, command *exec.Cmd) {
	t.Helper()
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	diagnostics := &lockedBuffer{}
	command.Stderr = diagnostics
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	said := &lockedBuffer{}
	lines := bufio.NewScanner(io.TeeReader(out, said))
	for lines.Scan() {
		if strings.Contains(lines.Text(), "is in force since") {
			return
		}
	}
	t.Fatalf("it did not publish:\n%s%s", said, diagnostics)
}

// version is what `galena playbook list --json` tells of one.
type version struct {
	Version int  `json:"version"`
	InForce bool `json:"in_force"`
	Swept   bool `json:"swept"`
}

func newestVersion(t *testing.T, place string) version {
	t.Helper()
	out := strings.TrimSpace(mustGalena(t, append([]string{"playbook", "list", "--json"}, at(place)...)...))
	var v version
	if err := json.Unmarshal([]byte(out[strings.LastIndexByte(out, '\n')+1:]), &v); err != nil || !v.InForce {
		t.Fatalf("the last version is not in force: %v\n%s", err, out)
	}
	return v
}

// waitSwept waits until all leads are brought to the version in force.
func waitSwept(t *testing.T, place string) {
	t.Helper()
	for end := time.Now().Add(patience); !newestVersion(t, place).Swept; {
		if time.Now().After(end) {
			t.Fatalf("not swept after %s", patience)
		}
	}
}
