package cli

import (
	"fmt"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/server"
)

type privacyCmd struct {
	Show privacyShowCmd `cmd:"" help:"Tell what is kept of people, and what is too old by now."`
	Set  privacySetCmd  `cmd:"" help:"Choose what is kept of people, and for how long."`
	Run  privacyRunCmd  `cmd:"" help:"Take away what is too old, now."`
}

type privacyShowCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c *privacyShowCmd) Help() string {
	return "Works beside a running server.\n\nExample:\n  galena privacy show"
}

// shownPolicy is a policy with what is too old by it, for programs.
type shownPolicy struct {
	privacy.Policy
	Overdue overdue `json:"overdue"`
	// Begins is before when no pass is made where none was yet; Ended when the last
	// one was over.
	Begins lead.Time `json:"begins,omitzero"`
	Ended  lead.Time `json:"ended,omitzero"`
}

// overdue is how much is too old, of each up to app.MaxCounted.
type overdue struct {
	Visitors int `json:"visitors"`
	Leads    int `json:"leads"`
	Rejects  int `json:"rejects"`
}

func overdueOf(d pipeline.Overdue) overdue { return overdue{d.Visitors.N, d.Leads.N, d.Rejects.N} }

func (c *privacyShowCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		p, err := r.Policy(s)
		if err != nil {
			return err
		}
		pass, err := r.Retention(s)
		if err != nil {
			return err
		}
		due, _, err := r.Overdue(s, p)
		if err != nil {
			return err
		}
		if c.JSON {
			shown := shownPolicy{Policy: p, Overdue: overdueOf(due), Ended: pass.Ended}
			if pass.Day == 0 {
				shown.Begins = pass.From
			}
			return s.printJSON(shown)
		}
		table(s.Stdout, []string{"what", "kept", "too old now"}, [][]string{
			{"addresses", string(p.Addresses), ""},
			{"idless", onOff(p.Idless), ""},
			{"objections", string(p.Objections), ""},
			{"visitors", p.Visitors.String(), about(due.Visitors)},
			{"leads", p.Leads.String(), about(due.Leads)},
			{"rejects", p.Rejects.String(), about(due.Rejects)},
			{"files", p.Files.String(), ""},
		})
		fmt.Fprintln(s.Stdout, lastPass(&pass))
		return nil
	})
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// about writes a count that may be larger.
func about(n app.Count) string {
	if n.More {
		return fmt.Sprintf("more than %d", n.N)
	}
	return fmt.Sprint(n.N)
}

// lastPass says in words when what was too old was taken away last.
func lastPass(p *pipeline.Pass) string {
	took := fmt.Sprintf("%d %s, %d %s and the text of %d %s", p.Visitors, plural(int(p.Visitors), "visitor"),
		p.Leads, plural(int(p.Leads), "lead"), p.Rejects, plural(int(p.Rejects), "reject"))
	switch {
	case p.Ended != 0:
		return fmt.Sprintf("The last pass ended at %s and took %s away.", moment(p.Ended), took)
	case p.Day != 0:
		return fmt.Sprintf("A pass is under way since %s. It has taken %s away so far.", moment(p.Started), took)
	case p.From != 0:
		return fmt.Sprintf("Nothing was taken away yet; a server begins with it at %s.", moment(p.From))
	}
	return "Nothing was taken away yet; a server begins with it a week after its first start, or once somebody has chosen."
}

type privacySetCmd struct {
	dataFlag
	Addresses  string `enum:"cut,whole,dropped," default:"" help:"What is kept of network addresses: cut (to /24, for IPv6 /48), whole or dropped. Events that are there stay as they are."`
	Idless     string `enum:"on,off," default:"" help:"Whether events of browsers that name nobody are taken, under an id of the day that the server makes: on or off."`
	Objections string `enum:"all,gpc,none," default:"" help:"By which signals a browser's objection to being followed counts: all (Sec-GPC and DNT), gpc or none. What one that objects sends is taken as if it named nobody, unless it says who somebody is."`
	Visitors   string `placeholder:"AGE" help:"After how long unseen visitors are erased of whom nobody knows who they are."`
	Leads      string `placeholder:"AGE" help:"After how long unseen anybody else is erased, but for customers and open opportunities."`
	Rejects    string `placeholder:"AGE" help:"After how long the text of what was refused goes."`
	Files      string `placeholder:"AGE" help:"After how long uploaded files go that nobody imported."`
	Yes        bool   `help:"Choose it, also if something goes at once by it. Without this, that is only told."`
}

func (c *privacySetCmd) Help() string {
	return "An AGE is written 30d, 13mo or never. What is not given stays as it is. A server takes away what is too old once a day, or from now on where the choice is new; without one `galena privacy run` does.\nWhoever is erased for their age is gone as after `galena lead erase`.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena privacy set --visitors 6mo --rejects 7d --addresses dropped"
}

func (c *privacySetCmd) Run(s *session) error {
	var p privacy.Policy
	var due pipeline.Overdue
	var sooner bool
	err := server.Read(s, c.Data, func(r *app.Reader) (err error) {
		if p, err = r.Policy(s); err != nil {
			return err
		}
		if err = c.change(&p); err == nil {
			due, sooner, err = r.Overdue(s, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	if sooner && !c.Yes {
		fmt.Fprintf(s.Stdout, "By this %s would go at once. It cannot be undone. Nothing was changed; add --yes to do it.\n", amounts(due))
		return errNo
	}
	return server.Write(s, c.Data, nil, func(w app.Writer) error {
		if err := w.SetPolicy(s, p, nil); err != nil {
			return err
		}
		fmt.Fprintf(s.Stdout, "Kept from now on: %s.\n", p)
		return nil
	})
}

// change puts what was given into a policy.
func (c *privacySetCmd) change(p *privacy.Policy) error {
	if c.Addresses != "" {
		p.Addresses = privacy.Addresses(c.Addresses)
	}
	if c.Idless != "" {
		p.Idless = c.Idless == "on"
	}
	if c.Objections != "" {
		p.Objections = privacy.Objections(c.Objections)
	}
	for _, x := range []struct {
		given, flag string
		age         *privacy.Age
	}{{c.Visitors, "visitors", &p.Visitors}, {c.Leads, "leads", &p.Leads}, {c.Rejects, "rejects", &p.Rejects}, {c.Files, "files", &p.Files}} {
		if x.given == "" {
			continue
		}
		age, err := privacy.ParseAge(x.given)
		if err != nil {
			return fault.New(fault.Invalid, "--%s: %s", x.flag, fault.Text(err))
		}
		*x.age = age
	}
	return p.Check()
}

// amounts says in words what is overdue.
func amounts(d pipeline.Overdue) string {
	var parts []string
	for _, x := range []struct {
		n    app.Count
		what string
	}{{d.Visitors, "visitor"}, {d.Leads, "lead"}, {d.Rejects, "reject"}} {
		if x.n.N > 0 {
			parts = append(parts, about(x.n)+" "+plural(x.n.N, x.what))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

type privacyRunCmd struct {
	dataFlag
	DryRun bool `help:"Only tell how much is too old."`
	JSON   bool `name:"json" help:"Print as JSON."`
}

func (c *privacyRunCmd) Help() string {
	return "A server does this by itself, once a day. Interrupted, it goes on where it was when it is started again.\nUploaded files are taken away by the server that holds them.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena privacy run --dry-run"
}

func (c *privacyRunCmd) Run(s *session) error {
	if c.DryRun {
		return server.Read(s, c.Data, func(r *app.Reader) error {
			p, err := r.Policy(s)
			if err != nil {
				return err
			}
			due, _, err := r.Overdue(s, p)
			if err != nil {
				return err
			}
			if c.JSON {
				return s.printJSON(overdueOf(due))
			}
			fmt.Fprintf(s.Stdout, "Too old by now: %s. Dry run: nothing was taken away.\n", amounts(due))
			return nil
		})
	}
	// To write would make a folder that is not there.
	if err := server.Read(s, c.Data, func(*app.Reader) error { return nil }); err != nil {
		return err
	}
	return server.Write(s, c.Data, nil, func(w app.Writer) error {
		part, err := w.Retain(s, true)
		for err == nil && part.More {
			part, err = w.Retain(s, false)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(overdue{int(part.Visitors), int(part.Leads), int(part.Rejects)})
		}
		fmt.Fprintln(s.Stdout, lastPass(&part.Pass))
		return nil
	})
}
