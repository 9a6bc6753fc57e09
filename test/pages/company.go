package pages

import (
	"context"
	"sync"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
	"galena/internal/sim"
)

// Company is a server with an invented company's year of history.
type Company struct {
	Base string // its address
	Key  string // a server key
}

// people is how many the company met: enough for every page to have something.
const people = 150

// Serve starts a server with a company on a place: a folder, or a database. With
// demo anybody may enter as one of its users.
func Serve(t testing.TB, place string, demo bool) Company {
	t.Helper()
	return ServeUnder(t, nil, place, demo)
}

// ServeUnder is Serve under a playbook; nil is the usual one.
func ServeUnder(t testing.TB, playbook []byte, place string, demo bool) Company {
	t.Helper()
	fillUnder(t, playbook, place)
	cfg := server.Config{Data: place, Listen: "127.0.0.1:0", Design: true}
	if demo {
		cfg.Demo = &server.Demo{Company: "Tidewater Systems"}
	}
	return serve(t, cfg)
}

// Fill writes the history of a company to a place.
func Fill(t testing.TB, place string) {
	t.Helper()
	fillUnder(t, nil, place)
}

func fillUnder(t testing.TB, playbook []byte, place string) {
	t.Helper()
	end := lead.TimeOf(time.Now())
	company := sim.New(7, sim.Options{Leads: people, Start: end.Add(-365 * lead.Day), End: end})
	err := server.Hold(t.Context(), place, playbook, func(o *server.Owned) error {
		var batch pipeline.Batch
		company.History(func(e lead.Event) bool {
			e.Backfill = true
			batch.Events = append(batch.Events, e)
			return true
		})
		for from := 0; from < len(batch.Events); from += 1000 {
			if _, err := o.Ingest(t.Context(), pipeline.Batch{Events: batch.Events[from:min(from+1000, len(batch.Events))]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ServeDemo starts a server on a new place that anybody may enter, without any
// history.
func ServeDemo(t testing.TB, place string) Company {
	t.Helper()
	return serve(t, server.Config{Data: place, Listen: "127.0.0.1:0", Demo: &server.Demo{Company: "<script>__x(50)</script>"}})
}

// ServeEmpty starts a server on a new place, and tells where it is set up.
func ServeEmpty(t testing.TB, place string) (c Company, welcome string) {
	t.Helper()
	cfg := server.Config{Data: place, Listen: "127.0.0.1:0", Welcome: func(path string) { welcome = path }}
	return serve(t, cfg), welcome
}

func serve(t testing.TB, cfg server.Config) (c Company) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	addresses, ended := make(chan string, 1), make(chan error, 1)
	cfg.Ready = func(addr string) { addresses <- addr }
	var key string
	var keyed sync.WaitGroup
	keyed.Add(1)
	cfg.Live = func(ctx context.Context, o *server.Owned) (err error) {
		defer keyed.Done()
		key, err = o.CreateKey(ctx, lead.ServerKey, "test")
		return err
	}
	go func() { ended <- server.Serve(ctx, cfg) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	select {
	case addr := <-addresses:
		keyed.Wait()
		return Company{Base: "http://" + addr, Key: key}
	case err := <-ended:
		ended <- nil
		t.Fatalf("the server ended: %v", err)
	case <-time.After(patience):
		t.Fatal("the server was not ready in time")
	}
	return c
}

// Enter enters a demo as the user with a role.
func (b *Browser) Enter(role string) {
	b.Helper()
	b.Go("/demo")
	b.Submit(`button[data-role="` + role + `"]`)
}

// Draft begins a draft, of a shipped playbook or with "" of the one in force, and
// gives the path of its page, which is shown.
func (b *Browser) Draft(name, shipped string) string {
	b.Helper()
	b.Go("/playbook/drafts")
	b.Fill("#name", name)
	if shipped != "" {
		b.Fill("#source", shipped)
	}
	b.Submit("form[action='/playbook/drafts'] button.primary")
	return Eval[string](b, "location.pathname")
}
