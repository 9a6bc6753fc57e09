package bench

import (
	"context"
	"database/sql"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// plainSQLite is server B: one table, and an index that is unique over random ids.
type plainSQLite struct{ db *sql.DB }

const plainSchema = `
	CREATE TABLE events (
		seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type TEXT, name TEXT, user TEXT, anonymous TEXT,
		occurred TEXT, properties TEXT, traits TEXT, context TEXT
	)`

const plainInsert = `
	INSERT INTO events (id, type, name, user, anonymous, occurred, properties, traits, context)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

func openPlainSQLite(dir string) (*plainSQLite, error) {
	// The settings are those of Galena's own store.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "plain.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(20000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(plainSchema); err != nil {
		db.Close()
		return nil, err
	}
	return &plainSQLite{db}, nil
}

func (p *plainSQLite) commit(ctx context.Context, events []plainEvent) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	insert, err := tx.Prepare(plainInsert)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := range events {
		e := &events[i]
		if _, err := insert.Exec(plainID(e), e.Type, e.Event+e.Name, e.UserID, e.AnonymousID, e.Timestamp,
			[]byte(e.Properties), []byte(e.Traits), []byte(e.Context)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (p *plainSQLite) close() error { return p.db.Close() }
