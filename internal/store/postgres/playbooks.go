package postgres

import (
	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Who relies on the version in force shares a lock that a publisher takes for
// himself. It is no row's: every commit of every node would have to write it.
const versionLock = `hashtextextended('galena publishes ' || current_schema(), 0)`

var (
	shareVersion = define(`SELECT pg_advisory_xact_lock_shared(` + versionLock + `)`)
	takeVersion  = define(`SELECT pg_advisory_xact_lock(` + versionLock + `)`)
	clockNow     = define(`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`)

	lastPlaybook   = define(`SELECT coalesce(max(version), 0) FROM playbooks`)
	insertPlaybook = define(`INSERT INTO playbooks (version, source, published, note, author, apply, effects)
		VALUES ($1::bigint, $2::bytea, $3::bigint, $4::text, $5::text, $6::boolean, $7::boolean)`)
	allPlaybooks = define(`SELECT version, source, published, note, author, apply, effects FROM playbooks ORDER BY version`)

	insertSignature = define(`INSERT INTO signatures (version, place, role, name, at)
		VALUES ($1::bigint, $2::bigint, $3::text, $4::text, $5::bigint)`)
	allSignatures = define(`SELECT version, role, name, at FROM signatures ORDER BY version, place`)

	theSweep  = define(`SELECT version, reached, leads, over FROM sweep`)
	holdSweep = define(theSweep.text + ` FOR UPDATE`)
	putSweep  = define(`UPDATE sweep SET version = $1::bigint, reached = $2::bigint, leads = $3::bigint, over = $4::boolean`)
)

// InForce asks in a statement of its own once the lock is there, so that it sees
// what was published while it waited.
func (t *tx) InForce() (int, error) {
	var last int64
	err := t.run(step{query: shareVersion}, step{query: lastPlaybook, row: func(rows pgx.Rows) error { return rows.Scan(&last) }})
	return int(last), err
}

// Publishing asks for the time once the lock is there: what others did with the
// version before was dated by then.
func (t *tx) Publishing() (lead.Time, error) {
	now, err := t.Now()
	if t.node.clock != nil || err != nil {
		return now, t.run(step{query: takeVersion})
	}
	var later int64
	err = t.run(step{query: takeVersion}, step{query: clockNow, row: func(rows pgx.Rows) error { return rows.Scan(&later) }})
	return max(now, lead.Time(later)), err
}

func (t *tx) PutPlaybook(p store.Playbook) error {
	last, err := t.snapshot.InForce()
	if err != nil {
		return err
	}
	if p.Version != last+1 {
		return t.fail(fault.New(fault.Conflict,
			"Version %d of the playbook cannot be published: the last one is %d, so the next is %d.", p.Version, last, last+1))
	}
	steps := []step{{query: insertPlaybook, args: []any{
		int64(p.Version), bytesOrNull(p.Source), int64(p.Published), pack(p.Note), pack(p.Author), p.Apply, p.Effects,
	}}}
	for i, s := range p.Signed {
		steps = append(steps, step{query: insertSignature, args: []any{int64(p.Version), int64(i + 1), pack(s.Role), pack(s.Name), int64(s.At)}})
	}
	return t.run(steps...)
}

func (s *snapshot) Playbooks() ([]store.Playbook, error) {
	all, err := list(s, allPlaybooks, func(rows pgx.Rows, p *store.Playbook) error {
		if err := rows.Scan(&p.Version, &p.Source, (*int64)(&p.Published), &p.Note, &p.Author, &p.Apply, &p.Effects); err != nil {
			return err
		}
		return unpackAll(&p.Note, &p.Author)
	})
	if err != nil {
		return nil, err
	}
	return all, s.each(allSignatures, func(rows pgx.Rows) error {
		var version int
		var by store.Signature
		if err := rows.Scan(&version, &by.Role, &by.Name, (*int64)(&by.At)); err != nil {
			return err
		}
		p := &all[version-1] // versions have no gaps
		p.Signed = append(p.Signed, by)
		last := &p.Signed[len(p.Signed)-1]
		return unpackAll(&last.Role, &last.Name)
	})
}

func (s *snapshot) InForce() (int, error) {
	var last int64
	err := s.one(lastPlaybook, []any{&last})
	return int(last), err
}

// Sweep keeps the row until the end, so that nodes which sweep at the same time do
// so by turns.
func (t *tx) Sweep() (store.Sweep, error) { return t.readSweep(holdSweep) }

func (s *snapshot) Sweep() (store.Sweep, error) { return s.readSweep(theSweep) }

func (s *snapshot) readSweep(q *query) (store.Sweep, error) {
	var sweep store.Sweep
	err := s.each(q, func(rows pgx.Rows) error {
		return rows.Scan(&sweep.Version, (*int64)(&sweep.Reached), &sweep.Leads, &sweep.Over)
	})
	return sweep, err
}

func (t *tx) PutSweep(s store.Sweep) error {
	return t.run(step{query: putSweep, args: []any{int64(s.Version), int64(s.Reached), s.Leads, s.Over}})
}
