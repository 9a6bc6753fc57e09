package postgres

import (
	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/store"
)

var (
	lastPlaybook   = define(`SELECT coalesce(max(version), 0) FROM playbooks`)
	insertPlaybook = define(`INSERT INTO playbooks (version, source, published, note) VALUES ($1::bigint, $2::bytea, $3::bigint, $4::text)`)
	allPlaybooks   = define(`SELECT version, source, published, note FROM playbooks ORDER BY version`)
)

func (t *tx) PutPlaybook(p store.Playbook) error {
	var last int64
	if err := t.one(lastPlaybook, []any{&last}); err != nil {
		return err
	}
	if int64(p.Version) != last+1 {
		return t.fail(fault.New(fault.Conflict,
			"Version %d of the playbook cannot be published: the last one is %d, so the next is %d.", p.Version, last, last+1))
	}
	return t.run(step{query: insertPlaybook, args: []any{int64(p.Version), bytesOrNull(p.Source), int64(p.Published), pack(p.Note)}})
}

func (s *snapshot) Playbooks() ([]store.Playbook, error) {
	return list(s, allPlaybooks, func(rows pgx.Rows, p *store.Playbook) error {
		if err := rows.Scan(&p.Version, &p.Source, (*int64)(&p.Published), &p.Note); err != nil {
			return err
		}
		return unpackAll(&p.Note)
	})
}
