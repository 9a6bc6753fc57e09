package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"galena/internal/fault"
)

const (
	// answerTimeout bounds the wait for one answer. The server's own limit
	// (statementTimeout) comes first; this one is for a network that went silent.
	answerTimeout = statementTimeout + 5*time.Second
	// checkTimeout is the same for those who read everything.
	checkTimeout = time.Hour
)

// query is one SQL text of this package. Names in it are those of the workspace's
// schema, which every transaction puts on its search path.
type query struct {
	text string
	// name is what the text is called on a server that keeps it; "" of one that was
	// made for the occasion.
	name string
}

// queries lists every SQL text, so that a test can prepare them all.
var queries []*query

// define adds a query. It is called only to initialise package variables.
func define(text string) *query {
	// Whatever program comes over the same connection: one name stands for one text.
	sum := sha256.Sum256([]byte(text))
	q := &query{text: text, name: "galena_" + hex.EncodeToString(sum[:12])}
	queries = append(queries, q)
	return q
}

// step is a query with its arguments and what to do with its answer: row is
// called for every row, done with the number of rows that it touched, and told is
// set to what the server says was done. Each may be nil.
type step struct {
	query *query
	args  []any
	row   func(pgx.Rows) error
	done  func(touched int64) error
	told  *string
}

// kept is under which name the data of a connection tells what texts its server
// keeps, by their names.
const kept = "galena kept"

// inBinary asks for every column as the server has it.
var inBinary = []int16{pgx.BinaryFormatCode}

// send runs steps in order, all in one message: however many there are, the
// server is waited for once. With names, texts that have one are left with the
// server, which then parses and plans them once for each connection.
func send(ctx context.Context, conn *pgx.Conn, steps []step, names bool) error {
	types := conn.TypeMap()
	sent := make([]arguments, len(steps))
	for i := range steps {
		if err := sent[i].set(types, steps[i].args); err != nil {
			return fault.Wrap(err, fault.Internal, "A statement has an argument that cannot be sent: %s", steps[i].query.text)
		}
	}
	known, _ := conn.PgConn().CustomData()[kept].(map[string]bool)
	if known == nil {
		known = map[string]bool{}
		conn.PgConn().CustomData()[kept] = known
	}
	line := conn.PgConn().StartPipeline(ctx)
	left := make([]bool, len(steps)) // with the server, by this message
	leaving := map[string]bool{}
	for i := range steps {
		q, a := steps[i].query, &sent[i]
		if !names || q.name == "" {
			line.SendQueryParams(q.text, a.values, a.types, inBinary, inBinary)
			continue
		}
		if left[i] = !known[q.name] && !leaving[q.name]; left[i] {
			leaving[q.name] = true
			line.SendPrepare(q.name, q.text, a.types)
		}
		line.SendQueryPrepared(q.name, a.values, inBinary, inBinary)
	}
	if err := line.Sync(); err != nil {
		return errors.Join(err, line.Close())
	}
	for i := range steps {
		if left[i] {
			if _, err := line.GetResults(); err != nil {
				_ = line.Close() // tells the same error again
				return err
			}
			known[steps[i].query.name] = true
		}
		if err := steps[i].read(types, line); err != nil {
			_ = line.Close()
			return err
		}
	}
	return line.Close()
}

// read takes a step's answer.
func (s *step) read(types *pgtype.Map, line *pgconn.Pipeline) error {
	results, err := line.GetResults()
	if err != nil {
		return err
	}
	answer, ok := results.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("the server answered a statement by %T", results)
	}
	rows := pgx.RowsFromResultReader(types, answer)
	defer rows.Close()
	for rows.Next() {
		if s.row == nil {
			continue
		}
		if err := s.row(rows); err != nil {
			return err
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	if s.told != nil {
		*s.told = rows.CommandTag().String()
	}
	if s.done != nil {
		return s.done(rows.CommandTag().RowsAffected())
	}
	return nil
}

// arguments are those of a step as they are sent. Their types are told, so that
// the server need not be asked which it takes them for.
type arguments struct {
	values [][]byte
	types  []uint32
}

func (a *arguments) set(types *pgtype.Map, args []any) error {
	a.values, a.types = make([][]byte, len(args)), make([]uint32, len(args))
	for i, arg := range args {
		oid := typeOf(arg)
		if oid == 0 {
			return fmt.Errorf("argument %d is a %T", i+1, arg)
		}
		// Nil stands for NULL: what is there is never nil, however short.
		value, err := types.Encode(oid, pgx.BinaryFormatCode, arg, make([]byte, 0, 16))
		if err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
		a.values[i], a.types[i] = value, oid
	}
	return nil
}

// typeOf is the database's type of an argument, 0 for what is none.
func typeOf(arg any) uint32 {
	switch arg.(type) {
	case int64, int:
		return pgtype.Int8OID
	case string:
		return pgtype.TextOID
	case []byte:
		return pgtype.ByteaOID
	case bool:
		return pgtype.BoolOID
	case float64:
		return pgtype.Float8OID
	case []int64:
		return pgtype.Int8ArrayOID
	case []int16:
		return pgtype.Int2ArrayOID
	case []string, []*string:
		return pgtype.TextArrayOID
	case [][]byte:
		return pgtype.ByteaArrayOID
	case []bool:
		return pgtype.BoolArrayOID
	case []float64, []*float64:
		return pgtype.Float8ArrayOID
	}
	return 0
}
