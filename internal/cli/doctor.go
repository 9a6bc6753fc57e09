package cli

import (
	"fmt"

	"galena/internal/server"
)

type doctorCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c *doctorCmd) Help() string {
	return "Looks at the folder, the lock, the database and the playbook. Ends with 1 when something is wrong. Changes nothing; works beside a running server.\n\nExample:\n  galena doctor --data ./data"
}

func (c *doctorCmd) Run(s *session) error {
	findings := server.Diagnose(s, c.Data)
	well := true
	for _, f := range findings {
		well = well && f.OK
	}
	if c.JSON {
		if err := s.printJSON(struct {
			OK       bool             `json:"ok"`
			Findings []server.Finding `json:"findings"`
		}{well, findings}); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			mark := "ok   "
			if !f.OK {
				mark = "WRONG"
			}
			fmt.Fprintf(s.Stdout, "%s %s: %s\n", mark, f.What, f.Text)
		}
	}
	if !well {
		return errNo
	}
	return nil
}
