package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

type leadConsentCmd struct {
	dataFlag
	whoFlags
	Purpose   string `arg:"" optional:"" help:"What for, as in newsletter or calls, to record that the person agreed or does not agree."`
	Agreed    bool   `xor:"word" help:"The person agreed."`
	Withdrawn bool   `xor:"word" help:"The person refused, or took it back."`
	Reason    string `help:"How the person said so: it stays in the log as the evidence."`
	authorFlag
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c *leadConsentCmd) Help() string {
	return "Without a purpose it shows where the person stands and what was said when, by which event or whose hand. What only a browser said is \"claimed\": anybody may have sent it. What was withdrawn is lifted by your own systems or by hand only. Works while a server runs.\n\nExamples:\n  galena lead consent --email ada@corp.example\n  galena lead consent newsletter --withdrawn --email ada@corp.example --reason 'asked for it on the phone'"
}

// consentJSON is what a person agreed to, as programs read it.
type consentJSON struct {
	Lead     string             `json:"lead"`
	Standing []standingJSON     `json:"standing"`
	History  []app.ConsentEntry `json:"history"`
}

type standingJSON struct {
	Purpose  string    `json:"purpose"`
	Standing string    `json:"standing"`
	Since    lead.Time `json:"since"`
	Origin   string    `json:"origin"`
}

func (c *leadConsentCmd) Run(s *session) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	switch {
	case c.Purpose != "" && !c.Agreed && !c.Withdrawn:
		return fault.New(fault.Invalid, "Say --agreed or --withdrawn about %q; without a purpose the command shows what is known.", c.Purpose)
	case c.Purpose == "" && (c.Agreed || c.Withdrawn):
		return fault.New(fault.Invalid, "Name the purpose, as in: galena lead consent newsletter --withdrawn.")
	case c.Purpose == "":
		return c.show(s, ref)
	}
	by := lead.Signature{Author: c.author(), Reason: c.Reason}
	var act lead.Event
	err = server.Read(s, c.Data, func(r *app.Reader) error {
		act, err = r.RecordConsent(s, ref, app.ConsentOrder{Purpose: c.Purpose, Agreed: c.Agreed, By: by})
		return err
	})
	if err != nil {
		return err
	}
	if err := server.Write(s, c.Data, nil, func(w app.Writer) error {
		_, err := w.Ingest(s, pipeline.Batch{Events: []lead.Event{act}})
		return err
	}); err != nil {
		return err
	}
	return c.show(s, ref)
}

func (c *leadConsentCmd) show(s *session, ref app.Ref) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		id, record, err := r.Consents(s, ref)
		if err != nil {
			return err
		}
		if c.JSON {
			j := consentJSON{Lead: id.String(), Standing: []standingJSON{}, History: record.History}
			for _, x := range record.Standing {
				j.Standing = append(j.Standing, standingJSON{x.Purpose, x.Standing.String(), x.Since, x.Origin.String()})
			}
			return s.printJSON(j)
		}
		if len(record.History) == 0 {
			fmt.Fprintf(s.Stdout, "Nothing is known of what %s agreed to.\n", id)
			return nil
		}
		rows := [][]string{}
		for _, x := range record.Standing {
			rows = append(rows, []string{x.Purpose, x.Standing.String(), moment(x.Since), x.Origin.String()})
		}
		table(s.Stdout, []string{"purpose", "standing", "since", "by"}, rows)
		fmt.Fprintln(s.Stdout)
		rows = [][]string{}
		for _, x := range record.History {
			said := "agreed"
			if !x.Agreed {
				said = "withdrew"
			}
			if !x.Counts {
				said += ", which does not count"
			}
			rows = append(rows, []string{moment(x.At), x.Purpose, said, x.Origin, x.Author, x.Reason, x.Message})
		}
		table(s.Stdout, []string{"said", "purpose", "what", "by", "author", "reason", "message id"}, rows)
		if record.More > 0 {
			fmt.Fprintf(s.Stdout, "… and %d older.\n", record.More)
		}
		return nil
	})
}
