package storetest

import (
	"context"
	"errors"
	"testing"

	"galena/internal/fault"
	"galena/internal/store"
)

// nothing is a transaction or reading that must not be run.
func nothing(t *testing.T) (func(store.Tx) error, func(store.Snapshot) error) {
	fail := func() error { t.Error("the function was run"); return nil }
	return func(store.Tx) error { return fail() }, func(store.Snapshot) error { return fail() }
}

func (f *fixture) busy(what string, err error) {
	f.Helper()
	if err == nil || fault.KindOf(err) != fault.Busy {
		f.Errorf("%s: got %v, want a fault of kind busy", what, err)
	}
}

// busyWriters calls fn while as many transactions are under way as the store
// writes at the same time.
func (f *fixture) busyWriters(fn func() error) {
	f.Helper()
	for range max(f.Writers, 1) {
		next := fn
		fn = func() error { return f.Store.Write(context.Background(), func(store.Tx) error { return next() }) }
	}
	if err := fn(); err != nil {
		f.Fatalf("Write: %v", err)
	}
}

var contexts = []test{
	{"nothing begins under a context that has ended", func(f *fixture) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		write, read := nothing(f.T)
		for what, err := range map[string]error{"Write": f.Store.Write(ctx, write), "Read": f.Store.Read(ctx, read)} {
			f.busy(what, err)
			if !errors.Is(err, context.Canceled) {
				f.Errorf("%s does not say that the context was cancelled: %v", what, err)
			}
		}
	}},

	{"a transaction that waits for its turn heeds its context", func(f *fixture) {
		ctx, cancel := context.WithCancel(context.Background())
		waiting := make(chan error)
		f.busyWriters(func() error {
			write, _ := nothing(f.T)
			go func() { waiting <- f.Store.Write(ctx, write) }()
			cancel()
			err := <-waiting // while every turn is still taken
			f.busy("Write", err)
			if !errors.Is(err, context.Canceled) {
				f.Errorf("Write does not say that the context was cancelled: %v", err)
			}
			return nil
		})
		f.write(sample)
	}},

	{"a transaction that has begun runs to its end", func(f *fixture) {
		ctx, cancel := context.WithCancel(context.Background())
		err := f.Store.Write(ctx, func(tx store.Tx) error {
			cancel()
			return sample(tx)
		})
		if err != nil {
			f.Fatalf("Write: %v", err)
		}
		if got := portray(f, f.Store, sampled).Counts.Events; got != 3 {
			f.Errorf("the log has %d events, want 3", got)
		}
	}},

	{"a reading stops with its context", func(f *fixture) {
		f.write(sample)
		ctx, cancel := context.WithCancel(context.Background())
		err := f.Store.Read(ctx, func(s store.Snapshot) error {
			if _, err := s.Log(0, 10); err != nil {
				f.Errorf("Log before the end of the context: %v", err)
			}
			cancel()
			_, err := s.Log(0, 10)
			return err
		})
		f.busy("Read", err)
		if !errors.Is(err, context.Canceled) {
			f.Errorf("Read does not say that the context was cancelled: %v", err)
		}
		for range 20 { // more often than any pool of readers is large
			portray(f, f.Store, 1)
		}
	}},

	{"a closed store refuses", func(f *fixture) {
		if err := f.Store.Close(); err != nil {
			f.Fatalf("Close: %v", err)
		}
		write, read := nothing(f.T)
		f.busy("Write", f.Store.Write(context.Background(), write))
		f.busy("Read", f.Store.Read(context.Background(), read))
		if err := f.Store.Close(); err != nil {
			f.Errorf("the second Close: %v", err)
		}
	}},

	{"closing waits for the transaction under way", func(f *fixture) {
		closed := make(chan error)
		var committed bool
		f.write(func(tx store.Tx) error {
			go func() {
				err := f.Store.Close()
				if !committed {
					f.Error("Close returned before the transaction had ended")
				}
				closed <- err
			}()
			err := sample(tx)
			committed = true
			return err
		})
		if err := <-closed; err != nil {
			f.Errorf("Close: %v", err)
		}
	}},
}
