package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/store"
)

// visit is what a sender does: a message of a person, taken once, with its lead.
// Transactions are counted, known message or not.
func visit(s store.Store, person, message string) error {
	identifier := lead.Identifier{Kind: lead.User, Value: person}
	return s.Write(context.Background(), func(tx store.Tx) error {
		hash := lead.HashMessage(message)
		if err := tx.Count("visits", 1); err != nil {
			return err
		}
		known, err := tx.Known([]lead.MessageHash{hash})
		if err != nil || known[hash] {
			return err
		}
		found, err := tx.Find([]lead.Identifier{identifier})
		if err != nil {
			return err
		}
		id, ok := found[identifier]
		if !ok {
			if id, err = tx.NewLeads(1); err != nil {
				return err
			}
			if err := tx.Link([]store.Link{{Identifier: identifier, Lead: id}}); err != nil {
				return err
			}
		}
		rows, err := tx.States([]lead.ID{id})
		if err != nil {
			return err
		}
		if err := tx.Append([]lead.Event{{Lead: id, MessageID: message, UserID: person}}); err != nil {
			return err
		}
		return tx.PutLeads([]store.LeadRow{{ID: id, WakeAt: rows[id].WakeAt + 1}})
	})
}

// insist sends again while the answer is "busy", as senders do.
func insist(s store.Store, person, message string) (refusals int, err error) {
	for ; refusals < 100; refusals++ {
		if err = visit(s, person, message); err == nil || fault.KindOf(err) != fault.Busy {
			break
		}
	}
	return refusals, err
}

// expectVisits checks that each of people is one lead with all messages once,
// and that each lead's row was written as often.
func expectVisits(t *testing.T, s *Store, people, each int) {
	t.Helper()
	err := s.Read(context.Background(), func(view store.Snapshot) error {
		log, err := view.Log(0, 1_000_000)
		if err != nil {
			return err
		}
		times := map[string]int{}
		for i := range log {
			times[log[i].MessageID]++
			if log[i].Seq != int64(i+1) {
				t.Errorf("event %d of the log has the number %d", i+1, log[i].Seq)
			}
		}
		for message, n := range times {
			if n > 1 {
				t.Errorf("message %s is in the log %d times", message, n)
			}
		}
		rows, err := view.Leads(0, 1_000_000)
		if err != nil {
			return err
		}
		if len(rows) != people || len(times) != people*each {
			t.Errorf("there are %d leads and %d messages, want %d and %d", len(rows), len(times), people, people*each)
		}
		for _, row := range rows {
			if row.WakeAt != lead.Time(each) {
				t.Errorf("%s was counted up to %d, want %d", row.ID, row.WakeAt, each)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines, err := s.Check(context.Background()); err != nil {
		t.Errorf("Check: %v\n%v", err, lines)
	}
}

// What Find says holds to the end, also of an identifier that was on its way to
// another lead when it was asked for.
func TestFindWaitsForWhoeverMoves(t *testing.T) {
	t.Parallel()
	url := cluster.URL(t)
	here, there := openTestStore(t, url), openTestStore(t, url)
	device := lead.Identifier{Kind: lead.Anonymous, Value: "device"}
	var from, to lead.ID
	err := here.Write(context.Background(), func(tx store.Tx) (err error) {
		if from, err = tx.NewLeads(2); err != nil {
			return err
		}
		to = from + 1
		return tx.Link([]store.Link{{Identifier: device, Lead: from}})
	})
	if err != nil {
		t.Fatal(err)
	}
	found := make(chan error, 1)
	runs := 0
	err = here.Write(context.Background(), func(moving store.Tx) error {
		if err := moving.Link([]store.Link{{Identifier: device, Lead: to}}); err != nil {
			return err
		}
		go func() {
			found <- there.Write(context.Background(), func(finding store.Tx) error {
				runs++
				holders, err := finding.Find([]lead.Identifier{device})
				if err == nil && (holders[device] != to || finding.(*tx).surviving(to) == nil) {
					t.Errorf("found %v, and holds %v", holders, finding.(*tx).leads)
				}
				return err
			})
		}()
		return there.untilBlocked()
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-found; err != nil || runs != 2 {
		t.Errorf("after %d runs: %v, want success in the second", runs, err)
	}
}

// untilBlocked waits until somebody in the database waits for a lock.
func (s *Store) untilBlocked() error {
	return s.withConnection(context.Background(), func(conn *pgx.Conn) error {
		for waiting := 0; waiting == 0; {
			row := conn.QueryRow(context.Background(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
			if err := row.Scan(&waiting); err != nil {
				return err
			}
		}
		return nil
	})
}

// Two nodes take the same messages of the same people at once, while connections
// are ended at random moments: what was acknowledged is there, once.
func TestConnectionsAreEnded(t *testing.T) {
	t.Parallel()
	url := cluster.URL(t)
	nodes := []*Store{openTestStore(t, url), openTestStore(t, url)}
	const writers, people, each = 4, 8, 6

	ended := openTestStore(t, url)
	var busy, kills atomic.Int64
	// Two for each message that is in: were they ended as fast as they can be, nobody
	// would get anywhere on a slow machine.
	turns := make(chan struct{}, 1+2*writers*people*each)
	turns <- struct{}{}
	var killer, all sync.WaitGroup
	killer.Go(func() {
		for range turns {
			var n int64
			err := ended.Read(context.Background(), func(view store.Snapshot) error {
				// Only one that is at work: an idle one proves little.
				return view.(*snapshot).conn.QueryRow(context.Background(), `SELECT count(pg_terminate_backend(pid)) FROM (
					SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
						AND xact_start IS NOT NULL ORDER BY random() LIMIT 1) AS one`).Scan(&n)
			})
			if err != nil {
				t.Errorf("ending a connection: %v", err)
				return
			}
			kills.Add(n)
		}
	})
	for w := range writers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(w)))
			for _, i := range random.Perm(people * each) {
				person := i % people
				refusals, err := insist(nodes[w%2], fmt.Sprint("person-", person), fmt.Sprint("message-", i))
				busy.Add(int64(refusals))
				if err != nil {
					t.Errorf("message %d: %v", i, err)
				}
				turns <- struct{}{}
				turns <- struct{}{}
			}
		})
	}
	all.Wait()
	close(turns)
	killer.Wait()
	expectVisits(t, nodes[0], people, each)
	if kills.Load() < 10 {
		t.Errorf("only %d connections were ended", kills.Load())
	}
	t.Logf("%d connections were ended; %d times the answer was busy", kills.Load(), busy.Load())
}
