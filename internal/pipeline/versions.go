package pipeline

import (
	"sync"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/playbook"
	"galena/internal/store"
)

// Versions are the published versions of a workspace's playbook, each compiled
// once. Any process may publish, so whoever folds asks for them within the
// transaction in which it does. Safe for concurrent use.
type Versions struct {
	mu    sync.Mutex
	chain *engine.Chain
	all   []Version
}

// Version is a published version, compiled.
type Version struct {
	store.Playbook
	Document *playbook.Document
	link     engine.Publication
}

// Chain folds across all versions that a snapshot knows, and maybe younger ones
// that were learned of elsewhere. In a Tx it is exactly those in force until its
// end. It fails with fault.NotFound where no playbook was ever published.
func (v *Versions) Chain(from store.Snapshot) (*engine.Chain, error) {
	newest, err := from.InForce()
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if newest <= len(v.all) && v.chain != nil {
		return v.chain, nil
	}
	return v.chain, v.learn(from)
}

// learn reads and compiles the versions that are new.
func (v *Versions) learn(from store.Snapshot) error {
	books, err := from.Playbooks()
	if err != nil {
		return err
	}
	if len(books) == 0 {
		return fault.New(fault.NotFound, "This workspace is empty. Start `galena serve` or `galena demo` on it first.")
	}
	all := v.all
	for _, p := range books[len(all):] {
		doc, plan, problems := playbook.Load(p.Source, p.Version)
		if plan == nil {
			return fault.New(fault.Internal, "Playbook version %d is stored but cannot be compiled by this program: %s", p.Version, problems[0].Said())
		}
		all = append(all, Version{p, doc, engine.Publication{
			Engine: engine.New(plan), From: p.Published, Apply: p.Apply, Silent: !p.Effects,
		}})
	}
	links := make([]engine.Publication, len(all))
	for i := range all {
		links[i] = all[i].link
	}
	v.all, v.chain = all, engine.NewChain(links...)
	return nil
}

// Newest is the newest version that was learned of; Chain must have succeeded
// before.
func (v *Versions) Newest() Version {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.all[len(v.all)-1]
}

// Engine is that of the newest version.
func (v Version) Engine() *engine.Engine { return v.link.Engine }
