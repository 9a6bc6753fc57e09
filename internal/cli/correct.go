package cli

import (
	"fmt"
	"os/user"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

// authorFlag says who does something about a lead. It stays in the log.
type authorFlag struct {
	Author string `env:"GALENA_AUTHOR" help:"Who says so (default: the user of this machine; or GALENA_AUTHOR)."`
}

func (f *authorFlag) author() string {
	if f.Author == "" {
		if u, err := user.Current(); err == nil {
			return u.Username
		}
	}
	return f.Author
}

// signFlags say who corrects the past, and why. Both stay in the log.
type signFlags struct {
	Reason string `required:"" help:"Why. It stays in the log."`
	authorFlag
}

func (f *signFlags) signature() lead.Signature {
	return lead.Signature{Author: f.author(), Reason: f.Reason}
}

// correct runs a correction in a workspace that exists: writing would make a
// folder that is not there.
func (s *session) correct(place string, do func(app.Writer) error) error {
	if err := server.Read(s, place, func(*app.Reader) error { return nil }); err != nil {
		return err
	}
	return server.Write(s, place, nil, do)
}

// anyone reads what an argument names a lead by: its id, or an address.
func anyone(text string) (app.Ref, error) {
	if id, ok := lead.ParseID(text); ok {
		return app.Ref{ID: id}, nil
	}
	if strings.Contains(text, "@") {
		return app.Ref{Email: text}, nil
	}
	return app.Ref{}, fault.New(fault.Invalid, "%q names no lead. Write its id, as lead_42, or its address.", text)
}

type verdictCmd struct {
	dataFlag
	signFlags
	Verdict   string     `arg:"" enum:"robot,human" help:"robot: take it back; human: it was a person after all."`
	Message   []string   `xor:"who" required:"" sep:"none" placeholder:"ID" help:"The events with these message ids. May be given several times."`
	Email     string     `xor:"who" required:"" help:"All events of the lead with this address."`
	Phone     string     `xor:"who" required:"" help:"All events of the lead with this phone number."`
	User      string     `xor:"who" required:"" help:"All events of the lead with this user id."`
	Anonymous string     `xor:"who" required:"" help:"The events of this browser, of the lead who holds it."`
	ID        string     `name:"id" xor:"who" required:"" help:"All events of the lead with this id, as in lead_42."`
	Since     momentFlag `placeholder:"TIME" help:"Only what occurred then or later, as 2026-03-01T09:00:00Z or 2026-03-01."`
	Until     momentFlag `placeholder:"TIME" help:"Only what occurred before."`
	JSON      bool       `name:"json" help:"Print what came of it as JSON."`
}

func (c *verdictCmd) Help() string {
	return "What a robot made (a mail scanner that clicks every link, a crawler) takes its points, stages and decisions back: the lead is folded again without it, as if it had never come. A verdict speaks of what is in the log now, not of what comes later. The last verdict on an event counts.\nWorks while a server runs on the data folder, and when none does.\n\nExamples:\n  galena verdict robot --message m-17 --message m-18 --reason 'all links in a second'\n  galena verdict robot --email ada@corp.example --since 2026-03-01 --until 2026-03-02 --reason scanner\n  galena verdict human --message m-17 --reason 'she called'"
}

func (c *verdictCmd) Run(s *session) error {
	v := app.Verdict{Robot: c.Verdict == "robot", Messages: c.Message, By: c.signature()}
	var err error
	if len(c.Message) == 0 {
		who := whoFlags{Email: c.Email, Phone: c.Phone, User: c.User, Anonymous: c.Anonymous, ID: c.ID}
		if v.Who, err = who.ref(); err != nil {
			return err
		}
	}
	v.Since = lead.Time(c.Since)
	v.Until = lead.Time(c.Until)
	return s.correct(c.Data, func(w app.Writer) error {
		o, err := w.Judge(s, v)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(outcomeOf(o))
		}
		verb := "taken back as a robot's"
		if !v.Robot {
			verb = "given back"
		}
		fmt.Fprintf(s.Stdout, "%d %s of %s %s. %s\n", o.Events, plural(o.Events, "event"), o.Lead, verb, decisionsOf(o))
		return nil
	})
}

type leadMergeCmd struct {
	dataFlag
	signFlags
	One   string `arg:"" placeholder:"LEAD" help:"A lead, by its id or address."`
	Other string `arg:"" placeholder:"LEAD" help:"The lead that is the same person."`
	JSON  bool   `name:"json" help:"Print what came of it as JSON."`
}

func (c *leadMergeCmd) Help() string {
	return "The older of the two, which has the lower id, survives with the history of both and is folded again over it. lead unmerge undoes it.\n\nExample:\n  galena lead merge lead_3 ada@gmail.example --reason 'told us on the phone'"
}

func (c *leadMergeCmd) Run(s *session) error {
	one, err := anyone(c.One)
	if err != nil {
		return err
	}
	other, err := anyone(c.Other)
	if err != nil {
		return err
	}
	return s.correct(c.Data, func(w app.Writer) error {
		o, err := w.Merge(s, one, other, c.signature())
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(outcomeOf(o))
		}
		fmt.Fprintf(s.Stdout, "%s is part of %s now, with %d %s. %s\n", o.Other, o.Lead, o.Events, plural(o.Events, "event"), decisionsOf(o))
		return nil
	})
}

type leadUnmergeCmd struct {
	dataFlag
	signFlags
	Lead string `arg:"" placeholder:"LEAD" help:"The id of the lead that was merged into another, as lead show lists it."`
	JSON bool   `name:"json" help:"Print what came of it as JSON."`
}

func (c *leadUnmergeCmd) Help() string {
	return "The lead stands for itself again, with what had been merged into it and what came since for the identifiers it had; what carried none of them stays where it is. Undoes merges by hand, and visitors that Galena took for the same person.\n\nExample:\n  galena lead unmerge lead_7 --reason 'two people, one mailbox'"
}

func (c *leadUnmergeCmd) Run(s *session) error {
	id, ok := lead.ParseID(c.Lead)
	if !ok {
		return fault.New(fault.Invalid, "%q is not the id of a lead, as lead_42 is.", c.Lead)
	}
	return s.correct(c.Data, func(w app.Writer) error {
		o, err := w.Unmerge(s, id, c.signature())
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(outcomeOf(o))
		}
		fmt.Fprintf(s.Stdout, "%s stands for itself again, with %d %s. %s\n", o.Other, o.Events, plural(o.Events, "event"), decisionsOf(o))
		return nil
	})
}

type leadEraseCmd struct {
	dataFlag
	whoFlags
	signFlags
	Yes  bool `help:"Do it. Without this, only what would be erased is told."`
	JSON bool `name:"json" help:"Print what came of it as JSON."`
}

func (c *leadEraseCmd) Help() string {
	return "Takes a person out for good: identifiers, attributes, what each event said, and refused messages that name them. What stays names nobody: the places and times of events, changes of stage, and the reason given here, which should name nobody either. A message of theirs that is sent again is still refused.\nA backup that was made before still holds everything: erase again after it is restored. PostgreSQL keeps old versions of rows until it is vacuumed, and its archives as long as you do.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena lead erase --email ada@corp.example --reason 'request of 1 March' --yes"
}

func (c *leadEraseCmd) Run(s *session) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	if !c.Yes {
		return server.Read(s, c.Data, func(r *app.Reader) error {
			p, err := r.Profile(s, ref, 0)
			if err != nil {
				return err
			}
			l := &p.Lead
			known := len(l.Emails) + len(l.Phones) + len(l.UserIDs) + len(l.Anonymous)
			fmt.Fprintf(s.Stdout, "This would erase %s (%s), known by %d %s, with %d %s. It cannot be undone. Nothing was done; add --yes to do it.\n",
				l.ID, printable(who(l)), known, plural(known, "identifier"),
				l.Events, plural(int(l.Events), "event"))
			return errNo
		})
	}
	return s.correct(c.Data, func(w app.Writer) error {
		e, err := w.Erase(s, ref, c.signature())
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(struct {
				outcome
				Elsewhere map[lead.ID]int `json:"elsewhere,omitzero"`
			}{outcomeOf(e.Outcome), e.Elsewhere})
		}
		fmt.Fprintf(s.Stdout, "%s is erased: %d %s and %d refused %s.\n", e.Lead, e.Events, plural(e.Events, "event"), e.Rejects, plural(e.Rejects, "message"))
		for _, id := range e.Mentioned() {
			n := e.Elsewhere[id]
			fmt.Fprintf(s.Stdout, "%d %s of %s name the same person. If that is them, erase it, too: galena lead erase --id %s\n", n, plural(n, "event"), id, id)
		}
		return nil
	})
}

// outcome is what a correction came to, for programs.
type outcome struct {
	Lead       lead.ID `json:"lead"`
	Other      lead.ID `json:"other,omitzero"`
	Events     int     `json:"events"`
	Rejects    int     `json:"rejects"`
	Made       int     `json:"made"`
	Retracted  int     `json:"retracted"`
	Reinstated int     `json:"reinstated"`
}

func outcomeOf(o pipeline.Outcome) outcome {
	return outcome{o.Lead, o.Other, o.Events, o.Rejects, o.Made, o.Retracted, o.Reinstated}
}

// decisionsOf says in words what a correction did to decisions.
func decisionsOf(o pipeline.Outcome) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{o.Made, "made or dated anew"}, {o.Retracted, "taken back"}, {o.Reinstated, "reinstated"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(parts) == 0 {
		return "No decision changes."
	}
	return "Decisions: " + strings.Join(parts, ", ") + "."
}
