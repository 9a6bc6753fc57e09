package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
)

// BenchmarkStartAfterKill opens what a server left that was killed when its tail
// was as long as it gets. GALENA_BENCH_EVENTS says how many events the log has.
func BenchmarkStartAfterKill(b *testing.B) {
	const leads = 500_000
	events := 200_000
	if text := os.Getenv("GALENA_BENCH_EVENTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		events = n
	}
	ctx := context.Background()
	path := filepath.Join(b.TempDir(), "galena.db")
	s, err := Open(ctx, path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	// The log is made by SQL, which takes a minute instead of ten.
	fill := fmt.Sprintf(`UPDATE workspace SET last_lead = %[1]d, leads = 0;
		WITH RECURSIVE n(seq) AS (VALUES (1) UNION ALL SELECT seq + 1 FROM n WHERE seq < %[2]d)
		INSERT INTO events (seq, lead, hash, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email,
			company, origin, source, occurred, received, backfill, sanitised, body)
		SELECT seq, 1 + abs(random()) %% %[1]d, randomblob(16), 'message-' || seq, 1, 'Page', '', 'browser', '', '', '',
			'', 1, 1, seq, seq, 0, 0, zeroblob(300) FROM n`, leads, events)
	if _, err := s.writer.conn.ExecContext(ctx, fill); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	if s, err = Open(ctx, path, Options{tail: bounds{tailEvents, tailBytes}}); err != nil {
		b.Fatal(err)
	}
	b.Logf("the index of %d events was made within %s", events, time.Since(begun).Round(time.Millisecond))
	defer s.Close()
	// Nothing is written back while the tail grows, in rows and events alike.
	s.turn <- struct{}{}
	for more := true; more; {
		if more, err = s.step(); err != nil {
			b.Fatal(err)
		}
	}
	s.bounds = bounds{1 << 40, 1 << 40}
	<-s.turn
	random := rand.New(rand.NewPCG(1, 1))
	for n := range (hardBound + 1) * tailEvents / 1000 {
		err := s.Write(ctx, func(tx store.Tx) error {
			batch, rows := make([]lead.Event, 1000), make([]store.LeadRow, 1000)
			for i := range batch {
				id := 1 + lead.ID(random.IntN(leads))
				batch[i] = lead.Event{Lead: id, MessageID: fmt.Sprint("late ", n, i, random.Int64()), Received: 1}
				rows[i] = store.LeadRow{ID: id, WakeAt: lead.Time(n), State: make([]byte, 400)}
			}
			if err := tx.Append(batch); err != nil {
				return err
			}
			return tx.PutLeads(rows)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("the tail has %d events and %d MB of rows", len(s.tails[0].events), s.tails[0].bytes>>20)
	var used time.Duration
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		// Between commits the files are as a kill leaves them.
		copied := filepath.Join(b.TempDir(), "galena.db")
		s.turn <- struct{}{}
		for _, end := range []string{"", "-wal"} {
			if err := copyFile(path+end, copied+end); err != nil {
				b.Fatal(err)
			}
		}
		<-s.turn
		before := cpuTime(b)
		b.StartTimer()
		again, err := Open(ctx, copied, Options{})
		if err != nil {
			b.Fatal(err)
		}
		err = again.Write(ctx, func(tx store.Tx) error { return tx.Count("started", 1) })
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		used += cpuTime(b) - before
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
}

// cpuTime is what this process has used, which on a machine that others use too
// says more than the time that passed.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Close())
}
