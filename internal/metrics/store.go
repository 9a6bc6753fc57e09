package metrics

import (
	"context"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
)

// Store is s with its commits counted.
func (m *Metrics) Store(s store.Store) store.Store { return &counted{s, m} }

type counted struct {
	store.Store
	metrics *Metrics
}

// Write implements store.Store.
func (c *counted) Write(ctx context.Context, fn func(store.Tx) error) error {
	var last tally
	begun := time.Now()
	err := c.Store.Write(ctx, func(tx store.Tx) error {
		last = tally{Tx: tx} // anew when the transaction runs again
		return fn(&last)
	})
	switch {
	case err != nil:
		c.metrics.failures.Inc()
		return err
	case last.appended > 0:
		c.metrics.commitEvents.Observe(float64(last.appended))
		c.metrics.commitSeconds.Observe(time.Since(begun).Seconds())
	}
	c.metrics.wakes.Add(float64(last.due))
	return nil
}

// tally is a transaction that knows what went through it.
type tally struct {
	store.Tx
	appended, due int
}

// Append implements store.Tx.
func (t *tally) Append(events []lead.Event) error {
	t.appended += len(events)
	return t.Tx.Append(events)
}

// Due implements store.Snapshot. Whoever asks in a transaction wakes them.
func (t *tally) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	rows, err := t.Tx.Due(at, limit)
	t.due += len(rows)
	return rows, err
}
