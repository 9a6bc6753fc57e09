package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

type importCmd struct {
	dataFlag
	File     string `arg:"" help:"A CSV or NDJSON file; - is the standard input."`
	Mapping  string `placeholder:"FILE" help:"How rows become events. Without one the columns of a CSV file are guessed at; lines of NDJSON are tracking messages."`
	Format   string `enum:"csv,ndjson,auto" default:"auto" help:"csv or ndjson; default by the file's ending or its beginning."`
	Source   string `placeholder:"NAME" help:"Names the import where no mapping does. The name is part of what tells a row from others: the same rows under another name are new."`
	Playbook string `placeholder:"FILE" help:"The playbook of a new data folder."`
	Backfill bool   `help:"The file is history: its events take effect when they occurred, and what they decide has no effects."`
	DryRun   bool   `help:"Read and check the file, take nothing in."`
	Rejects  string `placeholder:"FILE" type:"path" help:"Write the rows that were refused here, as NDJSON with the reasons: mended, it can be imported again, with the same mapping."`
	JSON     bool   `name:"json" help:"Print the result as JSON."`
}

func (c *importCmd) Help() string {
	return "Rows become contacts; they become leads only through an interest that the mapping gives them.\nThe same file may be imported again: what is in already is counted as known.\nAn import that was interrupted goes on when it is started again: what is in is passed over.\nEnds with 0 when the file was read to its end, whether or not rows were refused.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena import leads.csv --mapping mapping.yaml --data ./data"
}

type importResult struct {
	Rows       int `json:"rows"`
	Events     int `json:"events"`
	Accepted   int `json:"accepted"`
	Duplicates int `json:"duplicates"`
	Rejected   int `json:"rejected"`
	// Balances is how many of the events open balances of scores.
	Balances int  `json:"balances"`
	DryRun   bool `json:"dry_run"`
	// Reasons counts what was refused by code.
	Reasons map[string]int `json:"reasons"`
	// Numbers tells how numbers were read.
	Numbers []app.NumberNote `json:"numbers"`
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
	rejects, err := createRejects(c.Rejects, c.File)
	if err != nil {
		return err
	}

	result := importResult{DryRun: c.DryRun, Reasons: map[string]int{}, Numbers: []app.NumberNote{}}
	if c.DryRun {
		err = c.rehearse(s, in, rejects, &result)
	} else {
		err = server.Write(s, c.Data, source, func(w app.Writer) error {
			if err := c.knowWorkspace(s, in); err != nil {
				return err
			}
			return c.feed(s, in, w, rejects, &result)
		})
	}
	if err = errors.Join(err, rejects.close()); err != nil {
		if s.Err() != nil && !c.DryRun {
			fmt.Fprintf(s.Stderr, "Stopped after %d %s: %d new, %d known already. They are kept; the same command again goes on from there.\n",
				result.Rows, plural(result.Rows, "row"), result.Accepted, result.Duplicates)
		}
		return err
	}
	result.Numbers = append(result.Numbers, in.Numbers()...)
	if c.JSON {
		return s.printJSON(result)
	}
	fmt.Fprintf(s.Stdout, "%d %s, %d %s: %d new, %d known already, %d rejected.\n",
		result.Rows, plural(result.Rows, "row"), result.Events, plural(result.Events, "event"), result.Accepted, result.Duplicates, result.Rejected)
	if result.Balances > 0 {
		fmt.Fprintf(s.Stdout, "  opening balances: %d\n", result.Balances)
	}
	c.tellRejects(s, &result)
	c.tellNumbers(s, result.Numbers)
	if c.DryRun {
		fmt.Fprintln(s.Stdout, "Dry run: nothing was taken in.")
		return c.tellGuess(s, in.Mapping())
	}
	return nil
}

// tellGuess shows the mapping that was guessed, to be kept in a file and mended.
func (c *importCmd) tellGuess(s *session, guessed *bulk.Mapping) error {
	if c.Mapping != "" || guessed == nil {
		return nil
	}
	text, err := guessed.Document()
	if err == nil {
		fmt.Fprintf(s.Stdout, "The columns were guessed to mean this; --mapping FILE says it better:\n\n%s", text)
	}
	return err
}

// tellRejects sums up why rows were refused, and says where to look.
func (c *importCmd) tellRejects(s *session, result *importResult) {
	if result.Rejected == 0 {
		return
	}
	for _, code := range slices.Sorted(maps.Keys(result.Reasons)) {
		fmt.Fprintf(s.Stdout, "  %s: %d\n", code, result.Reasons[code])
	}
	// Acts about nobody are refused where they would be kept, and not of the file.
	inFile := result.Rejected - result.Reasons[pipeline.CodeNobody]
	switch {
	case c.Rejects != "" && inFile < result.Rejected:
		fmt.Fprintf(s.Stdout, "%d of them are in %s, to be mended and imported again; `galena rejects list` tells of the others.\n", inFile, c.Rejects)
	case c.Rejects != "":
		fmt.Fprintf(s.Stdout, "They are in %s, to be mended and imported again.\n", c.Rejects)
	case !c.DryRun:
		fmt.Fprintln(s.Stdout, "`galena rejects list` tells why, and --rejects FILE writes such rows out.")
	}
}

// rehearse does everything but take the events in.
func (c *importCmd) rehearse(s *session, in *intake.File, rejects *rejectsFile, result *importResult) error {
	r := &app.Rehearsal{}
	err := server.Read(s, c.Data, func(known *app.Reader) error {
		r.On = known
		if err := in.Knows(known.Plan()); err != nil {
			return err
		}
		return c.feed(s, in, r, rejects, result)
	})
	if fault.KindOf(err) == fault.NotFound && r.On == nil {
		// A new folder knows nothing yet.
		if err := c.foresee(s, in); err != nil {
			return err
		}
		return c.feed(s, in, r, rejects, result)
	}
	return err
}

// feed carries the rows of a file to a sink and counts.
func (c *importCmd) feed(s *session, in *intake.File, to intake.Sink, rejects *rejectsFile, result *importResult) error {
	show := newProgress(s.Stderr)
	defer show.done()
	each := func(row *bulk.Row) error {
		result.Rows++
		result.Events += len(row.Events) + len(row.IDs)
		result.Balances += row.Balances
		show.show(reached{"row", result.Rows, result.Duplicates, in.Reached(), in.Size})
		if row.Reject == nil {
			return nil
		}
		result.Rejected++
		result.Reasons[row.Reject.Code]++
		return rejects.write(row)
	}
	return intake.Feed(s, in, to, each, func(r pipeline.Receipt) {
		result.Accepted += r.Accepted
		result.Duplicates += r.Duplicates
		if r.Refused > 0 {
			result.Rejected += r.Refused
			result.Reasons[pipeline.CodeNobody] += r.Refused
		}
	})
}

// openFile opens a file of people or events.
func (s *session) openFile(name, format, mappingFile, source string, backfill bool) (*intake.File, error) {
	o := bulk.Options{Source: source, Backfill: backfill, Now: lead.TimeOf(time.Now())}
	if mappingFile != "" {
		text, err := s.readFile(mappingFile, bulk.MaxMapping)
		if err != nil {
			return nil, err
		}
		if o.Mapping, err = bulk.ParseMapping(text); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "The mapping %s", mappingFile)
		}
	}
	in, size, err := s.openInput(name)
	if err != nil {
		return nil, err
	}
	if o.Format = bulk.Format(format); format == "auto" {
		if o.Format = bulk.FormatOf(name); o.Format == bulk.CSV {
			o.Format = bulk.Sniff(in.head())
		}
	}
	// Rows that were refused are NDJSON, whatever the mapping was written for.
	if o.Mapping != nil && (format != "auto" || o.Format == bulk.NDJSON) {
		o.Mapping.Format = o.Format
	}
	return intake.NewFile(in, size, o)
}

// input is a file that is read, from where its beginning can be seen.
type input struct {
	*bufio.Reader
	io.Closer
}

// head is what has come of the beginning.
func (in *input) head() []byte {
	in.Peek(1) // what is wrong with it is told when it is read
	head, _ := in.Peek(in.Buffered())
	return head
}

// openInput opens a file, - for the standard input, and tells its size, 0 if it has
// none.
func (s *session) openInput(name string) (*input, int64, error) {
	if name == "-" {
		return &input{bufio.NewReader(s.Stdin), io.NopCloser(s.Stdin)}, 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.NotFound, "Cannot read %s", name)
	}
	size := int64(0)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return &input{bufio.NewReader(f), f}, size, nil
}
