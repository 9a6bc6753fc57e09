package bulk

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// Options say how a file is read.
type Options struct {
	// Mapping says how rows become events. Without one a CSV file's header is
	// guessed at, and the lines of an NDJSON file are messages for Decode.
	Mapping *Mapping
	// Format is the form of the file where the mapping names none; "" is CSV.
	Format Format
	// Source names the import where no mapping does; "" is "import".
	Source string
	// SourceID is the id of the import, for lead.Event.Source.
	SourceID int64
	// Now is the time of the import: what has no time of its own happened then,
	// and nothing happened later.
	Now lead.Time
	// Backfill marks the events as history.
	Backfill bool
	// Decode reads a line of NDJSON that is a message of the tracking protocol.
	Decode func(line []byte) (lead.Event, *lead.Reject)
}

// Row is what became of one row: events or a reject.
type Row struct {
	// Number counts rows or lines from 1, the header included, as a spreadsheet
	// does.
	Number int
	Events []lead.Event
	Reject *lead.Reject
	// IDs are the message ids of the events that are still to be made; see Scan.
	IDs []string
	// Balances is how many of them open balances: 1 or 0.
	Balances int
	unbuilt  *unbuilt

	// refused is what a refused row holds, nil if that cannot be told; origin that
	// of the message that was refused before.
	refused *content
	origin  string
}

// Reader gives the rows of a file, one at a time. It holds no more than a row of
// the file in memory.
type Reader struct {
	options Options
	mapping *Mapping
	builder *builder // nil for messages

	table *table // of a CSV file
	names []string
	index map[string]int

	lines *lines // of an NDJSON file
}

// NewReader reads the beginning of a file and checks that its columns are those
// of the mapping. Its errors are faults.
func NewReader(r io.Reader, o Options) (*Reader, error) {
	if o.Source == "" {
		o.Source = "import"
	}
	if o.Mapping != nil && o.Mapping.Format != "" {
		o.Format = o.Mapping.Format
	}
	rd := &Reader{options: o, mapping: o.Mapping}
	buffered := bufio.NewReaderSize(r, 64<<10)
	if err := refuseForeign(buffered); err != nil {
		return nil, err
	}
	r = unmarked(buffered)
	if o.Format == NDJSON {
		rd.lines = newLines(r)
		if first, err := rd.lines.peek(); err == nil && bytes.HasPrefix(first.text, []byte("[")) {
			return nil, fault.New(fault.Invalid, "the file is a JSON list: write each of its objects on a line of its own, as in `jq -c '.[]' FILE | galena import --format ndjson -`")
		}
		if o.Mapping == nil && rd.leadsAhead() {
			return nil, fault.New(fault.Invalid, "the file is an export of leads as NDJSON: export them as CSV instead, as in `galena export leads -o leads.csv`, or give a mapping")
		}
		if columns := rd.columnsAhead(); o.Mapping == nil && columns != nil {
			var err error
			if rd.mapping, err = Guess(columns, o.Source); err != nil {
				return nil, err
			}
		}
		if rd.mapping == nil {
			if o.Decode == nil {
				return nil, fault.New(fault.Invalid, "an NDJSON file without a mapping cannot be read here: give a mapping")
			}
			return rd, nil
		}
	} else if err := rd.header(r); err != nil {
		return nil, err
	}
	b, err := newBuilder(rd.mapping, o)
	rd.builder = b
	return rd, err
}

// leadsAhead says that the lines are leads of our own export, which differ in their
// members, so that the first of them tells no mapping.
func (rd *Reader) leadsAhead() bool {
	first, err := rd.lines.peek()
	if err != nil || first.bad != nil {
		return false
	}
	o := objectIn(first.text)
	return o != nil && o.has("kind") && o.has("emails") && o.has("user_ids") && o.has("stage_since")
}

// columnsAhead are the columns of the table of which the lines are refused rows,
// nil if they are something else. The first line tells.
func (rd *Reader) columnsAhead() []string {
	first, err := rd.lines.peek()
	if err != nil || first.bad != nil {
		return nil
	}
	if _, was := takeRefused(first.text); was != nil {
		return was.Columns
	}
	return nil
}

// Mapping is the mapping in use, guessed or given, with the columns named as in
// the file; nil for messages.
func (rd *Reader) Mapping() *Mapping { return rd.mapping }

// Columns are the names of the columns of a CSV file, nil of NDJSON.
func (rd *Reader) Columns() []string { return slices.Clone(rd.names) }

// Playbook is what a Reader is told of the playbook in force.
type Playbook struct {
	Scores  []string // scores and totals
	Numbers []string // traits that it takes as numbers
}

// Knows tells what the playbook in force has, before the first row is read. Rows that
// bring balances of other scores are refused then, and a guess says how the columns
// are written that are numbers there.
func (rd *Reader) Knows(p Playbook) error {
	if rd.builder == nil {
		return nil
	}
	if rd.options.Mapping == nil {
		rd.guessNumbers(p.Numbers)
		b, err := newBuilder(rd.mapping, rd.options)
		if err != nil {
			return err
		}
		rd.builder = b
	}
	rd.builder.playbookScores = append([]string{}, p.Scores...)
	return nil
}

// header reads the first row of a CSV file.
func (rd *Reader) header(r io.Reader) error {
	rd.table = newTable(r, 0)
	if m := rd.options.Mapping; m != nil && m.Delimiter != 0 {
		rd.table.delimiter = m.Delimiter
	} else {
		rd.table.delimiter = guessDelimiter(rd.table.buf, rd.table.done)
	}
	row, err := rd.table.next()
	if err == nil && row.bad == nil {
		if delimiter, ok := excelDelimiter(row.text); ok {
			rd.table.delimiter = delimiter
			row, err = rd.table.next()
		}
	}
	switch {
	case err == io.EOF:
		return fault.New(fault.Invalid, "the file is empty: its first row must name the columns")
	case err != nil:
		return err
	case row.bad != nil:
		return fault.New(fault.Invalid, "the header in row %d cannot be read: %s", row.number, row.bad.message)
	case len(row.cells) > MaxColumns:
		return fault.New(fault.TooLarge, "the header names %d columns, more than the %d allowed", len(row.cells), MaxColumns)
	}
	for i, c := range row.cells {
		row.cells[i], _ = mend(unguard(c))
	}
	rd.names = headerNames(row.cells)
	rd.index = make(map[string]int, len(rd.names))
	for i, name := range rd.names {
		rd.index[name] = i
	}
	if rd.mapping == nil {
		rd.mapping, err = Guess(row.cells, rd.options.Source)
		return err
	}
	return rd.resolve()
}

// resolve finds the mapping's columns in the header, if need be by another case.
func (rd *Reader) resolve() error {
	rd.mapping = rd.mapping.clone()
	var missing []phrase.Phrase
	rd.mapping.columns(func(place string, column *string) {
		if _, ok := rd.index[*column]; ok {
			return
		}
		found := ""
		for _, name := range rd.names {
			if strings.EqualFold(name, strings.TrimSpace(*column)) {
				found = name
				break
			}
		}
		if found != "" {
			*column = found
			return
		}
		if near := spelling.Nearest(*column, rd.names); near != "" {
			missing = append(missing, phrase.New("%s: the file has no column %s; did you mean %s?", place, quote(*column), quote(near)))
		} else {
			missing = append(missing, phrase.New("%s: the file has no column %s", place, quote(*column)))
		}
	})
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "%s\nThe columns are %s", phrase.Lines(missing...), list(rd.names))
	}
	return nil
}

// Next gives the next row; io.EOF after the last. An error ends the file.
func (rd *Reader) Next() (Row, error) {
	row, err := rd.Scan()
	rd.Build(&row)
	return row, err
}

// Scan gives the next row as Next does, but leaves out its events where their ids
// can be told without them, which is much cheaper.
func (rd *Reader) Scan() (Row, error) {
	row, err := rd.next()
	if row.Reject != nil {
		rd.keepable(&row)
	}
	return row, err
}

// Build makes the events that Scan left out, or a reject.
func (rd *Reader) Build(row *Row) {
	if row.unbuilt == nil {
		return
	}
	made := rd.row(row.Number, row.unbuilt.text, &row.unbuilt.record)
	made.origin = row.origin
	if made.Reject != nil {
		made.refused = row.unbuilt.content()
		rd.keepable(&made)
	}
	*row = made
}

// unbuilt is a row whose events are still to be made.
type unbuilt struct {
	record
	text    string
	content func() *content
}

// later gives a row without its events; with them, if their ids cannot be told.
func (rd *Reader) later(number int, u *unbuilt) Row {
	row := Row{Number: number, unbuilt: u}
	var ok bool
	if row.IDs, ok = rd.builder.ids(&u.record); ok {
		row.Balances = rd.builder.balances(row.IDs)
		return row
	}
	rd.Build(&row)
	return row
}

// keepable completes a reject so that the workspace keeps it once, and in a form
// in which it can be mended.
func (rd *Reader) keepable(row *Row) {
	r := row.Reject
	if row.refused == nil {
		whole := content{members: []member{{"", jsontext.Value(r.Body)}}}
		r.Identity = whole.identity(rd.source(), r.Code)
		return
	}
	r.Identity = row.refused.identity(rd.source(), r.Code)
	if row.refused.columns == nil && row.origin == "" {
		return // a line as it came
	}
	if body, err := row.refused.body(row.Number, row.origin); err == nil {
		r.Body = cutBody(string(body))
	}
}

// source is the name of the import.
func (rd *Reader) source() string {
	if rd.mapping != nil {
		return rd.mapping.Source
	}
	return rd.options.Source
}

func (rd *Reader) next() (Row, error) {
	if rd.lines != nil {
		return rd.nextLine()
	}
	row, err := rd.table.next()
	if err != nil {
		return Row{}, err
	}
	if row.bad != nil {
		return rd.refuse(row.number, row.text, row.bad), nil
	}
	for i := len(rd.names); i < len(row.cells); i++ {
		if row.cells[i] != "" {
			refused := rd.refuse(row.number, row.text, refusal("too_many_cells", "the row has %d cells, the header %d: quote texts that contain the delimiter", len(row.cells), len(rd.names)))
			refused.refused = tableContent(rd.names, row.cells)
			return refused, nil
		}
	}
	cells := make([]cell, min(len(row.cells), len(rd.names)))
	for i := range cells {
		cells[i].text = unguard(row.cells[i])
	}
	return rd.later(row.number, &unbuilt{
		record: record{names: rd.names, cells: cells, index: rd.index}, text: row.text,
		content: func() *content {
			texts := make([]string, len(cells))
			for i := range cells {
				texts[i] = cells[i].text
			}
			return tableContent(rd.names, texts)
		},
	}), nil
}

func (rd *Reader) nextLine() (Row, error) {
	l, err := rd.lines.next()
	if err != nil {
		return Row{}, err
	}
	if l.bad != nil {
		return rd.refuse(l.number, decodeText(l.text), l.bad), nil
	}
	var was *Refused
	if l.text, was = takeRefused(l.text); was == nil {
		was = &Refused{}
	}
	if was.Text != "" && string(l.text) == "{}" {
		return rd.refuse(l.number, was.Text, refusal("not_mended", "what was refused still stands as `text` in %s: put the mended members beside it", RefusedMember)), nil
	}
	refused := func() *content {
		c := lineContent(l.text)
		if c != nil {
			c.columns = was.Columns
		}
		return c
	}
	row := rd.line(l, was, refused)
	row.origin = was.Origin
	if row.Reject != nil {
		row.refused = refused()
	}
	return row, nil
}

// line makes a row of a line, of which was tells why it was refused before.
func (rd *Reader) line(l line, was *Refused, refused func() *content) Row {
	if rd.builder == nil {
		return rd.message(l, was)
	}
	text := decodeText(l.text)
	rec, bad := lineObject(text)
	if bad != nil {
		return rd.refuse(l.number, text, bad)
	}
	return rd.later(l.number, &unbuilt{rec, text, refused})
}

// message makes a row of a line that is a message of the tracking protocol. What
// is not valid UTF-8 in it is Decode's to mend.
//
// An event that a browser had sent stays a browser's: its claims are believed no
// more for having been refused once.
func (rd *Reader) message(l line, was *Refused) Row {
	text := l.text
	if own, ok := exportedMessage(text); ok {
		text = own
	}
	e, reject := rd.options.Decode(text)
	if reject != nil {
		row := rd.refuse(l.number, decodeText(l.text), &problem{reject.Code, reject.Message})
		row.Reject.MessageID = reject.MessageID
		return row
	}
	if e.MessageID == "" {
		e.MessageID = lineID(rd.options.Source, l.text)
	}
	e.Origin, e.Source, e.Backfill = lead.Import, rd.options.SourceID, rd.options.Backfill
	if was.Origin == lead.Browser.String() {
		e.Origin = lead.Browser
	}
	if e.Occurred == 0 || e.Occurred > rd.options.Now {
		e.Occurred = rd.options.Now
	}
	return Row{Number: l.number, Events: []lead.Event{e}}
}

func (rd *Reader) row(number int, text string, rec *record) Row {
	events, bad := rd.builder.events(rec, number)
	if bad != nil {
		return rd.refuse(number, text, bad)
	}
	made := Row{Number: number, Events: events}
	if len(events) > 1 && events[1].Type == lead.Act {
		made.Balances = 1
	}
	return made
}

func (rd *Reader) refuse(number int, text string, bad *problem) Row {
	return Row{Number: number, Reject: &lead.Reject{
		Source: rd.options.SourceID, Index: number, Code: bad.code,
		Message: phrase.New("row %d: %s", number, bad.message).String(), Body: cutBody(text),
	}}
}

// cutBody is as much of a refused text as is kept.
func cutBody(text string) []byte {
	text, _ = mend(text)
	if len(text) > lead.MaxRejectBody {
		text = strings.ToValidUTF8(text[:lead.MaxRejectBody], "")
	}
	return []byte(text)
}
