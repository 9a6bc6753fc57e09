package cli

import (
	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/playbook"
	"galena/internal/server"
)

// knowWorkspace tells a file which scores there are, for opening balances, and what
// is kept of addresses.
func (c *importCmd) knowWorkspace(s *session, in *intake.File) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		policy, err := r.Policy(s)
		in.Knows(r.ScoreNames())
		in.Keep(policy.Addresses)
		return err
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
