package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
	"galena/internal/tracking"
)

type importCmd struct {
	dataFlag
	File     string `arg:"" help:"A CSV or NDJSON file; - is the standard input."`
	Mapping  string `placeholder:"FILE" help:"How rows become events. Without one the columns of a CSV file are guessed at; lines of NDJSON are tracking messages."`
	Format   string `enum:"csv,ndjson,auto" default:"auto" help:"csv or ndjson; default by the file's ending."`
	Source   string `placeholder:"NAME" help:"Names the import where no mapping does."`
	Playbook string `placeholder:"FILE" help:"The playbook of a new data folder."`
	Backfill bool   `help:"The file is history: its events take effect when they occurred, and what they decide has no effects."`
	DryRun   bool   `help:"Read and check the file, take nothing in."`
	Rejects  string `placeholder:"FILE" type:"path" help:"Write the rows that were refused here, as NDJSON with the reasons."`
	JSON     bool   `name:"json" help:"Print the result as JSON."`
}

func (c *importCmd) Help() string {
	return "Rows become contacts; they become leads only through an interest that the mapping gives them.\nThe same file may be imported again: what is in already is counted as a duplicate.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena import leads.csv --mapping mapping.yaml --data ./data"
}

type importResult struct {
	Rows       int  `json:"rows"`
	Events     int  `json:"events"`
	Accepted   int  `json:"accepted"`
	Duplicates int  `json:"duplicates"`
	Rejected   int  `json:"rejected"`
	DryRun     bool `json:"dry_run"`
}

func (c *importCmd) Run(s *session) error {
	source, err := s.playbookFile(c.Playbook)
	if err != nil {
		return err
	}
	in, err := s.openFile(c.File, c.Format, c.Mapping, c.Source, c.Backfill)
	if err != nil {
		return err
	}
	defer in.Close()
	rejects, err := createRejects(c.Rejects)
	if err != nil {
		return err
	}

	result := importResult{DryRun: c.DryRun}
	if c.DryRun {
		err = c.rehearse(s, in.Reader, rejects, &result)
	} else {
		err = server.Write(s, c.Data, source, func(w app.Writer) error {
			return c.feed(s, in.Reader, w, rejects, &result)
		})
	}
	if err = errors.Join(err, rejects.close()); err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(result)
	}
	fmt.Fprintf(s.Stdout, "%d %s, %d %s: %d new, %d known already, %d rejected.\n",
		result.Rows, plural(result.Rows, "row"), result.Events, plural(result.Events, "event"), result.Accepted, result.Duplicates, result.Rejected)
	if result.Rejected > 0 && c.Rejects == "" {
		fmt.Fprintln(s.Stderr, "--rejects FILE writes the rows that were rejected there, with the reasons.")
	}
	if c.DryRun {
		fmt.Fprintln(s.Stdout, "Dry run: nothing was taken in.")
	}
	return nil
}

// rehearse does everything but take the events in.
func (c *importCmd) rehearse(s *session, in *bulk.Reader, rejects *rejectsFile, result *importResult) error {
	r := &app.Rehearsal{}
	err := server.Read(s, c.Data, func(known *app.Reader) error {
		r.Known = known
		return c.feed(s, in, r, rejects, result)
	})
	if fault.KindOf(err) == fault.NotFound && r.Known == nil {
		return c.feed(s, in, r, rejects, result) // a new folder knows nothing yet
	}
	return err
}

// feed carries the rows of a file to a sink and counts.
func (c *importCmd) feed(s *session, in *bulk.Reader, to sink, rejects *rejectsFile, result *importResult) error {
	show := newProgress(s.Stderr)
	defer show.done()
	each := func(row *bulk.Row) error {
		result.Rows++
		result.Events += len(row.Events)
		show.rows(result.Rows)
		if row.Reject == nil {
			return nil
		}
		result.Rejected++
		return rejects.write(row)
	}
	return feed(s, in, to, each, func(r pipeline.Receipt) {
		result.Accepted += r.Accepted
		result.Duplicates += r.Duplicates
	})
}

// decodeLine reads a tracking message of a file.
func decodeLine(line []byte) (lead.Event, *lead.Reject) {
	from := tracking.Arrival{Received: lead.TimeOf(time.Now()), Origin: lead.Import}
	m, err := tracking.Decoder{}.Message(line, 0, from)
	if refusal, ok := errors.AsType[*tracking.Refusal](err); ok {
		reject := refusal.Reject(0, line, from)
		return lead.Event{}, &reject
	}
	return m.Event, nil
}

// openedFile is a file that is being read into events.
type openedFile struct {
	*bulk.Reader
	io.Closer
}

// openFile opens a file of people or events.
func (s *session) openFile(name, format, mappingFile, source string, backfill bool) (*openedFile, error) {
	o := bulk.Options{
		Format: bulk.Format(format), Source: source, Backfill: backfill,
		Now: lead.TimeOf(time.Now()), Decode: decodeLine,
	}
	if format == "auto" {
		o.Format = bulk.FormatOf(name)
	}
	if mappingFile != "" {
		text, err := s.readFile(mappingFile, bulk.MaxMapping)
		if err != nil {
			return nil, err
		}
		if o.Mapping, err = bulk.ParseMapping(text); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "The mapping %s", mappingFile)
		}
	}
	in := io.NopCloser(s.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "Cannot read %s", name)
		}
		in = f
	}
	r, err := bulk.NewReader(in, o)
	if err != nil {
		in.Close()
		return nil, err
	}
	return &openedFile{r, in}, nil
}
