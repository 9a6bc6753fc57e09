package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"galena/internal/fault"
)

// errAgain is in the chain of every error of a transaction that may succeed when
// it is run again.
var errAgain = errors.New("to be run again")

// errOver is what a Tx or Snapshot answers after its function has returned.
var errOver = fault.New(fault.Internal, "A transaction was used after its end.")

// SQLSTATE codes that are told apart, and the first two characters of classes.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	readOnlyTransaction  = "25006"
	idleInTransaction    = "25P03"
	diskFull             = "53100"
	tooManyConnections   = "53300"
	insufficientRight    = "42501"
	noDatabase           = "3D000"
	unknownSetting       = "42704"
	ioError              = "58030"
	unknownStatement     = "26000" // a name was given to another connection,
	knownStatement       = "42P05" // or by somebody else

	classOfConnection = "08" // also what poolers say
	classOfResources  = "53"
	classOfOperator   = "57" // shutting down, starting up
	classOfLogin      = "28"
	classOfCorruption = "XX"
)

// raced are the unique indexes on which two nodes meet that do the same at the
// same time. The loser, run again, sees what the winner wrote.
var raced = []string{"playbooks_pkey", "keys_pkey", "identifiers_digest", "counters_pkey", "rejects_identity"}

// away makes the error of a server that does not take us.
func (s *Store) away(err error) error {
	return fault.Wrap(err, fault.Busy, "%s cannot be reached; see that its server runs and that the database URL is right.", sentence(s.place))
}

// unconnected explains why there is no connection. Once the store was opened all
// of it passes: a password is changed, a database restored, and the node goes on.
func (s *Store) unconnected(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil {
		err = s.refused(ctx, err)
	}
	err = s.explain(ctx, err)
	if err != nil && s.opened && fault.KindOf(err) != fault.Busy {
		err = fault.Wrap(err, fault.Busy, "%s", fault.Text(err))
	}
	return err
}

// refused explains why a connection could not be made.
func (s *Store) refused(ctx context.Context, err error) error {
	untrusted, _ := errors.AsType[*tls.CertificateVerificationError](err)
	switch code := codeOf(err); {
	case errors.Is(err, pgconn.ErrReadOnlyConnection), errors.Is(err, pgconn.ErrStandbyConnection):
		return s.readOnlyServer(err)
	case code == unknownSetting:
		return fault.Wrap(err, fault.Invalid, "The server with %s does not know a parameter of the database URL; see how it is spelt.", s.place)
	case code != "":
		return s.explain(ctx, err)
	case untrusted != nil:
		return fault.Wrap(err, fault.Denied, "The server with %s shows a certificate that is not trusted for that name; name the certificate of its authority in the database URL, as in sslrootcert=/etc/ssl/db.pem.", s.place)
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return fault.Wrap(err, fault.Denied, "The server with %s takes no encrypted connections, and the sslmode of the database URL demands one; turn ssl on there, or use sslmode=prefer on a network that you trust.", s.place)
	}
	return s.away(err)
}

// readOnlyServer makes the error of a server that takes no writes.
func (s *Store) readOnlyServer(err error) error {
	return fault.Wrap(err, fault.Busy, "%s cannot be written: the server is a standby or read-only. Name the primary in the database URL, or all servers, as in postgres://galena@one,two/name.", sentence(s.place))
}

// broken explains an error of a transaction under way.
func (s *snapshot) broken(err error) error {
	if s.ctx.Err() == nil && s.conn.IsClosed() && codeOf(err) != idleInTransaction {
		if errors.Is(err, context.DeadlineExceeded) {
			return fault.Wrap(err, fault.Busy, "%s does not answer; try again in a moment.", sentence(s.node.place))
		}
		return s.node.lost(err)
	}
	return s.node.explain(s.ctx, err)
}

// unbegun explains why a transaction did not begin. A connection that died while
// nobody used it, or whose server is no longer the primary, has neighbours of the
// same kind: all are given up, and another one may do.
func (s *snapshot) unbegun(err error) error {
	if s.ctx.Err() != nil || !s.conn.IsClosed() && codeOf(err) != readOnlyTransaction {
		return s.node.unconnected(s.ctx, err)
	}
	s.node.pool.Reset()
	return s.node.unconnected(s.ctx, errors.Join(errAgain, err))
}

// lost makes the error of a connection that went before the commit.
func (s *Store) lost(err error) error {
	return fault.Wrap(errors.Join(errAgain, err), fault.Busy, "The connection to %s was lost; try again in a moment.", s.place)
}

// disturbed makes the error of a transaction that a neighbour's commit overtook.
func (s *Store) disturbed(err error) error {
	return fault.Wrap(errors.Join(errAgain, err), fault.Busy, "Others keep changing the same leads in %s; try again in a moment.", s.place)
}

// explain gives what the database or its client reported a kind and a sentence.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, told := errors.AsType[*fault.Error](err); told {
		return err
	}
	if ctx.Err() != nil {
		return fault.Wrap(ctx.Err(), fault.Busy, "The request ended before the database had answered it.")
	}
	code := codeOf(err)
	switch code {
	case serializationFailure, deadlockDetected:
		return s.disturbed(err)
	case uniqueViolation:
		if slices.Contains(raced, constraintOf(err)) {
			return s.disturbed(err)
		}
	case unknownStatement, knownStatement:
		s.unnamed.Store(true)
		return s.disturbed(err)
	case lockNotAvailable:
		return fault.Wrap(err, fault.Busy, "Another node holds what is needed in %s for too long; try again in a moment.", s.place)
	case queryCanceled:
		return fault.Wrap(err, fault.Busy, "%s took too long to answer; try again in a moment.", sentence(s.place))
	case idleInTransaction:
		return fault.Wrap(err, fault.Busy, "A transaction with %s was idle for too long and was ended.", s.place)
	case readOnlyTransaction:
		return s.readOnlyServer(err)
	case diskFull:
		return fault.Wrap(err, fault.Busy, "The disk of the server with %s is full and nothing was written; free some space there.", s.place)
	case tooManyConnections:
		return fault.Wrap(err, fault.Busy, "The server with %s takes no more connections; raise max_connections there, or lower pool_max_conns in the database URL.", s.place)
	case insufficientRight:
		return fault.Wrap(err, fault.Denied, "The user of the database URL lacks a right in %s; let its owner grant it, or make the schema beforehand: CREATE SCHEMA %s AUTHORIZATION the_user.", s.place, s.schema)
	case noDatabase:
		return fault.Wrap(err, fault.NotFound, "There is no such database: %s. Make it first (createdb).", s.place)
	case ioError:
		return fault.Wrap(err, fault.Busy, "The disk of the server with %s failed; check the disk.", s.place)
	}
	switch class := code[:min(2, len(code))]; {
	case class == classOfLogin:
		return fault.Wrap(err, fault.Denied, "%s refuses the user or the password of the database URL.", sentence(s.place))
	case class == classOfResources:
		return fault.Wrap(err, fault.Busy, "The server with %s lacks resources; try again in a moment.", s.place)
	case class == classOfCorruption:
		return fault.Wrap(err, fault.Internal, "%s may be damaged; read the log of its server.", sentence(s.place))
	case class == classOfConnection, class == classOfOperator:
		return s.away(err)
	}
	return fault.Wrap(err, fault.Internal, "The database could not do its work.")
}

// codeOf is the SQLSTATE in err's chain, "" if there is none.
func codeOf(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

func constraintOf(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.ConstraintName
	}
	return ""
}

// detailOf is what the server says besides; it names the key of a unique index.
func detailOf(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Detail
	}
	return ""
}

// sentence begins a sentence with the name of a database.
func sentence(place string) string { return strings.ToUpper(place[:1]) + place[1:] }
