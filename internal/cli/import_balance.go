package cli

import (
	"galena/internal/app"
	"galena/internal/playbook"
	"galena/internal/server"
)

// knowScores tells a file that brings opening balances which scores there are.
func (c *importCmd) knowScores(s *session, in *openedFile) error {
	if !in.bringsBalances() {
		return nil
	}
	return server.Read(s, c.Data, func(r *app.Reader) error {
		in.Knows(r.ScoreNames())
		return nil
	})
}

// foreseeScores does so for a data folder that does not exist yet.
func (c *importCmd) foreseeScores(s *session, in *openedFile) error {
	if !in.bringsBalances() {
		return nil
	}
	name := c.Playbook
	if name == "" {
		name = "default"
	}
	source, err := s.playbookFile(name)
	if err != nil {
		return err
	}
	_, plan, problems := playbook.Load(source, 1)
	if plan == nil {
		return brokenPlaybook(problems)
	}
	in.Knows(plan.ScoreNames())
	return nil
}

func (f *openedFile) bringsBalances() bool {
	m := f.Mapping()
	return m != nil && m.Balance != nil
}
