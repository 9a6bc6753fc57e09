package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"maps"

	"galena/internal/fault"
)

// CheckSchema makes sure that the database has the tables, indexes and triggers
// that the migrations make, word by word, and no others: what somebody else put into
// a file could act whenever it is written to.
func (s *Store) CheckSchema(ctx context.Context) error {
	want, err := ownSchema(ctx)
	if err != nil {
		return explain(ctx, err, "")
	}
	return s.withReader(ctx, func(on *handle) error {
		found, err := schemaOf(ctx, on.conn)
		if err != nil {
			return explain(ctx, err, s.path)
		}
		if !maps.Equal(found, want) {
			return fault.New(fault.Invalid, "The database %s has not the tables that galena makes.", s.path)
		}
		return nil
	})
}

// ownSchema is what the migrations make.
func ownSchema(ctx context.Context) (all map[piece]string, err error) {
	steps, err := migrations()
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx) // another one would have another memory
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for _, step := range steps {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return nil, err
		}
	}
	return schemaOf(ctx, conn)
}

// piece is a table, an index, a view or a trigger.
type piece struct{ kind, name, table string }

// schemaOf is how the parts of a database are defined. What SQLite adds by itself,
// such as what ANALYZE finds, is left out.
func schemaOf(ctx context.Context, conn *sql.Conn) (map[piece]string, error) {
	rows, err := conn.QueryContext(ctx, `SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[piece]string{}
	for rows.Next() {
		var p piece
		var text string
		if err := rows.Scan(&p.kind, &p.name, &p.table, &text); err != nil {
			return nil, err
		}
		all[p] = text
	}
	return all, rows.Err()
}
