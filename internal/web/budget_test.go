package web_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"galena/internal/access"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// tally counts what readers ask of a store, and how many rows they are given or have
// looked at for them.
type tally struct {
	store.Store
	asked, rows atomic.Int64
}

func (t *tally) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	return t.Store.Read(ctx, func(s store.Snapshot) error { return fn(tallied{s, t}) })
}

func (t *tally) add(rows int) {
	t.asked.Add(1)
	t.rows.Add(int64(rows))
}

type tallied struct {
	store.Snapshot
	*tally
}

func (s tallied) Listed(q store.ListQuery) (store.ListPart, error) {
	part, err := s.Snapshot.Listed(q)
	s.add(max(len(part.Rows), part.Looked))
	return part, err
}

func (s tallied) CountListed(q store.ListQuery, limit int) (store.ListCount, error) {
	n, err := s.Snapshot.CountListed(q, limit)
	s.add(0) // the stores bound it by themselves
	return n, err
}

func (s tallied) ListedAccounts(after *store.AccountPlace, limit int) ([]store.AccountTotal, error) {
	all, err := s.Snapshot.ListedAccounts(after, limit)
	s.add(len(all))
	return all, err
}

func (s tallied) ListedAfter(after lead.ID, limit int) ([]store.ListRow, error) {
	all, err := s.Snapshot.ListedAfter(after, limit)
	s.add(len(all))
	return all, err
}

func (s tallied) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	s.add(len(ids))
	return s.Snapshot.States(ids)
}

func (s tallied) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	all, err := s.Snapshot.Leads(after, limit)
	s.add(len(all))
	return all, err
}

func (s tallied) History(id lead.ID) ([]lead.Event, error) {
	all, err := s.Snapshot.History(id)
	s.add(len(all))
	return all, err
}

func (s tallied) Log(after int64, limit int) ([]lead.Event, error) {
	all, err := s.Snapshot.Log(after, limit)
	s.add(len(all))
	return all, err
}

func (s tallied) Decisions(id lead.ID) ([]lead.Decision, error) {
	all, err := s.Snapshot.Decisions(id)
	s.add(len(all))
	return all, err
}

func (s tallied) DecisionLog(after int64, limit int) ([]store.LoggedDecision, error) {
	all, err := s.Snapshot.DecisionLog(after, limit)
	s.add(len(all))
	return all, err
}

func (s tallied) LastRejects(before int64, limit int) ([]lead.Reject, error) {
	all, err := s.Snapshot.LastRejects(before, limit)
	s.add(len(all))
	return all, err
}

// What home, the board and lists ask of the store does not grow with the workspace.
func TestPagesAskNoMoreOfALargerWorkspace(t *testing.T) {
	t.Parallel()
	small, large := asked(t, 400), asked(t, 4000)
	for path, most := range map[string]int64{"/": 60, "/leads/board": 500, "/leads": 60, "/leads?kind=lead&sort=-last_seen": 60, "/accounts": 60} {
		if small[path] != large[path] || large[path][1] > most {
			t.Errorf("%s asks %d times for %d rows of a small workspace, %d times for %d of a large one; at most %d rows are agreed",
				path, small[path][0], small[path][1], large[path][0], large[path][1], most)
		}
	}
}

// asked tells how often each page asks the store of a workspace of so many people, and
// for how many rows.
func asked(t *testing.T, people int) map[string][2]int64 {
	t.Helper()
	s := &tally{Store: memory.New(func() lead.Time { return midday })}
	h := openOn(t, s).founded()
	if _, err := h.Site.App.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{{MessageID: "one", Type: lead.Track, Name: "Visit", UserID: "one", Occurred: midday}}}); err != nil {
		t.Fatal(err)
	}
	if err := h.Site.App.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	stages := h.Site.App.Plan().Stages[:h.Site.App.Plan().FirstExit]
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(people)
		if err != nil {
			return err
		}
		rows := make([]store.ListRow, people)
		for i := range rows {
			rows[i] = store.ListRow{Lead: first + lead.ID(i), Kind: store.ListLead, Stage: stages[i%len(stages)].Name, StageSince: midday - 1,
				Score: int64(i % 7), FirstSeen: midday - 1, LastSeen: midday - 1, Account: string(rune('a'+i%26)) + ".example"}
		}
		return tx.PutListed(rows)
	}); err != nil {
		t.Fatal(err)
	}
	found := map[string][2]int64{}
	for _, path := range []string{"/", "/leads/board", "/leads", "/leads?kind=lead&sort=-last_seen", "/accounts"} {
		s.asked.Store(0)
		s.rows.Store(0)
		if w := h.askAs(access.Admin, path); w.Code != http.StatusOK {
			t.Fatalf("%s answers %d", path, w.Code)
		}
		found[path] = [2]int64{s.asked.Load(), s.rows.Load()}
	}
	t.Log(people, found)
	return found
}
