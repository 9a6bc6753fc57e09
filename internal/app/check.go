package app

import (
	"bytes"

	"galena/internal/engine"
	"galena/internal/phrase"
	"galena/internal/playbook"
)

// Checked is a playbook with all that is wrong with it.
type Checked struct {
	// Document and Plan are nil if there is an error among the problems.
	Document *playbook.Document
	Plan     *playbook.Plan
	Problems []playbook.Problem
	Tests    []Tested // its own, in its order; none where there is no plan
}

// Tested is what came of one of a playbook's own tests.
type Tested struct {
	Test *playbook.Test
	// Differs tells in sentences what came out otherwise; empty of one that passes.
	Differs []phrase.Phrase
}

// Check compiles a playbook and runs its tests.
func Check(source []byte) *Checked {
	c := &Checked{}
	c.Document, c.Plan, c.Problems = playbook.Load(source, 0)
	if c.Plan == nil {
		return c
	}
	for i := range c.Document.Tests {
		t := &c.Document.Tests[i]
		c.Tests = append(c.Tests, Tested{Test: t, Differs: engine.Trial(c.Plan, t)})
	}
	return c
}

// Failed counts the tests that do not pass.
func (c *Checked) Failed() int {
	n := 0
	for _, t := range c.Tests {
		if len(t.Differs) > 0 {
			n++
		}
	}
	return n
}

// Publishable says whether Publish would take it.
func (c *Checked) Publishable() bool { return c.Plan != nil && c.Failed() == 0 }

// Comparison is what differs between two playbooks, in words.
type Comparison struct {
	// Same says that the sources are equal to the byte; without changes they mean
	// the same even if they are not.
	Same    bool
	Changes []playbook.Change // never nil
}

// Compare says in words what differs between two sources.
func Compare(old, changed []byte, in phrase.Tongue) (*Comparison, error) {
	var docs [2]*playbook.Document
	for i, source := range [][]byte{old, changed} {
		doc, plan, problems := playbook.Load(source, 0)
		if plan == nil {
			return nil, playbook.Broken(problems)
		}
		docs[i] = doc
	}
	return &Comparison{Same: bytes.Equal(old, changed), Changes: append([]playbook.Change{}, playbook.Diff(docs[0], docs[1], in)...)}, nil
}
