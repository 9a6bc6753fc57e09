package sqlite

import (
	"database/sql"

	"galena/internal/store"
)

var (
	onePaper = define(`SELECT text FROM papers WHERE drawer = ? AND name = ?`)
	// No text is above the bound of a prefix that nothing is after: it is a blob.
	papersAfter = define(`SELECT drawer, name, text FROM papers
		WHERE drawer = ?1 AND name >= ?2 AND name > ?3 AND name < ?4 ORDER BY name LIMIT ?5`)
	papersBefore = define(`SELECT drawer, name, text FROM papers
		WHERE drawer = ?1 AND name >= ?2 AND name < ?3 AND name < ?4 ORDER BY name DESC LIMIT ?5`)
	putPaper = define(`INSERT INTO papers (drawer, name, text) VALUES (?, ?, ?)
		ON CONFLICT (drawer, name) DO UPDATE SET text = excluded.text`)
	dropPaper = define(`DELETE FROM papers WHERE drawer = ? AND name = ?`)
)

// beyond is an upper bound of names: a text, or for "" what is above every text.
func beyond(name string) any {
	if name == "" {
		return []byte{0}
	}
	return name
}

func (s *snapshot) Paper(drawer, name string) ([]byte, error) {
	var text []byte
	err := s.each(onePaper, func(rows *sql.Rows) error { return rows.Scan(&text) }, drawer, name)
	return text, err
}

func (s *snapshot) Papers(drawer, prefix, after string, limit int) ([]store.Paper, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, papersAfter, scanPaper, drawer, prefix, after, beyond(store.EndOf(prefix)), int64(limit))
}

func (s *snapshot) LastPapers(drawer, prefix, before string, limit int) ([]store.Paper, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, papersBefore, scanPaper, drawer, prefix, beyond(before), beyond(store.EndOf(prefix)), int64(limit))
}

func scanPaper(rows *sql.Rows, p *store.Paper) error { return rows.Scan(&p.Drawer, &p.Name, &p.Text) }

func (t *tx) PutPaper(p store.Paper) error {
	if p.Name == "" {
		return t.refuse("A paper of %q has no name.", p.Drawer)
	}
	if len(p.Text) == 0 {
		_, err := t.exec(dropPaper, p.Drawer, p.Name)
		return err
	}
	_, err := t.exec(putPaper, p.Drawer, p.Name, p.Text)
	return err
}
