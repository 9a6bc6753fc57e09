package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/server"
)

type leadStageCmd struct {
	dataFlag
	whoFlags
	Stage  string `arg:"" help:"The stage or exit, by its name in the playbook."`
	Reason string `help:"Why. An exit needs one, and the playbook may say which there are."`
	authorFlag
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c *leadStageCmd) Help() string {
	return "The lead stays there until a criterion that does not hold now turns true, or until somebody asks for us (hand_raise in the playbook); out of an exit with a cool-down not before that has ended.\nWorks while a server runs on the data folder, and when none does.\n\nExamples:\n  galena lead stage Recycled --email ada@corp.example --reason 'no budget' --author ann\n  galena lead stage MQL --id lead_42"
}

// placedJSON is what came of it, as programs read it.
type placedJSON struct {
	Lead  string `json:"lead"`
	From  string `json:"from"`
	Stage string `json:"stage"`
	Cycle int    `json:"cycle"`
	Hold  string `json:"hold"`
}

func (c *leadStageCmd) Run(s *session) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	// Writing would make a folder that is not there.
	if err := server.Read(s, c.Data, func(*app.Reader) error { return nil }); err != nil {
		return err
	}
	return server.Write(s, c.Data, nil, func(w app.Writer) error {
		p, err := w.PutInStage(s, app.StageOrder{Who: ref, Stage: c.Stage, Reason: c.Reason, Author: c.author()})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(placedJSON{p.Lead.String(), p.From, p.Stage, p.Cycle, p.Hold})
		}
		switch p.From {
		case p.Stage:
			fmt.Fprintf(s.Stdout, "%s was in %s already and is held there anew.\n", p.Lead, printable(p.Stage))
		case "":
			fmt.Fprintf(s.Stdout, "%s is in %s now, cycle %d.\n", p.Lead, printable(p.Stage), p.Cycle)
		default:
			fmt.Fprintf(s.Stdout, "%s went from %s to %s, cycle %d.\n", p.Lead, printable(p.From), printable(p.Stage), p.Cycle)
		}
		if p.Hold != "" {
			fmt.Fprintf(s.Stdout, "Held: %s.\n", printable(p.Hold))
		}
		return nil
	})
}
