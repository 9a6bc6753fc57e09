package crash

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	defaultExchanges = 6
	shortExchanges   = 2
	// A server is killed so long after a restore was ordered, at most: some when it is
	// over.
	latestExchangeKill = 300 * time.Millisecond
)

var (
	setupCode   = regexp.MustCompile(`/setup\?code=(\w+)`)
	checkedForm = regexp.MustCompile(`name="sure"`)
)

// TestKilledExchanges kills servers, under load, while a backup takes the place of
// their workspace. What is there then is the old workspace with all that was
// acknowledged, or the one of the backup, with the old one whole in what was kept.
//
// GALENA_EXCHANGES is how often.
func TestKilledExchanges(t *testing.T) {
	t.Parallel()
	rounds := number(t, "GALENA_EXCHANGES", defaultExchanges)
	if testing.Short() {
		rounds = min(rounds, shortExchanges)
	}
	outcomes := map[string]int{}
	for range rounds {
		outcomes[killedExchange(t)]++
	}
	t.Logf("after the kills: %v", outcomes)
}

func killedExchange(t *testing.T) (outcome string) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	data := newFolder(t)
	key := newKey(t, data)
	s := serve(t, data)
	before := newClient(seed, 0, key)
	if err := sendBatches(before, s.url, 20); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "x.backup")
	mustGalena(t, "backup", "--data", data, backup)
	// What comes after the backup tells the two workspaces apart.
	marker := newClient(seed, 1, key)
	if err := sendBatches(marker, s.url, 1); err != nil {
		t.Fatal(err)
	}
	path, code := bringBackup(t, s, backup)
	clients := []*client{newClient(seed, 2, key), newClient(seed, 3, key)}
	sent := start(clients, s.url)
	resp, err := http.PostForm(s.url+path, url.Values{"code": {code}, "sure": {"yes"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("a restore is answered %s", resp.Status)
	}
	// The moment of the kill is chance, not a wait for something.
	time.Sleep(rand.N(latestExchangeKill))
	s.kill()
	for range clients {
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	serve(t, data).stop(t)
	expectWhole(t, data)
	expectAcknowledged(t, readLog(t, data), before)
	held := idsOf(readLog(t, data))
	if held["m-1-0"] {
		expectAcknowledged(t, readLog(t, data), marker, clients[0], clients[1])
		return "old"
	}
	kept, err := filepath.Glob(filepath.Join(data, "replaced", "*.backup"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept is %q, %v", kept, err)
	}
	again := newFolder(t)
	mustGalena(t, "restore", "--data", again, kept[0])
	expectWhole(t, again)
	// What a client sent on after it was over is in the new one.
	expectAcknowledged(t, append(readLog(t, again), readLog(t, data)...), before, marker, clients[0], clients[1])
	return "new"
}

// sendBatches sends so many batches, all of which have to be taken.
func sendBatches(c *client, at string, batches int) error {
	for range batches {
		first := len(c.fates)
		c.pending = [2]int{first, first + 1 + c.random.IntN(maxBatch)}
		c.fates = append(c.fates, make([]fate, c.pending[1]-first)...)
		if err := c.finish(at); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(log []logged) map[string]bool {
	ids := map[string]bool{}
	for i := range log {
		ids[log[i].MessageID] = true
	}
	return ids
}

// expectAcknowledged demands that everything is in a log that clients were told is.
func expectAcknowledged(t *testing.T, log []logged, clients ...*client) {
	t.Helper()
	held := idsOf(log)
	for _, c := range clients {
		for n, fate := range c.fates {
			if id := fmt.Sprintf("m-%d-%d", c.number, n); fate == acknowledged && !held[id] {
				t.Errorf("%s was acknowledged and is lost", id)
			}
		}
	}
}

// bringBackup brings a backup to a server that nobody has set up, and waits until it was
// checked.
func bringBackup(t *testing.T, s *server, file string) (path, code string) {
	t.Helper()
	end := time.Now().Add(patience)
	for code == "" {
		if found := setupCode.FindStringSubmatch(s.log.String()); found != nil {
			code = found[1]
		} else if time.Now().After(end) {
			t.Fatalf("nobody is told how to set it up:\n%s", s.log)
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("code", code); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", "x.backup")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(s.url+"/setup/restore", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	for {
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if path = resp.Request.URL.Path; checkedForm.Match(text) {
			return path, code
		}
		if resp.StatusCode != http.StatusOK || time.Now().After(end) || strings.Contains(string(text), "cannot be restored") {
			t.Fatalf("a backup is answered %s: %s", resp.Status, text)
		}
		if resp, err = http.Get(resp.Request.URL.String()); err != nil {
			t.Fatal(err)
		}
	}
}
