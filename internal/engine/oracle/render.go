package oracle

import (
	"fmt"
	"strings"

	"galena/internal/lead"
)

// String writes a result for people and for comparison: everything it holds, one
// fact a line.
func (r Result) String() string {
	var b strings.Builder
	if r.Stage != "" {
		fmt.Fprintf(&b, "stage %s since %s cycle %d\n", r.Stage, r.StageSince, r.Cycle)
	}
	if r.Reason != "" {
		fmt.Fprintf(&b, "because %s\n", r.Reason)
	}
	if r.CoolDown != 0 {
		fmt.Fprintf(&b, "cools down until %s\n", r.CoolDown)
	}
	for _, d := range r.Decisions {
		b.WriteString(Decided(d) + "\n")
	}
	if r.Excluded != "" {
		fmt.Fprintf(&b, "excluded %s\n", r.Excluded)
	}
	if r.Grade != "" {
		fmt.Fprintf(&b, "grade %s\n", r.Grade)
	}
	for _, s := range r.Scores {
		fmt.Fprintf(&b, "%s %s\n", s.Name, s.Points)
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "  %s\n", l)
		}
	}
	return b.String()
}

// Decided writes a decision without the lead that it is about.
func Decided(d lead.Decision) string {
	from, cause := d.From, d.Event
	if from == "" {
		from = "nothing"
	}
	if cause == "" {
		cause = "time"
	}
	told := fmt.Sprintf("decided %s: %s to %s (%s) by %s, cycle %d, entry %d, version %d",
		d.At, from, d.Stage, d.Role, cause, d.Cycle, d.Nth, d.Version)
	if d.Reason != "" {
		told += ", because " + d.Reason
	}
	if d.Silent {
		told += ", silent"
	}
	return told
}

// String leaves out what the line does not have.
func (l Line) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s", l.Score, l.Rule)
	for _, word := range []string{l.Signal, l.Event, l.At.String()} {
		if word != "" {
			b.WriteString(" " + word)
		}
	}
	b.WriteString(":")
	for _, part := range []struct {
		name string
		p    lead.Points
	}{{"raw", l.Raw}, {"limited", l.Limited}, {"lapsed", l.Lapsed}, {"capped", l.Capped}, {"decayed", l.Decayed}} {
		if part.p != 0 {
			fmt.Fprintf(&b, " %s %s", part.name, part.p)
		}
	}
	fmt.Fprintf(&b, " = %s", l.Points)
	if l.Failed {
		b.WriteString(", not reckoned")
	}
	return b.String()
}
