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

// part shows how much of something is done.
func (p *progress) part(done, all int64, what string) {
	now := time.Now()
	if !p.on || now.Sub(p.shown) <= progressPause {
		return
	}
	p.shown = now
	fmt.Fprintf(p.w, "\r%s\033[K", partLine(done, all, what, now.Sub(p.started)))
}

// barWidth is how many characters a bar is wide.
const barWidth = 30

func partLine(done, all int64, what string, took time.Duration) string {
	all = max(done, all, 1)
	full := int(barWidth * done / all)
	line := fmt.Sprintf("[%s%s] %3d %%  %d of %d %s", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*done/all, done, all, what)
	if took >= time.Second {
		line += fmt.Sprintf(", %.0f a second", float64(done)/took.Seconds())
	}
	return line
}
