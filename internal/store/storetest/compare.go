package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// Compare runs random transactions on a store and on the memory store: both must
// give the same results, fail in the same way, and hold the same afterwards.
// Runs is how many sequences of transactions, each on an empty store.
func Compare(t *testing.T, runs int, open Open) {
	clock := func() lead.Time { return today }
	for run := range runs {
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			t.Parallel()
			tested, model := open(t, clock).Store, memory.New(clock)
			// A seed of its own for each run makes every failure repeatable.
			draw := rapid.Custom(drawTransaction)
			highest := lead.ID(0)
			for step := range 8 * portrayed {
				transaction := draw.Example(run*1000 + step)
				got, gotErr := transaction.run(tested, highest)
				want, wantErr := transaction.run(model, highest)
				if fault.KindOf(gotErr) != fault.KindOf(wantErr) || (gotErr == nil) != (wantErr == nil) {
					t.Fatalf("step %d: got the error %v, want %v", step, gotErr, wantErr)
				}
				if d := cmp.Diff(want, got); gotErr == nil && d != "" {
					t.Fatalf("step %d: results differ:\n%s", step, d)
				}
				if wantErr == nil {
					highest += transaction.taken
				}
				if step%portrayed != portrayed-1 {
					continue
				}
				if d := difference(portray(t, tested, highest+1), portray(t, model, highest+1)); d != "" {
					t.Fatalf("step %d: the stores differ:\n%s", step, d)
				}
			}
		})
	}
}

// portrayed is after how many transactions the two are compared as a whole,
// which takes longer than the transactions.
const portrayed = 5

// errOnPurpose makes a random transaction fail.
var errOnPurpose = errors.New("on purpose")

// transaction is a sequence of random operations.
type transaction struct {
	operations []operation
	taken      lead.ID // how many leads it makes
	fails      bool
}

// operation does one thing and gives what the store answered. Its leads are
// places among those that exist; pick makes ids of them.
type operation func(tx store.Tx, pick func(place int) lead.ID) (any, error)

// run gives what the operations answered.
func (t transaction) run(s store.Store, highest lead.ID) ([]any, error) {
	var results []any
	err := s.Write(context.Background(), func(tx store.Tx) error {
		results = nil
		first, err := tx.NewLeads(int(t.taken))
		if err != nil {
			return err
		}
		results = append(results, first)
		last := highest + t.taken
		pick := func(place int) lead.ID { return lead.ID(place) % (last + 1) }
		for _, do := range t.operations {
			result, err := do(tx, pick)
			if err != nil {
				return err
			}
			results = append(results, result)
		}
		if t.fails {
			return errOnPurpose
		}
		return nil
	})
	return results, err
}

func drawTransaction(t *rapid.T) transaction {
	return transaction{
		operations: rapid.SliceOfN(rapid.Custom(drawOperation), 1, 4).Draw(t, "operations"),
		taken:      lead.ID(rapid.IntRange(0, 3).Draw(t, "taken")),
		fails:      rapid.IntRange(0, 9).Draw(t, "fails") == 0,
	}
}

var (
	drawPlace      = rapid.IntRange(1, 1000)
	drawTime       = rapid.Custom(func(t *rapid.T) lead.Time { return lead.Time(rapid.IntRange(0, 5).Draw(t, "time")) })
	drawText       = rapid.SampledFrom(oddTexts[:20])
	drawIdentifier = rapid.Custom(func(t *rapid.T) lead.Identifier {
		return lead.Identifier{Kind: lead.IdentifierKind(rapid.IntRange(1, 4).Draw(t, "kind")), Value: drawText.Draw(t, "value")}
	})
	drawBytes = rapid.SliceOfN(rapid.Byte(), 0, 5)
)

// drawOperation draws an operation that most stores would allow.
func drawOperation(t *rapid.T) operation {
	place, other, at, text := drawPlace.Draw(t, "place"), drawPlace.Draw(t, "other"), drawTime.Draw(t, "at"), drawText.Draw(t, "text")
	number, body := rapid.IntRange(0, 60).Draw(t, "number"), drawBytes.Draw(t, "body")
	switch rapid.IntRange(0, 19).Draw(t, "operation") {
	case 0, 1:
		backfill := rapid.Bool().Draw(t, "backfill")
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			events := []lead.Event{
				{Lead: pick(place), MessageID: fmt.Sprint(number, text), Name: text, Occurred: at, Received: 3, Backfill: backfill, Body: body},
				{Lead: pick(other), MessageID: fmt.Sprint(number, text, "b"), Occurred: at, Received: at},
			}
			err := tx.Append(events)
			return events[1].Seq, err
		}
	case 2, 3:
		identifiers := rapid.SliceOfN(drawIdentifier, 1, 3).Draw(t, "identifiers")
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			all := links(pick(place), identifiers...)
			all[0].Display, all[0].Since = text, at
			return len(all), tx.Link(all)
		}
	case 4, 5:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			rows := []store.LeadRow{{ID: pick(place), State: body, WakeAt: at}, {ID: pick(other)}}
			return len(rows), tx.PutLeads(rows)
		}
	case 6:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			return nil, tx.Join([]store.Join{{Child: pick(place), Parent: pick(other), At: at, Event: text}})
		}
	case 7:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			return nil, tx.Decide([]lead.Decision{{Lead: pick(place), Stage: text, Nth: number, At: at, Verb: lead.Made}})
		}
	case 8:
		return func(tx store.Tx, _ func(int) lead.ID) (any, error) {
			rejects := []lead.Reject{{Received: at, Index: number, Code: text, Body: body}, {}}
			err := tx.Reject(rejects)
			return rejects[1].Seq, err
		}
	case 9:
		replaced := int64(rapid.IntRange(0, 2).Draw(t, "replaced"))
		return func(tx store.Tx, _ func(int) lead.ID) (any, error) {
			key := lead.Key{ID: replaced, Hash: [32]byte{byte(number)}, Name: text, Created: at}
			err := tx.PutKey(&key)
			return key.ID, err
		}
	case 10, 11:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) { return partOf(tx, pick(place), number) }
	case 12:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			if number%3 > 0 {
				return nil, tx.EraseRejects([]int64{int64(place) % 10, 1})
			}
			return nil, tx.Erase(pick(place))
		}
	case 13, 14:
		return func(tx store.Tx, _ func(int) lead.ID) (any, error) { return changeAccount(tx, text, number, body) }
	case 15:
		return func(tx store.Tx, _ func(int) lead.ID) (any, error) { return changePapers(tx, text, number, body) }
	case 16, 17:
		one, another, q := drawListRow.Draw(t, "row"), drawListRow.Draw(t, "another row"), drawListQuery.Draw(t, "query")
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			one.Lead, another.Lead = pick(place), pick(other)
			return changeListing(tx, []store.ListRow{one, another}, pick(place+1), q, number)
		}
	case 18:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			return joinAccounts(tx, pick(place), pick(other), number)
		}
	default:
		return func(tx store.Tx, pick func(int) lead.ID) (any, error) {
			books, err := tx.Playbooks()
			if err != nil {
				return nil, err
			}
			err = tx.PutPlaybook(store.Playbook{Version: len(books) + 1 - number/50, Source: body, Note: text, Apply: number%2 == 0,
				Signed: make([]store.Signature, number%3)})
			return len(books), firstOf(err, func() error { return tx.Count(text, int64(number)) })
		}
	}
}
