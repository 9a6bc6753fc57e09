package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/store"
)

// What time alone brings is decided by one of two nodes, whichever comes first,
// and by none twice.
func TestWakesAreClaimedOnce(t *testing.T) {
	t.Parallel()
	const people = 300
	const patience = 30 * time.Second
	database := cluster.URL(t)
	soon := strings.Replace(handbook, "since(demo) >= 2d", "since(demo) >= 1s", 1)
	nodes := [2]running{serve(t, Config{Data: database, Playbook: []byte(soon)}), serve(t, Config{Data: database})}
	var key string
	err := Write(t.Context(), database, nil, func(w app.Writer) (err error) {
		key, err = w.CreateKey(t.Context(), lead.ServerKey, "shop")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var batch [2][]map[string]string
	for n := range people {
		batch[n%2] = append(batch[n%2], map[string]string{"type": "track", "event": "Demo", "userId": fmt.Sprint("u", n), "messageId": fmt.Sprint("m", n)})
	}
	for i, node := range nodes {
		body, err := json.Marshal(map[string]any{"batch": batch[i]})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := post(t, node.url+"/v1/batch", key, string(body)); status != http.StatusOK {
			t.Fatalf("node %d: %d %s", i, status, answer)
		}
	}

	s, err := openDatabase(t.Context(), database, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	deadline, poll := time.After(patience), time.NewTicker(50*time.Millisecond)
	defer poll.Stop()
	for decided := int64(0); decided < 2*people; {
		err := s.Read(t.Context(), func(view store.Snapshot) error {
			c, err := view.Counts()
			decided = c.Decisions
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("%d of %d decisions within %s", decided, 2*people, patience)
		}
	}
	for i, node := range nodes { // what is left to be done twice is done before they stop
		if err := node.stop(); err != nil {
			t.Errorf("node %d stopped with %v", i, err)
		}
	}
	err = s.Read(t.Context(), func(view store.Snapshot) error {
		rows, err := view.Leads(0, 2*people)
		if err != nil {
			return err
		}
		if len(rows) != people {
			t.Errorf("%d leads, want %d", len(rows), people)
		}
		for _, row := range rows {
			log, err := view.Decisions(row.ID)
			if err != nil {
				return err
			}
			if len(log) != 2 || log[0].Stage != "Lead" || log[1].Stage != "Patient" || log[1].At > log[0].At.Add(lead.Second) {
				t.Errorf("%s: decided was %+v", row.ID, log)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = Read(t.Context(), database, func(r *app.Reader) error {
		_, found, err := r.Verify(t.Context())
		if len(found) > 0 {
			t.Errorf("verify: %v", found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
