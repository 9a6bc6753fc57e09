package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"galena/internal/fault"
)

// example is what a database URL looks like.
const example = "postgres://user:password@host:5432/name"

// configure makes settings of a URL. What the driver says of a URL that it cannot
// read may quote any part of it, and where a part begins is just what is unclear
// then; so none of its errors is passed on, and no part of the URL is shown but
// parameters that are no password.
func configure(text string, options Options) (*pgxpool.Config, error) {
	if strayPassword(text) {
		return nil, fault.New(fault.Invalid, "The database URL cannot be read: in a name, a password and what follows them @ is written %%40, and / is %%2F. Better leave the password out and give it as PGPASSWORD or in ~/.pgpass.")
	}
	config, err := pgxpool.ParseConfig(text)
	if err != nil {
		return nil, unreadable(text)
	}
	parameters := parametersOf(text)
	given := func(name string) bool { return parameters.Has(name) }
	if !given("pool_max_conns") {
		config.MaxConns = connections
	}
	if config.MaxConns < 2 {
		return nil, fault.New(fault.Invalid, "pool_max_conns is %d; Galena needs 2 or more, for those who read and those who write.", config.MaxConns)
	}
	c := config.ConnConfig
	if !given("connect_timeout") {
		c.ConnectTimeout = connectTimeout
	}
	if !options.ReadOnly && c.ValidateConnect == nil {
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if !given("default_query_exec_mode") {
		// What is sent outside of transactions has no name on the server: any pooler will do.
		c.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	if _, named := c.RuntimeParams["application_name"]; !named {
		c.RuntimeParams["application_name"] = "galena"
	}
	return config, nil
}

// strayPassword tells whether a URL has an @ besides the one behind its user and
// password: then what was meant for a password would be taken for a host, a port
// or a path, and shown. Where nothing can be a password, a parameter may have one.
func strayPassword(text string) bool {
	_, rest, _ := strings.Cut(text, "://")
	user, hosts := cutUser(rest)
	if authority, _, _ := strings.Cut(hosts, "/"); user == "" && !strings.Contains(authority, ":") {
		hosts, _, _ = strings.Cut(hosts, "?")
	}
	return strings.Contains(hosts, "@")
}

// cutUser splits what follows a URL's scheme as the driver does.
func cutUser(rest string) (user, hosts string) {
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		return rest[:i+1], rest[i+1:]
	}
	return "", rest
}

// parametersOf gives what stands behind a URL's question mark, or the words of
// "host=… dbname=…".
func parametersOf(text string) url.Values {
	_, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		words := url.Values{}
		for _, word := range strings.Fields(text) {
			name, value, _ := strings.Cut(word, "=")
			words.Set(name, value)
		}
		return words
	}
	_, rest = cutUser(rest) // a password may hold a question mark
	_, query, _ := strings.Cut(rest, "?")
	// What cannot be read of it the driver refuses.
	parameters, _ := url.ParseQuery(query)
	return parameters
}

// unreadable says what is wrong with a URL that the driver refuses: the first
// parameter that it refuses alone, too, or else its form.
func unreadable(text string) error {
	parameters := parametersOf(text)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		value := parameters.Get(name)
		if strings.Contains(strings.ToLower(name), "password") {
			continue
		}
		_, err := pgxpool.ParseConfig("postgres://host/name?" + url.Values{name: {value}}.Encode())
		if err == nil {
			continue
		}
		if cause := errors.Unwrap(err); cause != nil {
			return fault.New(fault.Invalid, "The parameter %s=%s of the database URL cannot be used: %s.%s", name, value, cause, choices[name])
		}
		return fault.New(fault.Invalid, "The parameter %s=%s of the database URL cannot be used.%s", name, value, choices[name])
	}
	return fault.New(fault.Invalid, "The database URL cannot be read. It looks like %s, the port being a number; other characters than letters and digits in the name or the password are written as %%40 for @.", example)
}

// choices are what may be said instead.
var choices = map[string]string{
	"sslmode":                 " It is disable, allow, prefer, require, verify-ca or verify-full.",
	"target_session_attrs":    " It is any, read-write, primary, prefer-standby, standby or read-only.",
	"default_query_exec_mode": " It is cache_describe or cache_statement.",
}

// placeOf names a database for people, without user and password.
func placeOf(c *pgx.ConnConfig, schema string) string {
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = fmt.Sprintf("%s:%d", host, c.Port)
	}
	place := fmt.Sprintf("the database %s on %s", cmp.Or(c.Database, c.User), host)
	if schema != DefaultSchema {
		place += ", schema " + schema
	}
	return place
}
