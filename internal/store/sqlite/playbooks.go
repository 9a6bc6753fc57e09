package sqlite

import (
	"database/sql"

	"galena/internal/fault"
	"galena/internal/store"
)

var (
	lastPlaybook   = define(`SELECT coalesce(max(version), 0) FROM playbooks`)
	insertPlaybook = define(`INSERT INTO playbooks (version, source, published, note) VALUES (?, ?, ?, ?)`)
	allPlaybooks   = define(`SELECT version, source, published, note FROM playbooks ORDER BY version`)
)

func (t *tx) PutPlaybook(p store.Playbook) error {
	var last int64
	if _, err := t.one(lastPlaybook, &last); err != nil {
		return err
	}
	if int64(p.Version) != last+1 {
		return t.fail(fault.New(fault.Conflict,
			"Version %d of the playbook cannot be published: the last one is %d, so the next is %d.", p.Version, last, last+1))
	}
	_, err := t.exec(insertPlaybook, int64(p.Version), p.Source, int64(p.Published), p.Note)
	return err
}

func (s *snapshot) Playbooks() ([]store.Playbook, error) {
	return list(s, allPlaybooks, func(rows *sql.Rows, p *store.Playbook) error {
		return rows.Scan(&p.Version, &p.Source, &p.Published, &p.Note)
	})
}
