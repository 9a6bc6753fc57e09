package postgres

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store/listsql"
)

const (
	// DefaultSchema is the schema of a workspace whose name was not chosen.
	DefaultSchema = "galena"
	// connections is how many a store opens at most where the URL does not say.
	connections = 10
	// connectTimeout bounds the making of one, so that a sender hears within a
	// few seconds that the database is away.
	connectTimeout = 3 * time.Second
	// oldest is the first version of PostgreSQL that tells the fate of a
	// transaction by its number (13).
	oldest = 130000
)

// Options says how Open opens.
type Options struct {
	// Schema is the workspace's schema in the database; "" is DefaultSchema.
	Schema string
	// Clock replaces the database's clock; nil leaves it.
	Clock func() lead.Time
	// ReadOnly opens an existing workspace and changes nothing in it. It may be
	// on a standby.
	ReadOnly bool
	// Listing says how far queries of the listing look; zero stands for the bounds of
	// daily work. Tests make it small.
	Listing listsql.Bounds
}

// schemaNames are plain, so that no text has to quote them with care.
var schemaNames = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Open connects to the database of a URL (or of words as in "host=… dbname=…")
// and brings the workspace's schema in it up to date; a missing schema is made.
// The URL's parameters are those of libpq, and pool_max_conns.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	if options.Schema == "" {
		options.Schema = DefaultSchema
	}
	if !schemaNames.MatchString(options.Schema) {
		return nil, fault.New(fault.Invalid, "The schema %q cannot be used; choose small letters, digits and underscores, as in %q.", options.Schema, DefaultSchema)
	}
	config, err := configure(url, options)
	if err != nil {
		return nil, err
	}
	s := newStore(config, options)
	named := config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement
	s.unnamed.Store(parametersOf(url).Has("default_query_exec_mode") && !named)
	if s.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The connections to the database cannot be set up as the URL says.")
	}
	err = s.withConnection(ctx, s.prepareWorkspace)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	// Whoever opens it may know where it is; from here on errors reach strangers.
	s.place, s.opened = "the database", true
	return s, nil
}

// prepareWorkspace checks the server and the schema, and migrates it.
func (s *Store) prepareWorkspace(conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), migrationTimeout)
	defer cancel()
	var version int
	var encoding string
	row := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding')`)
	if err := row.Scan(&version, &encoding); err != nil {
		return s.explain(ctx, err)
	}
	if version < oldest {
		return fault.New(fault.Invalid, "%s is PostgreSQL %d; Galena needs %d or newer.", s.place, version/10000, oldest/10000)
	}
	if encoding != "UTF8" {
		return fault.New(fault.Invalid, "%s has the encoding %s; make one with ENCODING 'UTF8'.", s.place, encoding)
	}
	if s.readOnly {
		return s.requireCurrent(ctx, conn)
	}
	return s.migrate(ctx, conn)
}
