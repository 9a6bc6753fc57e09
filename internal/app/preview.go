package app

import (
	"context"
	"crypto/sha256"
	"runtime"
	"sync"

	"galena/internal/fault"
	"galena/internal/lab"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// Preview is a replay of the history under a draft, under way or done.
type Preview struct {
	// Text is the hash of the source that is tried.
	Text [sha256.Size]byte
	// Version is the one in force that it is compared with.
	Version int
	Began   lead.Time
	// People and Events were read so far, of Of people about.
	People, Events, Of int64
	// Report is what came of it, Err why nothing did; both nil while it goes on.
	Report *lab.Report
	Err    error
	// Done is closed once it is over.
	Done <-chan struct{}

	stop context.CancelFunc
}

// Over says that it does not go on any more.
func (p *Preview) Over() bool { return p.Report != nil || p.Err != nil }

// Previews are the replays that this process was asked for. They are in its memory
// only; another node knows nothing of them. Safe for concurrent use.
type Previews struct {
	reader *Reader
	life   context.Context // they end with it

	mu    sync.Mutex
	named map[string]*Preview
	order []string // the names, the oldest first
}

// Bounds of previews: how many go on at the same time, for each takes half of the
// machine, and of how many the reports are kept.
const (
	maxPreviewing = 2
	maxPreviews   = 20
)

// Previews makes a place for replays that go on until a context ends.
func (r *Reader) Previews(life context.Context) *Previews {
	return &Previews{reader: r, life: life, named: map[string]*Preview{}}
}

// Start tries a source under a name, in the background. What went on under that
// name is given up.
func (p *Previews) Start(ctx context.Context, name string, source []byte, now lead.Time) error {
	if c := Check(source); c.Plan == nil {
		return playbook.Unusable(c.Problems)
	}
	counts, err := p.reader.Counts(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(name)
	going := 0
	for _, one := range p.named {
		if !one.Over() {
			going++
		}
	}
	if going >= maxPreviewing {
		return fault.New(fault.Busy, "%d previews are under way already. Try again when one is done.", going)
	}
	if len(p.order) >= maxPreviews {
		p.drop(p.order[0])
	}
	scope, stop := context.WithCancel(p.life)
	done := make(chan struct{})
	one := &Preview{Text: sha256.Sum256(source), Version: p.reader.Plan().Version, Began: now, Of: counts.Leads, Done: done, stop: stop}
	p.named[name], p.order = one, append(p.order, name)
	go func() {
		defer close(done)
		defer stop()
		report, err := p.reader.Replay(scope, source, lab.Options{Weekly: true, Workers: max(1, runtime.NumCPU()/2), Progress: func(people, events int64) {
			p.mu.Lock()
			defer p.mu.Unlock()
			one.People, one.Events = people, events
		}})
		p.mu.Lock()
		defer p.mu.Unlock()
		one.Report, one.Err = report, err
	}()
	return nil
}

// drop gives a preview up and forgets it. The caller holds the lock.
func (p *Previews) drop(name string) {
	one := p.named[name]
	if one == nil {
		return
	}
	one.stop()
	delete(p.named, name)
	for i, n := range p.order {
		if n == name {
			p.order = append(p.order[:i:i], p.order[i+1:]...)
			return
		}
	}
}

// Drop gives a preview up and forgets it; one that is not there is none.
func (p *Previews) Drop(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(name)
}

// Of tells of the preview under a name, if it is one of this very source; nil if
// there is none.
func (p *Previews) Of(name string, source []byte) *Preview {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.named[name]
	if one == nil || one.Text != sha256.Sum256(source) {
		return nil
	}
	seen := *one
	return &seen
}
