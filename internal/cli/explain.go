package cli

import (
	"fmt"
	"time"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/server"
)

// whoFlags name a lead.
type whoFlags struct {
	Email     string `xor:"who" required:"" help:"The lead with this address."`
	Phone     string `xor:"who" required:"" help:"The lead with this phone number, with its country's code."`
	User      string `xor:"who" required:"" help:"The lead with this user id."`
	Anonymous string `xor:"who" required:"" help:"The lead with this anonymous id."`
	ID        string `name:"id" xor:"who" required:"" help:"The lead with this id, as in lead_42."`
}

func (w *whoFlags) ref() (app.Ref, error) {
	ref := app.Ref{Email: w.Email, Phone: w.Phone, UserID: w.User, AnonymousID: w.Anonymous}
	if w.ID != "" {
		id, ok := lead.ParseID(w.ID)
		if !ok {
			return ref, fault.New(fault.Invalid, "%q is not the id of a lead, as lead_42 is.", w.ID)
		}
		ref.ID = id
	}
	return ref, nil
}

type explainCmd struct {
	dataFlag
	whoFlags
	At    momentFlag `placeholder:"TIME" help:"The moment to explain, as 2026-03-01T09:00:00Z or 2026-03-01 (its first moment in UTC); default now."`
	Known string     `enum:"then,now" default:"then" help:"Whose knowledge: what was known then, or what is known now of that moment (then, now)."`
	JSON  bool       `name:"json" help:"Print as JSON."`
}

func (c *explainCmd) Help() string {
	return "The lines sum exactly to the score. Works beside a running server.\nA past moment is told as it was known then: with the events, verdicts, merges and undone merges of up to that moment; history that was imported counts as known when it occurred. Whoever was joined to another only later is told alone, by their own id or address. --known now tells the same moment by what is known today.\n\nExample:\n  galena explain --email ada@corp.example --at 2026-03-01 --known now"
}

func (c *explainCmd) Run(s *session) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	at := lead.Time(c.At)
	return server.Read(s, c.Data, func(r *app.Reader) error {
		x, err := r.ExplainKnown(s, ref, at, app.Known(c.Known))
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(x)
		}
		if c.At == 0 {
			x.Known = "" // both are the same
		}
		printExplanation(s, x)
		return nil
	})
}

// momentFlag is a moment on the command line; 0 if it is not given.
type momentFlag lead.Time

func (m *momentFlag) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			*m = momentFlag(lead.TimeOf(t))
			return nil
		}
	}
	return fault.New(fault.Invalid, "%q is not a moment. Write 2026-03-01T09:00:00Z or 2026-03-01.", text)
}

func printExplanation(s *session, x app.Explanation) {
	fmt.Fprintf(s.Stdout, "%s at %s, playbook version %d\n", x.Lead, instant(x.At), x.Version)
	if x.Known != "" {
		fmt.Fprintf(s.Stdout, "As known %s\n", x.Known)
	}
	if x.PartOf != 0 {
		fmt.Fprintf(s.Stdout, "Then it was known as part of %s\n", x.PartOf)
	}
	if x.JoinedTo != 0 {
		fmt.Fprintf(s.Stdout, "Today it is known as part of %s\n", x.JoinedTo)
	}
	if x.Unknown {
		fmt.Fprintln(s.Stdout, "Nothing had been heard of it by then.")
	}
	if x.Stage != "" {
		fmt.Fprintf(s.Stdout, "Stage %s since %s\n", printable(x.Stage), instant(x.StageSince))
	}
	if held := app.HoldInWords(x.Hold); held != "" {
		fmt.Fprintf(s.Stdout, "Held: %s\n", printable(held))
	}
	if x.Cycle > 1 {
		fmt.Fprintf(s.Stdout, "Cycle %d\n", x.Cycle)
	}
	if x.Excluded != "" {
		fmt.Fprintf(s.Stdout, "Excluded: %s. Recorded, never scored.\n", printable(x.Excluded))
	}
	if x.Grade != "" {
		fmt.Fprintf(s.Stdout, "Grade %s\n", x.Grade)
	}
	for _, score := range x.Scores {
		fmt.Fprintf(s.Stdout, "\n%s: %s\n", label(score.Label, score.Name), score.Points)
		rows := make([][]string, 0, len(score.Lines))
		for _, l := range score.Lines {
			rows = append(rows, []string{signed(l.Points), label(l.Label, l.Rule), date(l.At), note(&l), l.Event})
		}
		if len(rows) > 0 {
			table(s.Stdout, []string{"points", "why", "when", "of it", "event"}, rows)
		}
	}
}

func label(text, name string) string {
	if text == "" {
		text = name
	}
	return printable(text)
}

func date(t lead.Time) string {
	if t == 0 {
		return ""
	}
	return moment(t)
}

// note says in words what a line lost.
func note(l *engine.Line) string {
	switch {
	case l.Failed:
		return "not reckoned: what it reads is missing or of another kind, or it comes to no number"
	case l.Limited != 0 && l.Rule == playbook.OpeningName:
		return signed(l.Raw) + ", replaced by a newer one"
	case l.Limited != 0:
		return signed(l.Raw) + ", refused by the limit"
	case l.Lapsed != 0:
		return signed(l.Raw) + ", lapsed with the cycle"
	case l.Decayed != 0:
		return signed(l.Raw) + ", " + signed(l.Decayed) + " faded"
	}
	return ""
}
