package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progressPause is how long a line of progress stands before the next.
const progressPause = 100 * time.Millisecond

// progress shows on a terminal how far a long reading is; elsewhere nothing.
type progress struct {
	w              io.Writer
	on             bool
	started, shown time.Time
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, on: ok && term.IsTerminal(int(f.Fd())), started: time.Now()}
}

// show tells of the rows read so far, and of the events that were known already.
func (p *progress) show(rows, known int) {
	now := time.Now()
	if p.on && now.Sub(p.shown) > progressPause {
		p.shown = now
		fmt.Fprintf(p.w, "\r%s\033[K", progressLine(rows, known, now.Sub(p.started)))
	}
}

func progressLine(rows, known int, took time.Duration) string {
	line := fmt.Sprintf("%d %s", rows, plural(rows, "row"))
	if took >= time.Second {
		line += fmt.Sprintf(", %.0f a second", float64(rows)/took.Seconds())
	}
	if known > 0 {
		line += fmt.Sprintf(", %d %s known already", known, plural(known, "event"))
	}
	return line
}

func (p *progress) done() {
	if p.on && !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\033[K")
	}
}

// barWidth is how many characters a bar has.
const barWidth = 30

// share shows how much of a known whole is done.
func (p *progress) share(done, of int64, what string) {
	now := time.Now()
	if p.on && now.Sub(p.shown) > progressPause {
		p.shown = now
		fmt.Fprintf(p.w, "\r%s\033[K", shareLine(done, of, what))
	}
}

func shareLine(done, of int64, what string) string {
	full := int(barWidth * min(done, of) / max(of, 1))
	return fmt.Sprintf("[%s%s] %d of %d %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, of, what)
}
