package cli

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	t.Parallel()
	rows := func(count, known int, done, all int64) reached { return reached{"row", count, known, done, all} }
	for _, c := range []struct {
		reached
		took time.Duration
		want string
	}{
		{rows(0, 0, 0, 0), 0, "0 rows"},
		{rows(1, 0, 0, 0), time.Millisecond, "1 row"}, // too early for a rate
		{rows(9000, 0, 0, 0), 2 * time.Second, "9000 rows, 4500 a second"},
		{rows(9000, 1, 0, 0), 2 * time.Second, "9000 rows, 4500 a second, 1 event known"},
		{rows(10, 9, 0, 0), 0, "10 rows, 9 events known"},
		{rows(0, 0, 0, 100), 0, "[----------------]   0%  0 rows"},
		{rows(9000, 0, 25, 100), 2 * time.Second, "[####------------]  25%  9000 rows, 4500 a second, 6s left"},
		{rows(9000, 0, 1, 100), time.Minute, "[----------------]   1%  9000 rows, 150 a second, 1h39m0s left"},
		{rows(9000, 0, 100, 100), 2 * time.Second, "[################] 100%  9000 rows, 4500 a second, 0s left"},
		{rows(9, 0, 110, 100), 2 * time.Second, "[################] 100%  9 rows, 4 a second, 0s left"}, // the file grew
	} {
		if got := progressLine(c.reached, c.took); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	var b bytes.Buffer
	p := newProgress(&b)
	p.show(rows(1, 1, 1, 1))
	p.done()
	if b.Len() > 0 {
		t.Errorf("shown where nobody looks: %q", b.String())
	}
}
