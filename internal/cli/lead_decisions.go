package cli

import (
	"fmt"
	"strings"

	"galena/internal/app"
)

// printDecisions prints what was decided about a lead, where something else was
// known when it was, and what was taken back.
func printDecisions(s *session, r *app.Reader, p *app.Profile) {
	heading := []string{"entered", "stage", "because of event"}
	if len(p.Differs) > 0 {
		heading = append(heading, "as known then")
	}
	var rows [][]string
	for _, d := range p.Decisions {
		row := []string{moment(d.At), d.Stage, d.Event}
		if len(p.Differs) > 0 {
			row = append(row, knownThen(r, p, d.ID()))
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
func knownThen(r *app.Reader, p *app.Profile, decision string) string {
	x, differs := p.Differs[decision]
	if !differs {
		return ""
	}
	stage := x.ThenStage
	if stage == "" {
		stage = "no stage"
	}
	parts := []string{stage}
	for i, points := range x.ThenScores {
		if points != x.NowScores[i] {
			sc := r.Plan().Scores[i]
			parts = append(parts, fmt.Sprintf("%s %s instead of %s", label(sc.Label, sc.Name), points, x.NowScores[i]))
		}
	}
	return strings.Join(parts, ", ")
}
