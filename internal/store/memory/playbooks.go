package memory

import (
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

func (s *snapshot) Playbooks() ([]store.Playbook, error) {
	var playbooks []store.Playbook
	for _, p := range s.playbooks {
		playbooks = append(playbooks, copyPlaybook(p))
	}
	return playbooks, s.ready()
}

func copyPlaybook(p store.Playbook) store.Playbook {
	p.Source, p.Signed = copyBytes(p.Source), append([]store.Signature(nil), p.Signed...)
	return p
}

func (s *snapshot) InForce() (int, error) { return len(s.playbooks), s.ready() }

func (s *snapshot) Sweep() (store.Sweep, error) { return s.sweep, s.ready() }

// Publishing has nobody to wait for: there is one writer.
func (t *tx) Publishing() (lead.Time, error) { return t.clock(), t.ready() }

func (t *tx) PutPlaybook(p store.Playbook) error {
	if err := t.ready(); err != nil {
		return err
	}
	last := len(t.playbooks)
	if p.Version != last+1 {
		t.err = fault.New(fault.Conflict,
			"Version %d of the playbook cannot be published: the last one is %d, so the next is %d.", p.Version, last, last+1)
		return t.err
	}
	t.playbooks = append(slices.Clip(t.playbooks), copyPlaybook(p))
	return nil
}

func (t *tx) PutSweep(s store.Sweep) error {
	if err := t.ready(); err != nil {
		return err
	}
	t.sweep = s
	return nil
}
