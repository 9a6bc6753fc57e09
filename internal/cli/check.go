package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/phrase"
	"galena/internal/playbook"
)

type checkCmd struct {
	Files []string `arg:"" name:"playbook" help:"Playbook files, - for the standard input, or names of shipped ones."`
	JSON  bool     `name:"json" help:"Print the findings as JSON."`
}

func (c *checkCmd) Help() string {
	return "Ends with 1 when a playbook has errors or one of its tests fails.\n\nExample:\n  galena check playbook.yaml"
}

// finding is a problem in a file, or a failed test.
type finding struct {
	File string `json:"file"`
	playbook.Problem
	Test string `json:"test,omitempty"`
}

type checkResult struct {
	OK       bool      `json:"ok"`
	Files    int       `json:"files"`
	Tests    int       `json:"tests"`
	Findings []finding `json:"findings"`
}

func (c *checkCmd) Run(s *session) error {
	result := checkResult{OK: true, Files: len(c.Files), Findings: []finding{}}
	for _, file := range c.Files {
		source, err := s.playbookFile(file)
		if err != nil {
			return err
		}
		findings, tests := check(file, source)
		result.Tests += tests
		result.Findings = append(result.Findings, findings...)
		for _, f := range findings {
			result.OK = result.OK && f.Severity != playbook.Error
			if !c.JSON {
				fmt.Fprintf(s.Stdout, "%s:%s\n", f.File, f.Excerpt(source))
			}
		}
	}
	switch {
	case c.JSON:
		if err := s.printJSON(result); err != nil {
			return err
		}
	case result.OK:
		fmt.Fprintf(s.Stdout, "%d %s, %d %s: all well.\n", result.Files, plural(result.Files, "playbook"), result.Tests, plural(result.Tests, "test"))
	}
	if !result.OK {
		return errNo
	}
	return nil
}

// check compiles a playbook and runs its tests.
func check(file string, source []byte) (findings []finding, tests int) {
	checked := app.Check(source)
	for _, p := range checked.Problems {
		findings = append(findings, finding{File: file, Problem: p})
	}
	for _, t := range checked.Tests {
		for _, differs := range t.Differs {
			findings = append(findings, finding{File: file, Test: t.Test.Name.Text, Problem: playbook.Problem{
				Severity: playbook.Error, Line: t.Test.Expect.Place.Line, Column: t.Test.Expect.Place.Column,
				Message: phrase.New("test %q: %s", t.Test.Name.Text, differs),
			}})
		}
	}
	return findings, len(checked.Tests)
}
