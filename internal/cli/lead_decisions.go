package cli

import (
	"fmt"
	"strings"

	"galena/internal/app"
)

// printDecisions prints what was decided about a lead, where something else was
// known when it was, and what was taken back.
func printDecisions(s *session, p *app.Profile) {
	heading := []string{"entered", "stage", "because of event", "cycle", "reason"}
	if len(p.Differs) > 0 {
		heading = append(heading, "as known then")
	}
	var rows [][]string
	for _, d := range p.Decisions {
		cause := d.Event
		if d.Silent {
			cause = fmt.Sprintf("(version %d was published, without effects)", d.Version)
		}
		row := []string{moment(d.At), d.Stage, cause, fmt.Sprint(d.Cycle), d.Reason}
		if len(p.Differs) > 0 {
			row = append(row, knownThen(p, d.ID()))
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		fmt.Fprintln(s.Stdout)
		table(s.Stdout, heading, rows)
	}
	rows = nil
	for _, d := range p.TakenBack {
		rows = append(rows, []string{moment(d.At), d.Stage, moment(d.Recorded)})
	}
	if len(rows) > 0 {
		fmt.Fprintln(s.Stdout)
		table(s.Stdout, []string{"entered", "stage", "taken back"}, rows)
	}
}

// knownThen says in a few words what was known at a decision, "" where that is
// what is known now.
func knownThen(p *app.Profile, decision string) string {
	x, differs := p.Differs[decision]
	if !differs {
		return ""
	}
	stage := x.ThenStage
	if stage == "" {
		stage = "no stage"
	}
	parts := []string{stage}
	for _, sc := range x.Scores {
		if sc.Then != sc.Now {
			parts = append(parts, fmt.Sprintf("%s %s instead of %s", label(sc.Label, sc.Name), sc.Then, sc.Now))
		}
	}
	return strings.Join(parts, ", ")
}
