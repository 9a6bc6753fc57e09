package bench

import (
	"context"
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

// startGalena serves a new data folder until the benchmark ends.
func startGalena(b *testing.B) (address, key string) {
	place := b.TempDir()
	key = newKey(b, place)
	return startNode(b, place), key
}

// newKey makes a key in the workspace of a place, which begins with the shipped
// playbook.
func newKey(b *testing.B, place string) (key string) {
	err := server.Write(b.Context(), place, nil, func(w app.Writer) (err error) {
		key, err = w.CreateKey(b.Context(), lead.ServerKey, "bench")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// startNode serves the workspace of a place until the benchmark ends.
func startNode(b *testing.B, place string) (address string) {
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Serve(ctx, server.Config{Data: place, Listen: "127.0.0.1:0", Ready: func(addr string) { ready <- addr }})
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
	return address
}
