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

// progress shows on a terminal how far something long is; elsewhere nothing.
type progress struct {
	w              io.Writer
	on             bool
	started, shown time.Time
}

// reached is how far it is.
type reached struct {
	unit  string // what is counted, in the singular
	count int
	known int   // events that were known already
	done  int64 // of all: bytes, time; what both are counted in does not matter
	all   int64 // 0 if nobody can tell
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, on: ok && term.IsTerminal(int(f.Fd())), started: time.Now()}
}

func (p *progress) show(r reached) {
	now := time.Now()
	if p.on && now.Sub(p.shown) > progressPause {
		p.shown = now
		fmt.Fprintf(p.w, "\r%s\033[K", progressLine(r, now.Sub(p.started)))
	}
}

// barWidth leaves room for the words on a terminal of 80 columns.
const barWidth = 16

func progressLine(r reached, took time.Duration) string {
	line := fmt.Sprintf("%d %s", r.count, plural(r.count, r.unit))
	if r.all > 0 {
		share := min(1, float64(r.done)/float64(r.all))
		full := int(share * barWidth)
		line = fmt.Sprintf("[%s%s] %3.0f%%  %s", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), 100*share, line)
	}
	if took >= time.Second {
		line += fmt.Sprintf(", %.0f a second", float64(r.count)/took.Seconds())
		if r.all > 0 && r.done > 0 {
			left := time.Duration(float64(took) * float64(max(0, r.all-r.done)) / float64(r.done))
			line += ", " + left.Round(time.Second).String() + " left"
		}
	}
	if r.known > 0 {
		line += fmt.Sprintf(", %d %s known", r.known, plural(r.known, "event"))
	}
	return line
}

func (p *progress) done() {
	if p.on && !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
