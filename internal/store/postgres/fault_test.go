package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/store"
)

// writeRows puts n new leads.
func writeRows(s store.Store, n int) error {
	return s.Write(context.Background(), func(tx store.Tx) error {
		first, err := tx.NewLeads(n)
		if err != nil {
			return err
		}
		rows := make([]store.LeadRow, n)
		for i := range rows {
			rows[i].ID = first + lead.ID(i)
		}
		return tx.PutLeads(rows)
	})
}

func leadsIn(t *testing.T, s store.Store) int64 {
	t.Helper()
	var c store.Counts
	if err := s.Read(context.Background(), func(view store.Snapshot) (err error) { c, err = view.Counts(); return err }); err != nil {
		t.Fatal(err)
	}
	return c.Leads
}

// with changes a parameter of a URL.
func with(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	address := cluster.URL(t)
	for name, c := range map[string]struct {
		url  string
		kind fault.Kind
		says string
	}{
		"no server":    {with(t, address, "host", filepath.Join(t.TempDir(), "nowhere")), fault.Busy, "cannot be reached"},
		"no address":   {"postgres://user:secret@no-such-host.invalid/db", fault.Busy, "cannot be reached"},
		"no database":  {strings.Replace(address, "test_", "missing_", 1), fault.NotFound, "Make it first"},
		"no user":      {with(t, address, "user", "nobody_knows"), fault.Denied, "refuses the user"},
		"no right":     {"postgres:///postgres" + address[strings.Index(address, "?"):], fault.Denied, "CREATE SCHEMA galena AUTHORIZATION"},
		"no setting":   {with(t, address, "sslmod", "require"), fault.Invalid, "a parameter of the database URL"},
		"no TLS":       {"postgres://user:secret@" + refusesTLS(t) + "/db?sslmode=require", fault.Denied, "sslmode=prefer"},
		"strange TLS":  {"postgres://user:secret@" + strangeTLS(t) + "/db?sslmode=verify-full", fault.Denied, "sslrootcert="},
		"a standby":    {readOnlyDatabase(t), fault.Busy, "standby or read-only"},
		"a small pool": {with(t, address, "pool_max_conns", "1"), fault.Invalid, "pool_max_conns is 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(context.Background(), c.url, Options{})
			if err == nil {
				_ = s.Close()
				t.Fatal("it was opened")
			}
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("got %v (%v), want a fault of kind %v that says %q", err, fault.KindOf(err), c.kind, c.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// raise makes every count fail with an SQLSTATE, as the server would.
func (s *Store) raise(t *testing.T, code string) {
	t.Helper()
	s.exec(t, fmt.Sprintf(`
		CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '%s'; END $$;
		CREATE OR REPLACE TRIGGER failing BEFORE INSERT ON counters EXECUTE FUNCTION fail()`, code))
}

func TestErrorsOfTheServer(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for _, c := range []struct {
		code string
		kind fault.Kind
		says string
		runs int
	}{
		{serializationFailure, fault.Busy, "Others keep changing", attempts},
		{deadlockDetected, fault.Busy, "Others keep changing", attempts},
		{lockNotAvailable, fault.Busy, "Another node holds", 1},
		{queryCanceled, fault.Busy, "took too long", 1},
		{readOnlyTransaction, fault.Busy, "read-only", 1},
		{diskFull, fault.Busy, "full and nothing was written", 1},
		{"53200", fault.Busy, "lacks resources", 1},
		{tooManyConnections, fault.Busy, "max_connections", 1},
		{ioError, fault.Busy, "check the disk", 1},
		{insufficientRight, fault.Denied, "lacks a right", 1},
		{"XX001", fault.Internal, "may be damaged", 1},
		{"08006", fault.Busy, "cannot be reached", 1},
		{"22012", fault.Internal, "could not do its work", 1},
	} {
		s.raise(t, c.code)
		runs := 0
		err := s.Write(context.Background(), func(tx store.Tx) error {
			runs++
			return tx.Count("any", 1)
		})
		if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) {
			t.Errorf("%s: got %v (%v), want a fault of kind %v that says %q", c.code, err, fault.KindOf(err), c.kind, c.says)
		}
		if runs != c.runs {
			t.Errorf("%s: the transaction was run %d times, want %d", c.code, runs, c.runs)
		}
	}
	s.exec(t, "DROP TRIGGER failing ON counters")
	if err := writeRows(s, 1); err != nil {
		t.Errorf("after the errors: %v", err)
	}
}

// A transaction that was disturbed once is run again, and then succeeds.
func TestDisturbedTransactionsAreRunAgain(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.exec(t, "CREATE SEQUENCE runs")
	s.exec(t, `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('runs') < 4 THEN RAISE EXCEPTION 'made up' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$;
		CREATE TRIGGER failing AFTER INSERT ON counters EXECUTE FUNCTION fail()`)
	runs := 0
	var first lead.ID
	err := s.Write(context.Background(), func(tx store.Tx) (err error) {
		runs++
		if first, err = tx.NewLeads(2); err != nil {
			return err
		}
		return errors.Join(tx.PutLeads([]store.LeadRow{{ID: first}}), tx.Count("any", 1))
	})
	if err != nil || runs != 4 {
		t.Errorf("after %d runs: %v, want success after 4", runs, err)
	}
	if got := leadsIn(t, s); got != 1 || first != 1 {
		t.Errorf("there are %d leads from %s on, want 1 and the first id", got, first)
	}
}

func TestLocksAreWaitedForShortly(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	if err := writeRows(s, 1); err != nil {
		t.Fatal(err)
	}
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		held, err := conn.Begin(ctx)
		if err != nil {
			return err
		}
		defer held.Rollback(ctx)
		if _, err := held.Exec(ctx, "LOCK TABLE leads"); err != nil {
			return err
		}
		began := time.Now()
		err = writeRows(s, 1)
		if took := time.Since(began); fault.KindOf(err) != fault.Busy || took > 3*time.Second {
			t.Errorf("after %s: %v, want a fault of kind busy within 3 s", took, err)
		}
		return nil
	})
	if err := writeRows(s, 1); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

func TestNoMoreConnections(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.exec(t, "ALTER DATABASE "+s.pool.Config().ConnConfig.Database+" CONNECTION LIMIT 0")
	s.pool.Reset()
	began := time.Now()
	err := writeRows(s, 1)
	if took := time.Since(began); fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "pool_max_conns") || took > 3*time.Second {
		t.Errorf("after %s: %v, want a fault of kind busy about connections", took, err)
	}
}

// What died in the pool while nobody used it is not noticed by anybody.
func TestDeadConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	if err := writeRows(s, 1); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		cluster.Superuser(t, fmt.Sprintf("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'",
			s.pool.Config().ConnConfig.Database))
		if err := writeRows(s, 1); err != nil {
			t.Errorf("Write: %v", err)
		}
		cluster.Superuser(t, fmt.Sprintf("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'",
			s.pool.Config().ConnConfig.Database))
		leadsIn(t, s)
	}
}

// What keeps a node from its database passes, whatever it is: the answer is
// "busy", and the node goes on by itself.
func TestADatabaseThatIsAwayForAWhile(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	name := s.pool.Config().ConnConfig.Database
	rename := func(from, to string) {
		t.Helper()
		s.pool.Reset()
		cluster.Superuser(t, fmt.Sprintf("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'", from))
		cluster.Superuser(t, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", from, to))
	}
	rename(name, name+"_away")
	if err := writeRows(s, 1); fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "no such database") {
		t.Errorf("while it is away: %v, want a fault of kind busy", err)
	}
	if err := s.Ready(t.Context()); fault.KindOf(err) != fault.Busy {
		t.Errorf("while it is away: Ready says %v, want a fault of kind busy", err)
	}
	rename(name+"_away", name)
	if err := writeRows(s, 1); err != nil {
		t.Errorf("when it is back: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	address := cluster.URL(t)
	server := openTestStore(t, address)
	if err := writeRows(server, 1); err != nil {
		t.Fatal(err)
	}
	beside, err := Open(context.Background(), address, Options{ReadOnly: true, Clock: func() lead.Time { return 7 }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = beside.Close() })
	if got := leadsIn(t, beside); got != 1 {
		t.Errorf("there are %d leads, want 1", got)
	}
	err = beside.Write(context.Background(), func(store.Tx) error { t.Error("the function was run"); return nil })
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("Write: got %v, want a fault of kind denied", err)
	}
}

// The settings hold whatever the database's own are.
func TestSettingsAreTheTransactions(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for _, setting := range []string{"synchronous_commit = off", "lock_timeout = 0", "statement_timeout = 9999", "timezone = 'Asia/Kathmandu'",
		"idle_in_transaction_session_timeout = 0", "search_path = nowhere", "default_transaction_isolation = 'serializable'"} {
		s.exec(t, fmt.Sprintf("ALTER DATABASE %s SET %s", s.pool.Config().ConnConfig.Database, setting))
	}
	s.pool.Reset()
	view, release, err := s.begin(context.Background(), s.beginWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := view.Now(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"synchronous_commit": "on", "lock_timeout": "2s", "statement_timeout": "30s", "timezone": "UTC",
		"idle_in_transaction_session_timeout": "10s", "search_path": `"galena"`, "transaction_isolation": "read committed",
	} {
		var got string
		if err := view.conn.QueryRow(context.Background(), "SHOW "+name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestTheClockIsTheDatabases(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	err := s.Write(context.Background(), func(tx store.Tx) error {
		now, err := tx.Now()
		if d := time.Since(now.UTC()).Abs(); d > time.Minute {
			t.Errorf("the database's clock is %s away", d)
		}
		later, _ := tx.Now()
		if later != now {
			t.Errorf("one transaction is at %d and at %d", now, later)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A large workspace is told which settings are small for it, a small one of none.
func TestTightSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size, buffers, log int64
		lines              int
	}{
		{largeSize - 1, 128 << 20, 1 << 30, 0},
		{largeSize, 128 << 20, 1 << 30, 2},
		{largeSize, enoughBuffers, 1 << 30, 1},
		{largeSize, 128 << 20, enoughLog, 1},
		{1 << 40, enoughBuffers, enoughLog, 0},
	} {
		if lines := tight(c.size, c.buffers, c.log); len(lines) != c.lines {
			t.Errorf("%d MB with %d and %d: %v", c.size>>20, c.buffers>>20, c.log>>20, lines)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for _, harm := range []struct{ sql, says string }{
		{"", ""},
		{`DELETE FROM events WHERE seq = 1`, "1 places of the log that are missing"},
		{`UPDATE events SET seq = 9 WHERE seq = 2`, "1 events after the end of the log"},
		{`UPDATE events SET lead = 999 WHERE seq = 2`, "1 events of leads that never existed"},
		{`INSERT INTO decisions SELECT n, 1, 1, 'MQL', '', '', 1, 5, 'a', 1, 1, 5 FROM generate_series(1, 2) AS n`, "1 decisions that were written twice"},
		{`INSERT INTO joins VALUES (21, 22, 22, 0, '')`, "1 joins that lead to no surviving lead"},
		{`UPDATE workspace SET leads = 7`, "13 leads missing from their count"},
		{`INSERT INTO joins VALUES (3, 4, 4, 0, '')`, "1 rows of leads that were joined"},
		{`INSERT INTO identifiers VALUES (1, '', 1, 'a', 50, 50, '', 0)`, "1 identifiers held by leads that do not survive"},
	} {
		s.exec(t, "DROP SCHEMA galena CASCADE")
		if err := s.withConnection(context.Background(), s.prepareWorkspace); err != nil {
			t.Fatal(err)
		}
		err := s.Write(context.Background(), func(tx store.Tx) error {
			first, err := tx.NewLeads(20)
			if err != nil {
				return err
			}
			rows := make([]store.LeadRow, 20)
			for i := range rows {
				rows[i].ID = first + lead.ID(i)
			}
			return errors.Join(tx.PutLeads(rows), tx.Append([]lead.Event{{Lead: first, MessageID: "a"}, {Lead: first, MessageID: "b"}}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if harm.sql != "" {
			s.exec(t, harm.sql)
		}
		lines, err := s.Check(context.Background())
		text := fmt.Sprint(lines)
		if !strings.Contains(text, "20 leads") || !strings.Contains(text, "fsync is off") {
			t.Errorf("after %q Check says\n%s", harm.sql, text)
		}
		if harm.sql == "" {
			if err != nil {
				t.Errorf("a sound workspace: %v\n%s", err, text)
			}
		} else if fault.KindOf(err) != fault.Internal || err == nil || !strings.Contains(text, harm.says) {
			t.Errorf("after %q: got %v, want %q in\n%s", harm.sql, err, harm.says, text)
		}
	}
}
