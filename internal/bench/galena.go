package bench

import (
	"context"
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

// startGalena serves a new data folder under the shipped playbook until the
// benchmark ends.
func startGalena(b *testing.B) (address, key string) {
	dir := b.TempDir()
	err := server.Write(b.Context(), dir, nil, func(w app.Writer) (err error) {
		key, err = w.CreateKey(b.Context(), lead.ServerKey, "bench")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Serve(ctx, server.Config{Data: dir, Listen: "127.0.0.1:0", Ready: func(addr string) { ready <- addr }})
	}()
	select {
	case address = <-ready:
	case err := <-ended:
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return address, key
}
