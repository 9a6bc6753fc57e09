package cli

import (
	"fmt"
	"strconv"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/server"
)

type playbookListCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print one JSON object for each."`
}

func (c *playbookListCmd) Help() string {
	return "The oldest first. Works beside a running server.\n\nExample:\n  galena playbook list --json"
}

// versionJSON is a version as programs read it.
type versionJSON struct {
	Version int             `json:"version"`
	From    lead.Time       `json:"from"`
	Author  string          `json:"author"`
	Note    string          `json:"note"`
	Apply   bool            `json:"apply"`
	Effects bool            `json:"effects"`
	Signed  []signatureJSON `json:"signed"`
	InForce bool            `json:"in_force"`
	// Swept says that all leads have been brought to it; only told of the one in force.
	Swept bool `json:"swept"`
}

type signatureJSON struct {
	Role string    `json:"role"`
	Name string    `json:"name"`
	At   lead.Time `json:"at"`
}

func (c *playbookListCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		all, err := r.Playbooks(s)
		if err != nil {
			return err
		}
		swept, err := r.Swept(s)
		if err != nil {
			return err
		}
		rows := make([][]string, 0, len(all))
		for i, p := range all {
			last := i == len(all)-1
			j := versionJSON{p.Version, p.Published, p.Author, p.Note, p.Apply, p.Effects, []signatureJSON{}, last, last && swept.Over}
			var names []string
			for _, by := range p.Signed {
				j.Signed = append(j.Signed, signatureJSON(by))
				names = append(names, by.Name+" ("+by.Role+")")
			}
			if c.JSON {
				if err := s.printLine(j); err != nil {
					return err
				}
			}
			state := ""
			switch {
			case last && !swept.Over:
				state = fmt.Sprintf("in force, %d of %d leads brought over", swept.Done, swept.Leads)
			case last:
				state = "in force"
			}
			rows = append(rows, []string{strconv.Itoa(p.Version), moment(p.Published), p.Author, p.Note, strings.Join(names, ", "), state})
		}
		if !c.JSON {
			table(s.Stdout, []string{"version", "from", "author", "note", "signed by", "state"}, rows)
		}
		return nil
	})
}

type playbookShowCmd struct {
	dataFlag
	Version versionArg `arg:"" optional:"" help:"Which version (default: the one in force)."`
}

func (c *playbookShowCmd) Help() string {
	return "Prints it as it was published, to the byte. Works beside a running server.\n\nExample:\n  galena playbook show 3 > playbook.yaml"
}

func (c *playbookShowCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		all, err := r.Playbooks(s)
		if err != nil {
			return err
		}
		p := all[len(all)-1]
		if c.Version != 0 {
			if p, err = versionOf(all, int(c.Version)); err != nil {
				return err
			}
		}
		_, err = s.Stdout.Write(p.Source)
		return err
	})
}

// versionOf finds a version by its number.
func versionOf(all []app.Playbook, version int) (app.Playbook, error) {
	if version < 1 || version > len(all) {
		return app.Playbook{}, fault.New(fault.NotFound, "There is no version %d of the playbook; the newest is %d. `galena playbook list` shows all.", version, len(all))
	}
	return all[version-1], nil
}
