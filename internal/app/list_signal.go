package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/spelling"
	"galena/internal/store"
)

// Fields of a condition that ask about signals and segments.
const (
	SignalField  = "signal"
	SegmentField = "segment"
)

// Occurrence is what a condition asks about a signal: that it ever occurred, or within
// a span up to now, or so many times in all. As a value it reads
//
//	demo_request
//	demo_request 30d
//	demo_request 3x
type Occurrence struct {
	Signal string
	Within int64 // milliseconds; 0: ever
	Times  int64 // 0: once is enough
}

// maxSpan is the longest span that is asked for, a hundred years: whoever means ever
// leaves it out.
const maxSpan = 36_500 * lead.Day

// ParseOccurrence reads an occurrence as it is written. Whether there is such a signal,
// the workspace tells that is asked.
func ParseOccurrence(s string) (Occurrence, error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return Occurrence{}, fault.New(fault.Invalid, "Name a signal, as in demo_request, demo_request 30d or demo_request 3x.")
	}
	o := Occurrence{Signal: words[0]}
	for _, word := range words[1:] {
		if times, found := strings.CutSuffix(word, "x"); found {
			if n, err := strconv.ParseInt(times, 10, 64); err == nil && n >= 1 && n <= pipeline.MaxTimes && o.Times == 0 {
				o.Times = n
				continue
			}
		} else if span, ok := spanOf(word); ok && span >= 1 && span <= maxSpan && o.Within == 0 {
			o.Within = span
			continue
		}
		return Occurrence{}, fault.New(fault.Invalid, "%q: %q says neither within which span, as 30d, 12h or 2w, nor how many times, as 3x.", s, word)
	}
	if o.Times > 0 && o.Within > 0 {
		return Occurrence{}, fault.New(fault.Invalid, "%q: how often is known in all, not within a span. Ask for both by two conditions: %q and %q.",
			s, Occurrence{Signal: o.Signal, Times: o.Times}.String(), Occurrence{Signal: o.Signal, Within: o.Within}.String())
	}
	return o, nil
}

// String writes the occurrence as ParseOccurrence reads it.
func (o Occurrence) String() string {
	s := o.Signal
	if o.Times > 0 {
		s += " " + strconv.FormatInt(o.Times, 10) + "x"
	}
	if o.Within > 0 {
		s += " " + playbook.FormatDuration(o.Within)
	}
	return s
}

// spanOf reads a span of whole hours, days or weeks.
func spanOf(s string) (milliseconds int64, ok bool) {
	if s == "" {
		return 0, false
	}
	unit := map[byte]int64{'h': lead.Hour, 'd': lead.Day, 'w': lead.Week}[s[len(s)-1]]
	n, err := strconv.ParseInt(s[:len(s)-1], 10, 32)
	return n * unit, err == nil && n >= 0 && unit > 0
}

// signal is a condition on how a signal occurred. Several must all hold: each is about
// something that was done or not, and none says what another does.
func (c *compiler) signal(one Condition) error {
	o, err := ParseOccurrence(one.Value)
	if err != nil {
		return err
	}
	var names []string
	for i := range c.plan.Signals {
		names = append(names, c.plan.Signals[i].Name)
	}
	if !slices.Contains(names, o.Signal) {
		return fault.New(fault.Invalid, "%s: the playbook has no signal %q. %s", one, o.Signal, oneOfThese(o.Signal, names))
	}
	f := store.FactCondition{Name: pipeline.SignalFact(o.Signal), Op: store.FactSet, Not: one.Op == IsNot}
	switch {
	case o.Within > 0:
		f.Op, f.Number = store.FactAtLeast, float64(c.now.Add(-o.Within))
	case o.Times > 1:
		f.Op, f.Text = store.FactFrom, pipeline.TimesText(o.Times)
	}
	c.out.Facts = append(c.out.Facts, f)
	return c.only(one, Is, IsNot)
}

// segment is a condition on whether a lead is in a segment. Several must all hold,
// likewise.
func (c *compiler) segment(one Condition) error {
	var names []string
	for i := range c.plan.Segments {
		names = append(names, c.plan.Segments[i].Name)
	}
	if !slices.Contains(names, one.Value) {
		return fault.New(fault.Invalid, "%s: the playbook has no segment %q. %s", one, one.Value, oneOfThese(one.Value, names))
	}
	c.out.Facts = append(c.out.Facts, store.FactCondition{Name: pipeline.SegmentFact, Text: one.Value, Not: one.Op == IsNot})
	return c.only(one, Is, IsNot)
}

// maxNamed is how many names an error lists.
const maxNamed = 20

// oneOfThese tells which names there are in place of one that is not.
func oneOfThese(name string, names []string) phrase.Phrase {
	near := spelling.Nearest(name, names)
	switch {
	case len(names) == 0:
		return phrase.New("It has none.")
	case len(names) <= maxNamed:
		return phrase.New("It has %s.", strings.Join(names, ", "))
	case near != "":
		return phrase.New("Did you mean %q?", near)
	}
	return phrase.New("`galena playbook show` lists them.")
}

// stageNamed gives the name of a stage or exit as it is written, whatever its case: one
// of the playbook's, or of an earlier version's in which leads are still.
func (c *compiler) stageNamed(name string) (string, error) {
	var names []string
	for i := range c.plan.Stages {
		names = append(names, c.plan.Stages[i].Name)
	}
	named := func(there string) bool { return strings.EqualFold(there, name) }
	if i := slices.IndexFunc(names, named); i >= 0 {
		return names[i], nil
	}
	listed, err := c.snap.ListedStages()
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(listed, named); i >= 0 {
		return listed[i], nil
	}
	for _, there := range listed {
		if !slices.Contains(names, there) {
			names = append(names, there)
		}
	}
	hint := phrase.New("The playbook has no stages.")
	if len(names) > 0 {
		hint = phrase.New("There are %s.", strings.Join(names[:min(len(names), maxNamed)], ", "))
	}
	return "", fault.New(fault.Invalid, "There is no stage %q. %s", name, hint)
}

// StageNamed gives the name of a stage or exit as it is written, whatever its case;
// fault.Invalid names those that there are.
func (r *Reader) StageNamed(ctx context.Context, name string) (named string, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		c, err := r.compiler(snap)
		if err == nil {
			named, err = c.stageNamed(name)
		}
		return err
	})
	return named, err
}
