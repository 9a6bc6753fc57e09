package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/playbook"
	"galena/internal/server"
)

// knowWorkspace tells a file of the playbook in force, for opening balances and
// numbers, and what is kept of addresses.
func (c *importCmd) knowWorkspace(s *session, in *intake.File) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		policy, err := r.Policy(s)
		if err != nil {
			return err
		}
		in.Keep(policy.Addresses)
		return in.Knows(r.Plan())
	})
}

// foresee does so for a data folder that does not exist yet.
func (c *importCmd) foresee(s *session, in *intake.File) error {
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
	return in.Knows(plan)
}

// tellNumbers tells how numbers were read, and what to do where that is in doubt.
func (c *importCmd) tellNumbers(s *session, notes []app.NumberNote) {
	for _, n := range notes {
		switch n.Kind {
		case app.NumberRead:
			fmt.Fprintf(s.Stdout, "  numbers of %s: %s is read as %s\n", n.Of, n.Text, n.Read)
		case app.NumberDoubtful:
			fmt.Fprintf(s.Stdout, "  numbers of %s: %s is read as %s, in %d %s; if these are thousands, write into the mapping `traits: {%s: {column: %q, numbers: \"1.234,5\"}}`, and else \"1234.5\"\n",
				n.Of, n.Text, n.Read, n.Count, plural(n.Count, "row"), n.Trait, n.Column)
		case app.NumberUnread:
			fmt.Fprintf(s.Stdout, "  numbers of %s: %d %s not read, as in %q; they count for nothing. A mapping says with `numbers` how they are written\n",
				n.Of, n.Count, plural(n.Count, "text"), n.Text)
		}
	}
}
