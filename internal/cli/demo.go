package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
	"galena/internal/sim"
)

type demoCmd struct {
	Data        string        `default:"galena-demo" type:"path" placeholder:"DIR" help:"The data folder of the demo (default galena-demo)."`
	DatabaseURL string        `name:"database-url" placeholder:"URL" help:"A PostgreSQL database for the demo instead. The environment is not asked, since what it names may be in earnest; the password may be there (PGPASSWORD)."`
	Listen      string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen."`
	Leads       int           `default:"2000" help:"How many people the company met in the year."`
	Seed        uint64        `default:"1" help:"Another seed makes another company."`
	Rate        float64       `default:"60" help:"How many times faster than life the company goes on."`
	For         time.Duration `placeholder:"DURATION" help:"Live for so long; default: until told to stop."`
	History     bool          `default:"true" negatable:"" help:"Make the year of history, if the folder has none."`
	Truth       string        `placeholder:"FILE" type:"path" help:"Also write here, as NDJSON, what no event says: what each person wants and buys in the end, and what each campaign costs each day."`
}

func (c *demoCmd) Help() string {
	return "The company is invented and always the same for a seed. Its year of history is imported as such;\nthen the server runs and the company goes on living.\n\nExamples:\n  galena demo\n  galena demo --data /tmp/another --seed 7 --leads 500 --listen 127.0.0.1:9090"
}

// AfterApply puts the database in the folder's place.
func (c *demoCmd) AfterApply(k *kong.Context) error { return choosePlace(k, &c.Data, c.DatabaseURL) }

func (c *demoCmd) Run(s *session) error {
	if c.Leads < 1 || c.Leads > 1_000_000 {
		return fault.New(fault.Invalid, "--leads is %d; choose 1 to 1,000,000.", c.Leads)
	}
	began := lead.TimeOf(time.Now())
	company := sim.New(c.Seed, sim.Options{Leads: c.Leads, Start: began.Add(-365 * lead.Day), End: began})
	if c.Truth != "" {
		if err := writeWhole(c.Truth, company.Truth); err != nil {
			return err
		}
	}
	if c.History {
		if err := c.past(s, company); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(s)
	defer stop()
	ready := make(chan string, 1)
	return server.Serve(ctx, server.Config{
		Data: c.Data, Listen: c.Listen, Demo: &server.Demo{Company: "Tidewater Systems"}, Program: release,
		Ready: func(addr string) { ready <- addr },
		Live: func(ctx context.Context, o *server.Owned) error {
			key, err := o.CreateKey(ctx, lead.ServerKey, "demo")
			if err != nil {
				return err
			}
			if err := c.tell(s, o.Reader, <-ready, key); err != nil {
				return err
			}
			if c.For > 0 {
				defer time.AfterFunc(c.For, stop).Stop()
			}
			return c.live(ctx, company, began, o)
		},
	})
}

// past imports the company's history into a folder that has none.
func (c *demoCmd) past(s *session, company *sim.Company) error {
	return server.Hold(s, c.Data, nil, func(o *server.Owned) error {
		n, err := o.Counts(s)
		if err != nil || n.Events > 0 {
			return err
		}
		fmt.Fprintf(s.Stderr, "Making a year of history in %s …\n", server.Shown(c.Data))
		started := time.Now()
		show := newProgress(s.Stderr)
		start, end := company.Span()
		events := 0
		var batch pipeline.Batch
		company.History(func(e lead.Event) bool {
			e.Backfill = true
			batch.Events = append(batch.Events, e)
			if events++; len(batch.Events) == intake.FeedBatch {
				_, err = intake.Insist(s, o, batch)
				batch.Events = nil
				show.show(reached{"event", events, 0, int64(e.Occurred - start), int64(end - start)})
			}
			return err == nil
		})
		if err == nil {
			_, err = intake.Insist(s, o, batch)
		}
		show.done()
		if err == nil {
			fmt.Fprintf(s.Stderr, "%d events in %.1f s.\n", events, time.Since(started).Seconds())
		}
		return err
	})
}

// tell prints what came of the history, and what to try.
func (c *demoCmd) tell(s *session, r *app.Reader, addr, key string) error {
	f, err := r.Funnel(s)
	if err != nil {
		return err
	}
	hot, err := r.Hottest(s, 10)
	if err != nil {
		return err
	}
	counts, err := r.Counts(s)
	if err != nil {
		return err
	}
	printFunnel(s, f, counts)
	fmt.Fprintf(s.Stdout, "\nThe ten hottest leads that have not bought yet, and why\n")
	now := lead.TimeOf(time.Now())
	for i, h := range hot {
		fmt.Fprintf(s.Stdout, "\n%2d. %s, %s, score %d\n", i+1, introduce(h.Lead), h.Lead.Stage, h.Score.Rounded())
		for _, reason := range h.Reasons[:min(5, len(h.Reasons))] {
			fmt.Fprintf(s.Stdout, "      %+3d  %s\n", reason.Points.Rounded(), printable(reason.Words(now)))
		}
	}
	example := "somebody@example.com"
	if len(hot) > 0 && len(hot[0].Lead.Emails) > 0 {
		example = hot[0].Lead.Emails[0]
	}
	where, anew := "--data "+shellWord(c.Data), "Remove "+shellWord(c.Data)+" to begin anew."
	if server.IsDatabase(c.Data) { // its URL may hold a password
		where, anew = `--database-url "$URL"`, "Drop the schema galena of the database to begin anew."
	}
	fmt.Fprintf(s.Stdout, `
Open http://%[1]s and enter as marketing, sales or admin: the company goes on living on every page.
Or try, in another terminal:

  %[5]s explain %[2]s --email %[3]s
  %[5]s lead show %[2]s --email %[3]s
  %[5]s export leads %[2]s --format csv
  %[5]s verify %[2]s

  curl -u %[4]s: http://%[1]s/v1/identify -d '{"userId":"you","traits":{"email":"you@corp.example","title":"VP Sales","employees":800}}'
  curl -u %[4]s: http://%[1]s/v1/track -d '{"userId":"you","event":"Demo Requested"}'
  %[5]s explain %[2]s --email you@corp.example

Ctrl-C stops it; started again it goes on. %[6]s
`, addr, where, shellWord(example), key, shellWord(os.Args[0]), anew)
	return nil
}

// introduce says who a lead is: the address, and what is known of the job.
func introduce(l *app.Lead) string {
	words := who(l)
	job := ""
	for _, part := range []struct{ before, name string }{{"", "title"}, {" at ", "company"}, {" of ", "employees"}} {
		v := l.Attributes[part.name].String()
		if v == "" {
			continue
		}
		if job == "" {
			part.before = ""
		}
		if part.name == "employees" {
			v += " people"
		}
		job += part.before + v
	}
	if job != "" {
		words += " (" + printable(job) + ")"
	}
	return words
}

func printFunnel(s *session, f *app.Funnel, counts app.Counts) {
	fmt.Fprintf(s.Stdout, "%d events of %d people: %d visitors, %d contacts, the others leads (%d excluded).\n\n",
		counts.Events, counts.Leads, f.Visitors, f.Contacts, f.Excluded)
	rows := [][]string{}
	before := 0
	for i, st := range f.Stages {
		share := ""
		if i > 0 && before > 0 && !st.Exit {
			share = fmt.Sprintf("%.0f%%", 100*float64(st.Reached)/float64(before))
		}
		rows = append(rows, []string{st.Name, st.Role, fmt.Sprint(st.Reached), share, fmt.Sprint(st.Here)})
		if !st.Side {
			before = st.Reached
		}
	}
	table(s.Stdout, []string{"stage", "role", "reached", "of those before", "here now"}, rows)
	if f.Outside > 0 {
		fmt.Fprintf(s.Stdout, "%d more are in stages of earlier versions of the playbook.\n", f.Outside)
	}
}

// live feeds what the company does into the server as it happens.
func (c *demoCmd) live(ctx context.Context, company *sim.Company, began lead.Time, o *server.Owned) error {
	for e := range company.Live(began, max(c.Rate, 1)) {
		wait := time.NewTimer(time.Until(e.Occurred.UTC()))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
		if _, err := intake.Insist(ctx, o, pipeline.Batch{Events: []lead.Event{e}}); err != nil {
			if ctx.Err() != nil || errors.Is(err, pipeline.ErrStopping) {
				return nil
			}
			return err
		}
	}
	return nil
}

// shellWord quotes a text for a shell where it needs it.
func shellWord(text string) string {
	for _, r := range text {
		if !(r == '/' || r == '.' || r == '-' || r == '_' || r == '@' || r == '+' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
		}
	}
	return text
}
