package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/lead"
	"galena/internal/server"
)

type rejectsCmd struct {
	List   rejectsListCmd   `cmd:"" help:"List what was refused last, and why."`
	Export rejectsExportCmd `cmd:"" help:"Write everything that was refused out, to be mended and imported."`
}

type rejectsListCmd struct {
	dataFlag
	Limit  int        `default:"50" help:"How many to list, the newest first (default 50); 0 for all."`
	Since  momentFlag `placeholder:"TIME" help:"Only what came then or later, as 2026-03-01T09:00:00Z or 2026-03-01."`
	Before int64      `placeholder:"NO" help:"Only what has a smaller number: to go on where a list ended."`
	JSON   bool       `name:"json" help:"Print one JSON object for each."`
}

// rejectsShown is how many rows of a list are laid out together.
const rejectsShown = 500

func (c *rejectsListCmd) Help() string {
	return "Examples:\n  galena rejects list --since 2026-03-01\n  galena rejects list --limit 0 --json"
}

func (c *rejectsListCmd) Validate() error { return atLeastNone("--limit", c.Limit) }

func (c *rejectsListCmd) Run(s *session) error {
	since := lead.Time(c.Since)
	return server.Read(s, c.Data, func(r *app.Reader) error {
		origins, err := origins(s, r)
		if err != nil {
			return err
		}
		var rows [][]string
		shown, last := 0, int64(0)
		show := func() {
			if len(rows) > 0 || shown == 0 && !c.JSON {
				table(s.Stdout, []string{"no.", "received", "from", "code", "why"}, rows)
			}
			rows = rows[:0]
		}
		more, err := r.LastRejects(s, app.RejectQuery{Before: c.Before, Since: since, Limit: c.Limit}, func(x *lead.Reject) error {
			last = x.Seq
			if c.JSON {
				was := bulk.RefusedOf(x, origins[x.Source])
				was.Text = string(x.Body)
				return s.printLine(was)
			}
			from := "an import"
			if n, imported := lead.ImportOf(x.Source); !imported {
				from = fmt.Sprintf("key %d", x.Source)
			} else if n > 0 {
				from = fmt.Sprintf("import %d", n)
			}
			rows = append(rows, []string{strconv.FormatInt(x.Seq, 10), moment(x.Received), from, printable(x.Code), printable(x.Message)})
			if shown++; shown%rejectsShown == 0 {
				show()
			}
			return nil
		})
		if err != nil {
			return err
		}
		show()
		if more && !c.JSON {
			fmt.Fprintf(s.Stdout, "… and older ones: --before %d goes on, --limit 0 lists all.\n", last)
		}
		return nil
	})
}

type rejectsExportCmd struct {
	dataFlag
	Output string `short:"o" default:"-" placeholder:"FILE" type:"path" help:"Where to write; default the standard output."`
}

func (c *rejectsExportCmd) Help() string {
	return "Each line is a message as it was sent, with one member more, galena_reject, that tells why it was refused. Mend the message and import the file; that member is passed over, and what was not mended is refused again.\nWhat was no JSON object, or longer than the 8 KB that are kept, is given as text in that member, with cut: true where it is not whole.\nAn event that a browser had sent is believed no more than before.\n\nExample:\n  galena rejects export -o rejects.ndjson\n  galena import rejects.ndjson"
}

func (c *rejectsExportCmd) Run(s *session) error {
	f := exportFlags{dataFlag: c.dataFlag, Output: c.Output}
	return f.write(s, func(r *app.Reader, to io.Writer) error {
		origins, err := origins(s, r)
		if err != nil {
			return err
		}
		w := bulk.NewRefusedWriter(to)
		err = r.Rejects(s, func(x *lead.Reject) error { return w.Kept(x, origins[x.Source]) })
		return errors.Join(err, w.Flush())
	})
}

// origins tells by the id of a key what the events are that it brings.
func origins(s *session, r *app.Reader) (map[int64]lead.Origin, error) {
	keys, err := r.Keys(s)
	by := map[int64]lead.Origin{}
	for _, k := range keys {
		by[k.ID] = lead.Server
		if k.Kind == lead.BrowserKey {
			by[k.ID] = lead.Browser
		}
	}
	return by, err
}
