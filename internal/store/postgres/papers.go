package postgres

import (
	"github.com/jackc/pgx/v5"

	"galena/internal/store"
)

var (
	// A paper may not be there yet, so what is locked is its name.
	lockPaper = define(`SELECT pg_advisory_xact_lock(hashtextextended(
		'galena paper ' || current_schema() || encode($1::bytea, 'hex') || ' ' || encode($2::bytea, 'hex'), 0))`)
	onePaper    = define(`SELECT text FROM papers WHERE drawer = $1::bytea AND name = $2::bytea`)
	papersAfter = define(`SELECT drawer, name, text FROM papers
		WHERE drawer = $1::bytea AND name >= $2::bytea AND name > $3::bytea AND ($4::bytea IS NULL OR name < $4::bytea)
		ORDER BY name LIMIT $5::bigint`)
	papersBefore = define(`SELECT drawer, name, text FROM papers
		WHERE drawer = $1::bytea AND name >= $2::bytea AND ($3::bytea IS NULL OR name < $3::bytea) AND ($4::bytea IS NULL OR name < $4::bytea)
		ORDER BY name DESC LIMIT $5::bigint`)
	putPaper = define(`INSERT INTO papers (drawer, name, text) VALUES ($1::bytea, $2::bytea, $3::bytea)
		ON CONFLICT (drawer, name) DO UPDATE SET text = excluded.text`)
	dropPaper = define(`DELETE FROM papers WHERE drawer = $1::bytea AND name = $2::bytea`)
)

// Paper asks in a statement of its own once the lock is there, so that it sees
// what was written while it waited.
func (t *tx) Paper(drawer, name string) ([]byte, error) {
	if err := t.run(step{query: lockPaper, args: []any{[]byte(drawer), []byte(name)}}); err != nil {
		return nil, err
	}
	return t.snapshot.Paper(drawer, name)
}

func (s *snapshot) Paper(drawer, name string) ([]byte, error) {
	var text []byte
	err := s.one(onePaper, []any{&text}, []byte(drawer), []byte(name))
	return text, err
}

func (s *snapshot) Papers(drawer, prefix, after string, limit int) ([]store.Paper, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, papersAfter, scanPaper,
		[]byte(drawer), []byte(prefix), []byte(after), bytesOrNull([]byte(store.EndOf(prefix))), int64(limit))
}

func (s *snapshot) LastPapers(drawer, prefix, before string, limit int) ([]store.Paper, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, papersBefore, scanPaper,
		[]byte(drawer), []byte(prefix), bytesOrNull([]byte(before)), bytesOrNull([]byte(store.EndOf(prefix))), int64(limit))
}

func scanPaper(rows pgx.Rows, p *store.Paper) error {
	var drawer, name []byte
	err := rows.Scan(&drawer, &name, &p.Text)
	p.Drawer, p.Name = string(drawer), string(name)
	return err
}

func (t *tx) PutPaper(p store.Paper) error {
	if p.Name == "" {
		return t.refuse("A paper of %q has no name.", p.Drawer)
	}
	lock := step{query: lockPaper, args: []any{[]byte(p.Drawer), []byte(p.Name)}}
	if len(p.Text) == 0 {
		return t.run(lock, step{query: dropPaper, args: []any{[]byte(p.Drawer), []byte(p.Name)}})
	}
	return t.run(lock, step{query: putPaper, args: []any{[]byte(p.Drawer), []byte(p.Name), p.Text}})
}
