package oracle

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/engine/oracle/generate"
	"galena/internal/lead"
)

// TestChainMeetsOracle compares histories in which playbooks followed each other:
// folded from nothing, and as a server lives through them, which takes stored
// states over publications sooner or later. Package mutant runs it, too.
func TestChainMeetsOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, compareChain)
}

func compareChain(t *rapid.T) {
	c := generate.Successions().Draw(t, "succession")
	versions := make([]Version, len(c.Versions))
	for i, v := range c.Versions {
		plan := compile(t, v.Playbook)
		plan.Version = i + 1 // ours alone
		versions[i] = Version{Plan: plan, From: v.From, Apply: v.Apply, Silent: v.Silent}
	}
	links := publications(versions)
	whole := engine.NewChain(links...)
	compareCourse(t, whole, inOrder(c.Events), c.Looks)
	for _, at := range c.Looks {
		known := slices.DeleteFunc(inOrder(c.Events), func(e lead.Event) bool { return e.Effective() > at })
		want, err := FoldAcross(versions, c.Events, at)
		if err != nil {
			t.Fatalf("oracle: %v", err)
		}
		if got := explained(whole.Explain(inOrder(c.Events), at)); got.String() != want.String() {
			t.Fatalf("at %d:\n%s", at, difference(want.String(), got.String()))
		}
		// What is stored knows nothing of versions to come.
		then := links[:1]
		for len(then) < len(links) && links[len(then)].From <= at {
			then = links[:len(then)+1]
		}
		chain := engine.NewChain(then...)
		r := run{TB: t, engine: chain.Newest(), want: want, events: known, at: at}
		s, decisions := chain.Fold(known, at)
		r.check("folded from nothing", s, decisions)
		lived := life{run: r, t: t, links: then}
		if got := lived.live(); !bytes.Equal(r.engine.Encode(got), r.engine.Encode(s)) {
			t.Fatalf("lived through, the state at %d is another than folded from nothing", at)
		}
	}
}

// compareCourse holds one fold that reads on its way against one for each moment.
func compareCourse(t *rapid.T, chain *engine.Chain, events []lead.Event, looks []lead.Time) {
	moments := slices.Sorted(slices.Values(looks))
	course := chain.Course(events, moments)
	if len(course) != len(moments) {
		t.Fatalf("%d moments have %d readings", len(moments), len(course))
	}
	for i, at := range moments {
		x, got := chain.Explain(events, at), course[i]
		same := got.At == at && got.Version == x.Version && got.Stage == x.Stage && len(got.Points) == len(x.Scores)
		for s := 0; same && s < len(x.Scores); s++ {
			same = got.Names[s] == x.Scores[s].Name && got.Points[s] == x.Scores[s].Points
		}
		if !same {
			t.Fatalf("at %d the course reads %+v, explained is %+v", at, got, x)
		}
	}
}

// life is one lead as a server keeps it while playbooks follow each other.
type life struct {
	run
	t         *rapid.T
	links     []engine.Publication
	chain     *engine.Chain // of what has been published so far
	stored    []byte        // the lead's state
	folded    int           // how many events are in it
	decisions []lead.Decision
}

// live takes events and publications in their order, looks in between when the
// engine asks for it or for no reason, and leaves the lead behind for a while.
func (l *life) live() *engine.State {
	published := 1
	l.chain = engine.NewChain(l.links[:1]...)
	l.stored = l.chain.Newest().Encode(l.chain.Newest().NewState())
	for l.folded < len(l.events) || published < len(l.links) {
		if published < len(l.links) && (l.folded == len(l.events) || l.events[l.folded].Effective() >= l.links[published].From) {
			published++
			l.chain = engine.NewChain(l.links[:published]...)
			if rapid.Bool().Draw(l.t, "swept at once") {
				l.touch(nil, 0)
			}
			continue
		}
		if rapid.Bool().Draw(l.t, "woken") {
			l.wake(l.events[l.folded].Effective())
		}
		l.touch(l.events[l.folded:l.folded+1], 0)
		l.folded++
	}
	s := l.touch(nil, l.at)
	l.check("lived through", s, l.decisions)
	return s
}

// wake looks at the moments that the engine asks for, up to one.
func (l *life) wake(until lead.Time) {
	for {
		s, err := l.chain.Newest().Decode(l.stored)
		if err != nil {
			return // of an earlier version: nobody wakes it before it was swept
		}
		due := l.chain.Newest().WakeAt(s)
		if due == 0 || due > until {
			return
		}
		l.touch(nil, due)
	}
}

// touch takes the stored state over publications if need be, and steps it.
func (l *life) touch(events []lead.Event, at lead.Time) *engine.State {
	e := l.chain.Newest()
	s, err := e.Decode(l.stored)
	if errors.Is(err, engine.ErrForeignState) {
		var crossed []lead.Decision
		s, crossed, err = l.chain.Cross(l.stored, l.events[:l.folded])
		l.decisions = append(l.decisions, crossed...)
	}
	if err != nil {
		l.Fatalf("the stored state cannot be used: %v", err)
	}
	l.decisions = append(l.decisions, e.Step(s, events, max(at, s.At))...)
	l.stored = e.Encode(s)
	return s
}

// A state that was stepped past a publication before anybody knew of it is folded
// anew: the clock was set back.
func TestCrossRefusesWhatItCannotContinue(t *testing.T) {
	t.Parallel()
	text := `
galena: 1
name: crossing
time_zone: UTC
signals: {visit: {type: page}}
scores: {interest: {rules: [{on: visit, points: 5}]}}
stages: [{name: Lead, role: identified, when: interest > 0}]
`
	version := func(n int, from lead.Time) engine.Publication {
		plan := compile(t, text)
		plan.Version = n
		return engine.Publication{Engine: engine.New(plan), From: from}
	}
	chain := engine.NewChain(version(1, 0), version(2, monday), version(4, monday.Add(lead.Hour)))
	state := func(p engine.Publication, at lead.Time) []byte {
		s := p.NewState()
		s.At = at
		return p.Encode(s)
	}
	for name, stored := range map[string][]byte{
		"nothing":                    nil,
		"noise":                      []byte("noise"),
		"another format":             append([]byte{99}, state(version(1, 0), monday-1)[1:]...),
		"no version of the chain":    state(version(3, 0), monday),
		"the time of a later":        state(version(1, 0), monday),
		"the time of the one after":  state(version(2, 0), monday.Add(lead.Hour)),
		"cut off":                    state(version(2, 0), monday)[:9],
		"a version that is to come ": state(version(7, 0), monday),
	} {
		if _, _, err := chain.Cross(stored, nil); !errors.Is(err, engine.ErrForeignState) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if s, _, err := chain.Cross(state(version(1, 0), monday-1), nil); err != nil || s.At != monday.Add(lead.Hour) {
		t.Errorf("a state of the first version: %v", err)
	}
	if chain.Until(3) != nil || chain.Until(2).From() != monday {
		t.Error("a chain does not know its versions")
	}
}
