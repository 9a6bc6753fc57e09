package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// Explanation tells where each point of a lead's scores comes from, at a moment.
type Explanation struct {
	At         lead.Time `json:"at"`
	Version    int       `json:"version"`
	Stage      string    `json:"stage"`
	StageSince lead.Time `json:"stage_since"`
	Cycle      int       `json:"cycle"`
	// Hold is what keeps the lead where it is; nil if nothing does.
	Hold *Hold `json:"hold"`
	// Excluded names the exclusion that holds; then all scores are nothing.
	Excluded string `json:"excluded"`
	// Grade is "" without a grade in the playbook, and of the excluded.
	Grade string `json:"grade"`
	// Scores are in the plan's order: dimensions, then totals.
	Scores    []ScoreLines    `json:"scores"`
	Decisions []lead.Decision `json:"-"`
}

// ScoreLines is one score and the lines that sum to it.
type ScoreLines struct {
	Name   string      `json:"name"`
	Label  string      `json:"label"`
	Points lead.Points `json:"points"`
	Lines  []Line      `json:"lines"`
}

// Line is one part of a score: a rule that holds, an occurrence that counted or
// was refused, or a clamp. Raw + Limited + Lapsed +
// Capped + Decayed = Points.
type Line struct {
	// Score is the dimension (of a clamp on a total, the total).
	Score string `json:"score"`
	// Rule is the rule's name; of a score's clamp "cap" or "floor".
	Rule  string `json:"rule"`
	Label string `json:"label"`
	// Signal and Event are what occurred; "" for attributes, silence, clamps.
	// For a rule that holds, Event is the one that made it hold.
	Signal string `json:"signal"`
	Event  string `json:"event"`
	// At is the date of the contribution, or since when the rule holds; 0 for clamps.
	At lead.Time `json:"at"`

	Raw     lead.Points `json:"raw"`
	Limited lead.Points `json:"limited"` // refused by the rule's limit or stop
	Lapsed  lead.Points `json:"lapsed"`  // of a cycle that was left, where each counts by itself
	Capped  lead.Points `json:"capped"`  // what the clamp adds or takes
	Decayed lead.Points `json:"decayed"` // faded since
	Points  lead.Points `json:"points"`
	// Failed says that the points could not be reckoned: something that the rule
	// reads is missing or of another kind, or they came to no number. Then all of
	// the above are nothing.
	Failed bool `json:"failed"`
}

// trace remembers what a fold did, rule by rule.
type trace struct {
	rules []ruleTrace
}

func newTrace(p *playbook.Plan) *trace { return &trace{rules: make([]ruleTrace, len(p.Rules))} }

type ruleTrace struct {
	event string // that turned a condition true
	at    lead.Time
	parts []part
	past  int // how many of the parts belong to cycles that were left and count no more
}

// part is a contribution of a rule, or the reset of its score.
type part struct {
	signal  int
	event   string
	at      lead.Time
	points  lead.Points
	refused bool
	failed  bool           // its points could not be reckoned
	note    string         // what the line's label says besides the rule's
	reset   *playbook.Rule // what took away all parts before; nil of a contribution
}

func (t *trace) turned(r int, holds bool, event string, at lead.Time) {
	if holds {
		t.rules[r].event, t.rules[r].at = event, at
	}
}

func (t *trace) contributed(r int, p part) {
	t.rules[r].parts = append(t.rules[r].parts, p)
}

// Explain folds events from nothing and tells where the points come from at a
// moment. Events must be open and in the order of the fold key; those effective
// after at are left out.
func (e *Engine) Explain(events []lead.Event, at lead.Time) *Explanation {
	n := len(events)
	for n > 0 && events[n-1].Effective() > at {
		n--
	}
	f := newFold(e)
	f.s = e.NewState()
	f.trace = newTrace(e.plan)
	f.run(events[:n], at)
	return f.explanation(at, f.decisions)
}

// explanation tells what a traced fold came to at a moment.
func (f *fold) explanation(at lead.Time, decisions []lead.Decision) *Explanation {
	x := &Explanation{At: at, Version: f.plan.Version, Cycle: f.s.path.cycle, StageSince: f.s.path.since, Decisions: decisions}
	x.Stage, _ = f.presentStage()
	if f.s.excluded >= 0 {
		x.Excluded = f.plan.Exclusions[f.s.excluded].Name
	}
	x.Hold = f.Hold(f.s)
	x.Grade = f.grade(at)
	x.Scores = make([]ScoreLines, len(f.plan.Scores))
	for i := range f.plan.Scores {
		x.Scores[i] = f.scoreLines(i, at, x.Scores)
	}
	return x
}

// Read tells the scores of a state at its own moment, in the plan's order. For
// those of a later moment, Step there first.
func (e *Engine) Read(s *State) []lead.Points {
	return e.AppendScores(make([]lead.Points, 0, len(e.plan.Scores)), s)
}

// scoreLines explains one score; those before it are explained already.
func (f *fold) scoreLines(slot int, at lead.Time, before []ScoreLines) ScoreLines {
	sc := &f.plan.Scores[slot]
	x := ScoreLines{Name: sc.Name, Label: sc.Label, Lines: []Line{}}
	if f.excluded() >= 0 {
		return x
	}
	for _, r := range sc.Rules {
		lines, sum := f.ruleLines(r, at)
		x.Lines = append(x.Lines, lines...)
		x.Points = clampSum(x.Points + sum)
	}
	for _, s := range sc.Of {
		x.Lines = append(x.Lines, before[s].Lines...)
		x.Points = clampSum(x.Points + before[s].Points)
	}
	if clamped := clamp(x.Points, sc.Cap, sc.Floor); clamped != x.Points {
		name, label := "cap", "no more than "+clamped.String()
		if clamped > x.Points {
			name, label = "floor", "no less than "+clamped.String()
		}
		x.Lines = append(x.Lines, clampLine(sc.Name, name, label, clamped-x.Points))
		x.Points = clamped
	}
	return x
}

func clampLine(score, rule, label string, by lead.Points) Line {
	return Line{Score: score, Rule: rule, Label: label, Capped: by, Points: by}
}
