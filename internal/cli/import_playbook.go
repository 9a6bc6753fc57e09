package cli

import (
	"cmp"
	"fmt"

	"galena/internal/app"
	"galena/internal/intake"
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
	plan, err := s.planOf(cmp.Or(c.Playbook, app.DefaultPlaybook))
	if err != nil {
		return err
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
			fmt.Fprintf(s.Stdout, "  numbers of %s: %s is read as %s, and so in %d %s; if a thousand times as much is meant, the mapping needs this under `traits`, or it with \"1234.5\":\n    %s\n",
				n.Of, n.Text, n.Read, n.Count, plural(n.Count, "row"), n.Way())
		case app.NumberUnread:
			fmt.Fprintf(s.Stdout, "  numbers of %s: no number in %d %s, which brings no points, such as %q", n.Of, n.Count, plural(n.Count, "row"), n.Text)
			if way := n.Way(); way != "" {
				fmt.Fprintf(s.Stdout, "; if a number is meant, the mapping needs this under `traits`:\n    %s", way)
			}
			fmt.Fprintln(s.Stdout)
		}
	}
}
