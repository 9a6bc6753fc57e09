package bench

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// plainPostgres is server C: what server B does, into PostgreSQL, with one
// statement for each commit.
type plainPostgres struct{ conn *pgx.Conn }

const plainPostgresSchema = `
	DROP TABLE IF EXISTS galena_bench_plain;
	CREATE TABLE galena_bench_plain (
		seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bytea NOT NULL UNIQUE, type text, name text, usr text,
		anonymous text, occurred text, properties text, traits text, context text
	)`

const plainPostgresInsert = `
	INSERT INTO galena_bench_plain (id, type, name, usr, anonymous, occurred, properties, traits, context)
	SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
	ON CONFLICT DO NOTHING`

func openPlainPostgres(ctx context.Context, url string) (*plainPostgres, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, plainPostgresSchema); err != nil {
		conn.Close(ctx)
		return nil, err
	}
	return &plainPostgres{conn}, nil
}

func (p *plainPostgres) commit(ctx context.Context, events []plainEvent) error {
	ids := make([][]byte, len(events))
	var columns [8][]string
	for i := range events {
		e := &events[i]
		ids[i] = plainID(e)
		for k, text := range []string{
			e.Type, e.Event + e.Name, e.UserID, e.AnonymousID, e.Timestamp, string(e.Properties), string(e.Traits), string(e.Context),
		} {
			columns[k] = append(columns[k], text)
		}
	}
	_, err := p.conn.Exec(ctx, plainPostgresInsert, ids,
		columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6], columns[7])
	return err
}

func (p *plainPostgres) close() error {
	_, err := p.conn.Exec(context.Background(), "DROP TABLE galena_bench_plain")
	if closed := p.conn.Close(context.Background()); err == nil {
		err = closed
	}
	return err
}
