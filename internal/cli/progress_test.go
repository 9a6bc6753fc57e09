package cli

import (
	"bytes"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rows, known int
		took        time.Duration
		want        string
	}{
		{0, 0, 0, "0 rows"},
		{1, 0, time.Millisecond, "1 row"}, // too early for a rate
		{9000, 0, 2 * time.Second, "9000 rows, 4500 a second"},
		{9000, 1, 2 * time.Second, "9000 rows, 4500 a second, 1 event known already"},
		{10, 9, 0, "10 rows, 9 events known already"},
	} {
		if got := progressLine(c.rows, c.known, c.took); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	var b bytes.Buffer
	p := newProgress(&b)
	p.show(1, 1)
	p.done()
	if b.Len() > 0 {
		t.Errorf("shown where nobody looks: %q", b.String())
	}
}

func TestShareLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		done, of int64
		want     string
	}{
		{0, 0, "[..............................] 0 of 0 leads"},
		{0, 9, "[..............................] 0 of 9 leads"},
		{200, 400, "[###############...............] 200 of 400 leads"},
		{400, 400, "[##############################] 400 of 400 leads"},
		{500, 400, "[##############################] 500 of 400 leads"},
	} {
		if got := shareLine(c.done, c.of, "leads"); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.done, c.of, got, c.want)
		}
	}
}
