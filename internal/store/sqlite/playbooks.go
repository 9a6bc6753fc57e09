package sqlite

import (
	"database/sql"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

var (
	lastPlaybook   = define(`SELECT coalesce(max(version), 0) FROM playbooks`)
	insertPlaybook = define(`INSERT INTO playbooks (version, source, published, note, author, apply, effects) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	allPlaybooks   = define(`SELECT version, source, published, note, author, apply, effects FROM playbooks ORDER BY version`)

	insertSignature = define(`INSERT INTO signatures (version, place, role, name, at) VALUES (?, ?, ?, ?, ?)`)
	allSignatures   = define(`SELECT version, role, name, at FROM signatures ORDER BY version, place`)

	theSweep = define(`SELECT version, reached, leads, over FROM sweep`)
	putSweep = define(`UPDATE sweep SET version = ?, reached = ?, leads = ?, over = ?`)
)

// Publishing has nobody to wait for: there is one writer.
func (t *tx) Publishing() (lead.Time, error) { return t.Now() }

func (t *tx) PutPlaybook(p store.Playbook) error {
	last, err := t.InForce()
	if err != nil {
		return err
	}
	if p.Version != last+1 {
		return t.fail(fault.New(fault.Conflict,
			"Version %d of the playbook cannot be published: the last one is %d, so the next is %d.", p.Version, last, last+1))
	}
	if _, err := t.exec(insertPlaybook, int64(p.Version), p.Source, int64(p.Published), p.Note, p.Author, p.Apply, p.Effects); err != nil {
		return err
	}
	for i, s := range p.Signed {
		if _, err := t.exec(insertSignature, int64(p.Version), int64(i+1), s.Role, s.Name, int64(s.At)); err != nil {
			return err
		}
	}
	return nil
}

func (s *snapshot) Playbooks() ([]store.Playbook, error) {
	all, err := list(s, allPlaybooks, func(rows *sql.Rows, p *store.Playbook) error {
		return rows.Scan(&p.Version, &p.Source, &p.Published, &p.Note, &p.Author, &p.Apply, &p.Effects)
	})
	if err != nil {
		return nil, err
	}
	return all, s.each(allSignatures, func(rows *sql.Rows) error {
		var version int
		var by store.Signature
		err := rows.Scan(&version, &by.Role, &by.Name, &by.At)
		p := &all[version-1] // versions have no gaps
		p.Signed = append(p.Signed, by)
		return err
	})
}

func (s *snapshot) InForce() (int, error) {
	var last int64
	_, err := s.one(lastPlaybook, &last)
	return int(last), err
}

func (s *snapshot) Sweep() (store.Sweep, error) {
	var sweep store.Sweep
	err := s.each(theSweep, func(rows *sql.Rows) error {
		return rows.Scan(&sweep.Version, &sweep.Reached, &sweep.Leads, &sweep.Over)
	})
	return sweep, err
}

func (t *tx) PutSweep(s store.Sweep) error {
	_, err := t.exec(putSweep, int64(s.Version), int64(s.Reached), s.Leads, s.Over)
	return err
}
