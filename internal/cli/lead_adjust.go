package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

type leadAdjustCmd struct {
	dataFlag
	whoFlags
	signFlags
	Score  string `required:"" placeholder:"NAME" help:"The score or total to correct, by its name in the playbook."`
	Points string `required:"" placeholder:"N" help:"How many points to add, at most three decimals; --points=-5 takes five away."`
}

func (c *leadAdjustCmd) Help() string {
	return "The correction becomes an event of the lead, and a line of its own in the explanation. It does not fade; another one can take it back. Works while a server runs.\n\nExample:\n  galena lead adjust --email ann@corp.example --score fit --points 10 --reason 'met at the fair'"
}

func (c *leadAdjustCmd) Run(s *session) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	points, err := lead.ParsePoints(c.Points)
	if err != nil {
		return fault.New(fault.Invalid, "--points: %v.", err)
	}
	by := c.signature()
	var act lead.Event
	err = server.Read(s, c.Data, func(r *app.Reader) error {
		act, err = r.Correct(s, ref, app.Correction{Score: c.Score, Points: points, Reason: by.Reason, Author: by.Author})
		return err
	})
	if err != nil {
		return err
	}
	return server.Write(s, c.Data, nil, func(w app.Writer) error {
		if _, err := w.Ingest(s, pipeline.Batch{Events: []lead.Event{act}}); err != nil {
			return err
		}
		fmt.Fprintf(s.Stdout, "%s: %s\n", printable(c.Score), signed(points))
		return nil
	})
}
