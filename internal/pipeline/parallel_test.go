package pipeline_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// paired is a store whose transactions end two at a time.
type paired struct {
	store.Store
	pair sync.WaitGroup
}

func (p *paired) Write(ctx context.Context, fn func(store.Tx) error) error {
	err := p.Store.Write(ctx, fn)
	p.pair.Done()
	p.pair.Wait()
	return err
}

// While one commit is under way the next one is made, where that was said.
func TestCommitsAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := &clock{midday}
		shelved := memory.New(clock.read)
		err := shelved.Write(t.Context(), func(tx store.Tx) error {
			return tx.PutPlaybook(store.Playbook{Version: 1, Source: []byte(handbook)})
		})
		if err != nil {
			t.Fatal(err)
		}
		s := &paired{Store: shelved}
		s.pair.Add(2)
		p := pipeline.New(s, &pipeline.Versions{})
		p.Parallel(2)
		running, stop := context.WithCancel(t.Context())
		stopped := make(chan error)
		go func() { stopped <- p.Run(running, 0) }()
		say := func(user string) *pipeline.Waiting {
			return p.Hand(pipeline.Batch{Events: []lead.Event{{MessageID: user, Type: lead.Track, Origin: lead.Server, UserID: user}}})
		}
		first := say("ada")
		synctest.Wait() // its commit is under way, and does not end without another
		second := say("bo")
		for _, call := range []*pipeline.Waiting{first, second} {
			if r, err := call.Answer(t.Context()); err != nil || r.Accepted != 1 {
				t.Errorf("told %+v, %v", r, err)
			}
		}
		stop()
		if err := <-stopped; err != nil {
			t.Errorf("it stopped with %v", err)
		}
	})
}
