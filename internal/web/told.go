package web

import (
	"strings"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/web/words"
)

// What the workspace tells about leads, in the language of whoever reads. The
// playbook's own labels stay as they are written.

// reason is what points come from, with when that was.
func (q *request) reason(r *app.Reason) string {
	said := r.Label
	switch {
	case r.Times == 2:
		said = q.t("lead.reason.twice", said)
	case r.Times > 2:
		said = q.t("lead.reason.often", said, q.voice.Number(r.Times))
	}
	switch {
	case r.Last == 0:
		return said
	case r.Times > 1:
		return q.t("lead.reason.last_ago", said, q.voice.Ago(r.Last))
	}
	return q.t("lead.reason.once_ago", said, q.voice.Ago(r.Last))
}

// hold tells what keeps a lead where it is; "" if nothing does.
func (q *request) hold(h *engine.Hold) string {
	if h == nil {
		return ""
	}
	var told []string
	if h.ByHand {
		told = append(told, q.t("lead.held.by_hand"))
	}
	if h.Reason != "" {
		told = append(told, q.t("lead.held.because", h.Reason))
	}
	if h.Until != 0 {
		told = append(told, q.t("lead.held.until", q.voice.Time(h.Until)))
	}
	if h.Final {
		told = append(told, q.t("lead.held.final"))
	}
	if len(h.Marked) > 0 {
		told = append(told, q.t("lead.held.marked", strings.Join(h.Marked, ", ")))
	}
	return strings.Join(told, "; ")
}

// lineLabel is what a line of an explanation is called. What no rule of the playbook
// gave has a name of the engine's.
func (q *request) lineLabel(l *engine.Line) string {
	label := labelOf(l.Label, l.Rule)
	named := func(name, said string) (string, bool) {
		note, found := strings.CutPrefix(label, name)
		switch {
		case !found || l.Rule != name:
			return "", false
		case strings.HasPrefix(note, ": "):
			return q.t("lead.why.noted", said, note[2:]), true
		}
		return said, true
	}
	if l.Capped != 0 && l.Signal == "" {
		for _, s := range q.site.App.Plan().Scores {
			if s.Name == l.Score && l.Rule == "cap" && s.Cap != nil {
				return q.t("lead.why.cap", q.voice.Points(*s.Cap, false))
			} else if s.Name == l.Score && l.Rule == "floor" && s.Floor != nil {
				return q.t("lead.why.floor", q.voice.Points(*s.Floor, false))
			}
		}
		if rule, found := strings.CutSuffix(label, ", clamped"); found {
			return q.t("lead.why.clamped", rule)
		}
	}
	if said, is := named(playbook.OpeningName, q.t("lead.why.opening")); is {
		return said
	}
	if said, is := named(playbook.CorrectionName, q.t("lead.why.corrected")); is {
		return said
	}
	return label
}

var comparisons = map[string]string{">=": "at_least", ">": "more_than", "==": "exactly", "!=": "other_than", "<": "less_than", "<=": "at_most"}

// criterion puts what a condition asks for into words.
func (q *request) criterion(all []playbook.Clause) string {
	said := ""
	for i := range all {
		if one := q.clause(&all[i]); i == 0 {
			said = one
		} else {
			said = q.t("criterion.and", said, one)
		}
	}
	return said
}

func (q *request) clause(c *playbook.Clause) string {
	subject, how := c.Subject, ""
	if field := "criterion.field." + c.Name; words.Has(field) {
		subject = q.t("criterion.field." + c.Name)
	}
	if c.Op != "" {
		how = q.t("criterion.op." + comparisons[c.Op])
	}
	said := ""
	switch c.Kind {
	case playbook.SegmentClause, playbook.KnownClause:
		said = q.t("criterion."+string(c.Kind), subject)
	case playbook.CountClause:
		times := q.t("criterion.times", c.N)
		if c.N == "1" {
			times = q.t("criterion.once")
		}
		said = q.t("criterion.count", subject, how, times)
	case playbook.DistinctClause:
		said = q.t("criterion.distinct", subject, how, c.N, c.Of)
	case playbook.SameClause:
		said = q.t("criterion.same", subject, c.Other, c.Of)
	case playbook.LastClause, playbook.AgeClause:
		return q.t("criterion."+string(c.Kind), subject, how, q.dativeSpan(c.Span))
	case playbook.OneOfClause:
		said = q.t("criterion.one_of", subject, c.N)
	case playbook.CompareClause:
		said = q.t("criterion.compare", subject, how, c.N)
	default:
		said = q.t("criterion." + string(c.Kind))
	}
	if c.Span != 0 {
		return q.t("criterion.within", said, q.dativeSpan(c.Span))
	}
	return said
}

// decay says how points fade; "" if they last.
func (q *request) decay(d playbook.Decay) string {
	switch d.Kind {
	case playbook.Halving, playbook.Expiring:
		return q.t("fading.said."+decayWords[d.Kind], q.dativeSpan(d.Every))
	case playbook.Linear:
		return q.t("fading.said.linear", q.voice.PointsExactly(d.Loss, false), q.eachSpan(d.Every))
	case playbook.Shrinking:
		return q.t("fading.said.percent", q.voice.Number(int(d.Percent)), q.eachSpan(d.Every))
	}
	return ""
}

// dativeSpan is a length of time to its largest whole unit, as it stands after a
// preposition.
func (q *request) dativeSpan(ms int64) string {
	n, unit := wholeUnits(ms)
	return q.voice.N("criterion.span."+unit, n)
}

// eachSpan says how often something happens: each time that a length of time passes.
func (q *request) eachSpan(ms int64) string {
	n, unit := wholeUnits(ms)
	if n == 1 {
		return q.t("fading.each." + unit)
	}
	return q.t("fading.every."+unit, q.voice.Number(n))
}

// wholeUnits is a length of time in the largest unit of which it is a whole number.
func wholeUnits(ms int64) (n int, unit string) {
	for _, unit := range []struct {
		long int64
		name string
	}{{lead.Day, "days"}, {lead.Hour, "hours"}, {lead.Minute, "minutes"}} {
		if ms >= unit.long && ms%unit.long == 0 {
			return int(ms / unit.long), unit.name
		}
	}
	return int(ms / lead.Second), "seconds"
}
