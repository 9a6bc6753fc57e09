package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
)

// Playbooks are published while two nodes take events in, two at a time: each
// time one publisher is told of the other. Nobody tells the nodes; whatever they
// decided is what the log says.
func TestPublishingBesideNodes(t *testing.T) {
	t.Parallel()
	database := cluster.URL(t)
	nodes := []running{serve(t, Config{Data: database, Playbook: []byte(handbook)})}
	nodes = append(nodes, serve(t, Config{Data: database}))
	publishBeside(t, database, nodes)
}

// The same beside the server that owns a folder, which publishes for others.
func TestPublishingBesideAServer(t *testing.T) {
	t.Parallel()
	for name, dir := range folders(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			publishBeside(t, dir, []running{serve(t, Config{Data: dir, Playbook: []byte(handbook)})})
		})
	}
}

func publishBeside(t *testing.T, place string, nodes []running) {
	t.Helper()
	key := ""
	command := func(fn func(app.Writer) error) error { return Write(t.Context(), place, nil, fn) }
	if err := command(func(w app.Writer) (err error) {
		key, err = w.CreateKey(t.Context(), lead.ServerKey, "shop")
		return err
	}); err != nil {
		t.Fatal(err)
	}

	const rounds, each = 3, 40
	stop := make(chan struct{})
	var load sync.WaitGroup
	for n, node := range nodes {
		load.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					if i >= each {
						return
					}
				default:
				}
				body := fmt.Sprintf(`{"userId":"u%d","event":"Demo","messageId":"n%d-%d"}`, i%17, n, i)
				if status, answer := post(t, node.url+"/v1/track", key, body); status != http.StatusOK && status != http.StatusServiceUnavailable {
					t.Errorf("%d %s", status, answer)
					return
				}
			}
		})
	}
	for round := range rounds {
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i := range errs {
			source := strings.Replace(handbook, "points: 10", fmt.Sprintf("points: %d", 20+10*round+i), 1)
			both.Go(func() {
				errs[i] = command(func(w app.Writer) error {
					_, err := w.Publish(t.Context(), app.Proposal{Source: []byte(source), Base: round + 1, Apply: round%2 == 0})
					return err
				})
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || fault.KindOf(errors.Join(errs...)) != fault.Conflict {
			t.Errorf("round %d: of two publishers at once were told %v", round, errs)
		}
	}
	close(stop)
	load.Wait()
	if err := command(func(w app.Writer) error {
		for {
			if p, err := w.Sweep(t.Context()); err != nil || p.Over {
				return err
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	err := Read(t.Context(), place, func(r *app.Reader) error {
		if v := r.Plan().Version; v != rounds+1 {
			t.Errorf("version %d is in force", v)
		}
		leads, found, err := r.Verify(t.Context())
		if leads != 17 || len(found) > 0 {
			t.Errorf("verified %d leads: %v", leads, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
