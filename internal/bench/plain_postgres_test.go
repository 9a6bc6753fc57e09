package bench

import (
	"context"
	"crypto/sha256"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const plainPostgresSchema = `
	CREATE TABLE events (
		seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bytea NOT NULL UNIQUE, type text, name text, person text,
		anonymous text, occurred text, properties text, traits text, context text
	)`

const plainPostgresInsert = `
	INSERT INTO events (id, type, name, person, anonymous, occurred, properties, traits, context)
	SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
	ON CONFLICT DO NOTHING`

// plainPostgres keeps the plain server's events in a PostgreSQL database: one
// statement and one commit for all that waits.
type plainPostgres struct{ pool *pgxpool.Pool }

// startPlainPostgres serves on a database until the benchmark ends.
func startPlainPostgres(b *testing.B, database string) (address, key string) {
	pool, err := pgxpool.New(context.Background(), database)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(context.Background(), plainPostgresSchema); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return servePlain(b, plainPostgres{pool}), ""
}

func (p plainPostgres) commit(group []plainCall) error {
	ids, columns := [][]byte{}, [8][]string{}
	for _, c := range group {
		for i := range c.events {
			e := &c.events[i]
			id := sha256.Sum256([]byte(e.MessageID))
			ids = append(ids, id[:16])
			for k, text := range []string{e.Type, e.Event + e.Name, e.UserID, e.AnonymousID, e.Timestamp, string(e.Properties), string(e.Traits), string(e.Context)} {
				columns[k] = append(columns[k], text)
			}
		}
	}
	args := []any{ids}
	for k := range columns {
		args = append(args, columns[k])
	}
	return pgx.BeginFunc(context.Background(), p.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(context.Background(), plainPostgresInsert, args...)
		return err
	})
}
