package sdk

import (
	"context"
	"maps"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/tracking"
)

// record is a log that knows its messages by id.
type record struct {
	mu         sync.Mutex
	landed     map[string]int
	duplicates int
	rejects    []lead.Reject
}

func (r *record) Ingest(_ context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var receipt pipeline.Receipt
	for _, e := range b.Events {
		if r.landed[e.MessageID] > 0 {
			receipt.Duplicates++
			continue
		}
		receipt.Accepted++
		r.landed[e.MessageID]++
	}
	r.duplicates += receipt.Duplicates
	r.rejects = append(r.rejects, b.Rejects...)
	return receipt, nil
}

func (r *record) counts() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.landed)
}

type oneKey struct{ kind lead.KeyKind }

const writeKey = "c123456789012345678901234"

func (k oneKey) WriteKey(_ context.Context, key string) (int64, lead.KeyKind, bool, error) {
	return 1, k.kind, key == writeKey, nil
}

// serve starts the tracking face before a record.
func serve(t *testing.T, kind lead.KeyKind) (Server, *record) {
	log := &record{landed: map[string]int{}}
	server := httptest.NewServer(tracking.New(tracking.Config{
		Sink: log, Keys: oneKey{kind}, Clock: func() lead.Time { return lead.TimeOf(time.Now()) },
	}))
	t.Cleanup(server.Close)
	return Server{BaseURL: server.URL, WriteKey: writeKey, Landed: log.counts}, log
}

// checkRecord says whether the scenario was what it claims to be.
func checkRecord(t *testing.T, log *record) {
	if log.duplicates == 0 {
		t.Error("no message came twice: the test proves nothing")
	}
	if len(log.rejects) > 0 {
		t.Errorf("%d messages were refused, the first: %s: %s", len(log.rejects), log.rejects[0].Message, log.rejects[0].Body)
	}
}

func TestNode(t *testing.T) {
	t.Parallel()
	server, log := serve(t, lead.ServerKey)
	Node(t, server)
	checkRecord(t, log)
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	server, log := serve(t, lead.BrowserKey)
	Browser(t, server)
	checkRecord(t, log)
}
