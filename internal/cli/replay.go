package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"galena/internal/app"
	"galena/internal/lab"
	"galena/internal/lead"
	"galena/internal/server"
)

type replayCmd struct {
	dataFlag
	Playbook string     `arg:"" help:"A playbook file, - for the standard input, the name of a shipped one, or the number of a stored version."`
	Since    momentFlag `placeholder:"TIME" help:"Count entries into stages from then on; default: all."`
	By       string     `enum:"month,week" default:"month" help:"Count entries by month or week."`
	Limit    int        `default:"10" placeholder:"N" help:"How many leads to name at each stage that would gain or lose some (default 10)."`
	JSON     bool       `name:"json" help:"Print everything as JSON, all leads among it."`
}

func (c *replayCmd) Help() string {
	return "Folds the whole history in memory as if the playbook had been in force from the first event on,\n" +
		"and compares with what stands. Nothing is written; works beside a running server.\n\n" +
		"Examples:\n  galena replay stricter.yaml\n  galena replay 3 --since 2026-01-01 --by week\n  galena replay stricter.yaml --json"
}

func (c *replayCmd) Run(s *session) error {
	since := lead.Time(c.Since)
	version, notNumber := strconv.Atoi(c.Playbook)
	var source []byte
	var err error
	if notNumber != nil {
		if source, err = s.playbookFile(c.Playbook); err != nil {
			return err
		}
	}
	return server.Read(s, c.Data, func(r *app.Reader) error {
		if notNumber == nil {
			if source, err = r.PlaybookSource(s, version); err != nil {
				return err
			}
		}
		counts, err := r.Counts(s)
		if err != nil {
			return err
		}
		bar := newProgress(s.Stderr)
		report, err := r.Replay(s, source, lab.Options{
			Since: since, Weekly: c.By == "week",
			Progress: func(_, events int64) {
				bar.show(reached{unit: "event", count: int(events), done: events, all: counts.Events})
			},
		})
		bar.done()
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(report)
		}
		c.print(s, report)
		return nil
	})
}

func (c *replayCmd) print(s *session, r *lab.Report) {
	fmt.Fprintf(s.Stdout, "%s over %d events of %d people until %s, against what stands under version %d.\n",
		printable(r.Playbook), r.Events, r.People, moment(r.At), r.Version)
	fmt.Fprintf(s.Stdout, "Leads: %s. Excluded: %s.\n", change(r.Leads), change(r.Excluded))

	fmt.Fprintln(s.Stdout, "\nStages: how many leads are there, and how many entered"+sinceWords(r.Since))
	var rows [][]string
	for _, st := range r.Stages {
		rows = append(rows, []string{
			stageName(&st), number(st.Here.Before), number(st.Here.After), number(st.Entered.Before), number(st.Entered.After),
			number(int64(len(st.Gained))), number(int64(len(st.Lost))),
		})
	}
	table(s.Stdout, []string{"stage", "now", "would be", "entered", "would have", "newly", "no longer"}, rows)

	c.printPeriods(s, r)
	printSpreads(s, r)
	c.printMovers(s, r)
	printOutcomes(s, r)
}

func change(p lab.Pair) string { return fmt.Sprintf("%d, would be %d", p.Before, p.After) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

func sinceWords(since lead.Time) string {
	if since == 0 {
		return ""
	}
	return " since " + moment(since)
}

// stageName marks stages that only one of the two playbooks has.
func stageName(st *lab.StageShift) string {
	switch {
	case st.Known.Before && !st.Known.After:
		return st.Name + " (gone)"
	case st.Known.After && !st.Known.Before:
		return st.Name + " (new)"
	case !st.Known.After:
		return st.Name + " (of earlier versions)"
	}
	return st.Name
}

// printPeriods prints the entries into each stage, the periods below each other.
func (c *replayCmd) printPeriods(s *session, r *lab.Report) {
	var days []string
	cells := map[string]map[string]lab.Pair{} // by day and stage
	for _, st := range r.Stages {
		for _, p := range st.Periods {
			if cells[p.From] == nil {
				cells[p.From] = map[string]lab.Pair{}
				days = append(days, p.From)
			}
			cells[p.From][st.Name] = p.Pair
		}
	}
	if len(days) == 0 {
		return
	}
	heading := []string{c.By + " of"}
	for _, st := range r.Stages {
		heading = append(heading, st.Name, "would")
	}
	slices.Sort(days)
	var rows [][]string
	for _, day := range days {
		row := []string{day}
		for _, st := range r.Stages {
			p := cells[day][st.Name]
			row = append(row, number(p.Before), number(p.After))
		}
		rows = append(rows, row)
	}
	fmt.Fprintln(s.Stdout, "\nEntries into each stage, and what they would have been")
	table(s.Stdout, heading, rows)
}

func printSpreads(s *session, r *lab.Report) {
	var rows [][]string
	for _, sc := range r.Scores {
		add := func(which string, x lab.Spread) {
			rows = append(rows, []string{sc.Name, which, x.Mean.String(), x.P10.String(), x.P50.String(), x.P90.String(), x.P99.String(), x.Most.String()})
		}
		if sc.Known.Before {
			add("is", sc.Before)
		}
		if sc.Known.After {
			add("would be", sc.After)
		}
	}
	fmt.Fprintln(s.Stdout, "\nScores of contacts and leads: the mean, and what so many of a hundred read at most")
	table(s.Stdout, []string{"score", "", "mean", "10", "50", "90", "99", "most"}, rows)
}

func (c *replayCmd) printMovers(s *session, r *lab.Report) {
	list := func(words string, st *lab.StageShift, all []lab.Mover) {
		if len(all) == 0 || c.Limit < 1 {
			return
		}
		var names []string
		for _, m := range all[:min(c.Limit, len(all))] {
			names = append(names, fmt.Sprintf("%s (%s)", m.Lead, moment(m.At)))
		}
		rest := ""
		if more := len(all) - len(names); more > 0 {
			rest = fmt.Sprintf(", and %d more", more)
		}
		fmt.Fprintf(s.Stdout, "\n%s %s: %s%s\n", words, printable(st.Name), strings.Join(names, ", "), rest)
	}
	for i := range r.Stages {
		list("Newly", &r.Stages[i], r.Stages[i].Gained)
		list("No longer", &r.Stages[i], r.Stages[i].Lost)
	}
}

func printOutcomes(s *session, r *lab.Report) {
	for _, o := range r.Outcomes {
		fmt.Fprintf(s.Stdout, "\nOf %d %s that came to be %s, %s qualified before; %s would have been.\n",
			o.Known, plural(int(o.Known), "lead"), o.Role, foresight(o.Before), foresight(o.After))
	}
}

func foresight(f lab.Foresight) string {
	if f.Qualified == 0 {
		return "none"
	}
	ahead := time.Duration(f.Ahead) * time.Millisecond
	return fmt.Sprintf("%d (%.1f days before, in the middle)", f.Qualified, ahead.Hours()/24)
}
