package cli

import (
	"fmt"
	"strconv"

	"galena/internal/app"
	"galena/internal/server"
)

type backupCmd struct {
	dataFlag
	File string `arg:"" help:"The file to make; it must not be there yet."`
	JSON bool   `name:"json" help:"Print the manifest as JSON."`
}

func (c *backupCmd) Help() string {
	return "Works beside a running server. All that was acknowledged before the command began is in the backup. It appears when it is whole; until then a hidden folder and file lie beside it.\nIt holds people's data, and is not encrypted.\n\nExample:\n  galena backup --data ./data galena-$(date +%F).backup"
}

func (c *backupCmd) Run(s *session) error {
	m, err := server.Backup(s, c.Data, c.File, release)
	if err != nil {
		return err
	}
	return s.printManifest(c.JSON, m, "%s is made: %d %s of %d %s, %.1f MB.\n", c.File)
}

type restoreCmd struct {
	dataFlag
	File string `arg:"" help:"A file that galena backup made."`
	JSON bool   `name:"json" help:"Print the manifest as JSON."`
}

func (c *restoreCmd) Help() string {
	return "The data folder must be new or empty. The backup is checked whole before anything is written, and the database again before it is put in its place.\n\nExample:\n  galena restore galena-2026-11-22.backup --data ./restored\n  galena verify --data ./restored"
}

func (c *restoreCmd) Run(s *session) error {
	m, err := server.Restore(s, c.File, c.Data)
	if err != nil {
		return err
	}
	if err := s.printManifest(c.JSON, m, "%s is restored: %d %s of %d %s, %.1f MB.\n", c.Data); err != nil || c.JSON {
		return err
	}
	return c.tellKeys(s)
}

// tellKeys names the keys that are valid now: one that was revoked after the backup
// was made is among them.
func (c *restoreCmd) tellKeys(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		keys, err := r.Keys(s)
		var rows [][]string
		for _, k := range keys {
			if !k.Disabled {
				rows = append(rows, []string{strconv.FormatInt(k.ID, 10), string(k.Kind), printable(k.Name), k.Hint + "…"})
			}
		}
		if err != nil || len(rows) == 0 {
			return err
		}
		fmt.Fprintf(s.Stdout, "\nThese write keys are valid, as they were when the backup was made. Revoke again what was revoked since (galena key revoke):\n\n")
		table(s.Stdout, []string{"id", "kind", "name", "begins with"}, rows)
		return nil
	})
}

func (s *session) printManifest(asJSON bool, m *server.Manifest, format, name string) error {
	if asJSON {
		return s.printJSON(m)
	}
	events, people := "events", "people"
	if m.Events == 1 {
		events = "event"
	}
	if m.Leads == 1 {
		people = "person"
	}
	_, err := fmt.Fprintf(s.Stdout, format, name, m.Events, events, m.Leads, people, float64(m.Size)/1e6)
	return err
}
