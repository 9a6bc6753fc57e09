package cli

import (
	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/playbook"
	"galena/internal/server"
)

// knowScores tells a file that brings opening balances which scores there are.
func (c *importCmd) knowScores(s *session, in *intake.File) error {
	if !bringsBalances(in) {
		return nil
	}
	return server.Read(s, c.Data, func(r *app.Reader) error {
		in.Knows(r.ScoreNames())
		return nil
	})
}

// foreseeScores does so for a data folder that does not exist yet.
func (c *importCmd) foreseeScores(s *session, in *intake.File) error {
	if !bringsBalances(in) {
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

func bringsBalances(f *intake.File) bool {
	m := f.Mapping()
	return m != nil && m.Balance != nil
}
