package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"galena/internal/cli"
)

// interrupting reads a text and then calls interrupt before it says that it is over.
type interrupting struct {
	text      io.Reader
	interrupt func()
}

func (r *interrupting) Read(p []byte) (int, error) {
	n, err := r.text.Read(p)
	if err == io.EOF {
		r.interrupt()
	}
	return n, err
}

func TestAnInterruptedImportGoesOn(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for i := range 2500 {
		// Without message ids: what a line says is what it is known by.
		fmt.Fprintf(&lines, `{"type":"track","userId":"u%d","event":"Visit","timestamp":"2026-01-08T09:00:00Z"}`+"\n", i)
	}
	data := filepath.Join(t.TempDir(), "data")
	run := func(ctx context.Context, in io.Reader) (string, int) {
		var out bytes.Buffer
		exit := cli.Main(ctx, []string{"import", "-", "--format", "ndjson", "--data", data}, cli.Terminal{Stdin: in, Stdout: &out, Stderr: &out})
		return out.String(), exit
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, exit := run(ctx, &interrupting{strings.NewReader(lines.String()), interrupt})
	if exit != 1 || out != "Stopped after 2500 rows: 2000 new, 0 known already. They are kept; the same command again goes on from there.\ngalena: interrupted\n" {
		t.Errorf("interrupted: %d, %s", exit, out)
	}
	out, exit = run(t.Context(), strings.NewReader(lines.String()))
	// The batch that was under way may have been taken in, though nobody heard of it.
	const rest, none = "2500 rows, 2500 events: 500 new, 2000 known already, 0 rejected.\n", "2500 rows, 2500 events: 0 new, 2500 known already, 0 rejected.\n"
	if exit != 0 || out != rest && out != none {
		t.Errorf("again: %d, %s", exit, out)
	}
}
