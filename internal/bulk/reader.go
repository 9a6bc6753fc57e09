package bulk

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/fault"
	"galena/internal/lead"
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
	r = unmarked(r)
	if o.Format == NDJSON {
		rd.lines = newLines(r)
		if o.Mapping == nil {
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

// Mapping is the mapping in use, guessed or given, with the columns named as in
// the file; nil for messages.
func (rd *Reader) Mapping() *Mapping { return rd.mapping }

// header reads the first row of a CSV file.
func (rd *Reader) header(r io.Reader) error {
	rd.table = newTable(r, 0)
	if m := rd.options.Mapping; m != nil && m.Delimiter != 0 {
		rd.table.delimiter = m.Delimiter
	} else {
		rd.table.delimiter = guessDelimiter(rd.table.buf, rd.table.done)
	}
	row, err := rd.table.next()
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
	var missing []string
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
		text := place + ": the file has no column " + quote(*column)
		if near := spelling.Nearest(*column, rd.names); near != "" {
			text += "; did you mean " + quote(near) + "?"
		}
		missing = append(missing, text)
	})
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "%s\nThe columns are %s", strings.Join(missing, "\n"), list(rd.names))
	}
	return nil
}

// Next gives the next row; io.EOF after the last. An error ends the file.
func (rd *Reader) Next() (Row, error) {
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
			return rd.refuse(row.number, row.text, &problem{"too_many_cells", "the row has " + itoa(len(row.cells)) + " cells, the header " + itoa(len(rd.names)) + ": quote texts that contain the delimiter"}), nil
		}
	}
	cells := make([]cell, min(len(row.cells), len(rd.names)))
	for i := range cells {
		cells[i].text = unguard(row.cells[i])
	}
	return rd.row(row.number, row.text, &record{names: rd.names, cells: cells, index: rd.index}), nil
}

func (rd *Reader) nextLine() (Row, error) {
	l, err := rd.lines.next()
	if err != nil {
		return Row{}, err
	}
	text := decodeText(l.text)
	if l.bad != nil {
		return rd.refuse(l.number, text, l.bad), nil
	}
	if rd.builder == nil {
		return rd.message(l), nil
	}
	object := jsontext.Value(text)
	if !object.IsValid() || object.Kind() != '{' {
		return rd.refuse(l.number, text, &problem{"invalid_json", "the line is not one JSON object"}), nil
	}
	rec, err := flatten(object)
	if err != nil {
		return rd.refuse(l.number, text, &problem{"invalid_json", err.Error()}), nil
	}
	return rd.row(l.number, text, &rec), nil
}

// message makes a row of a line that is a message of the tracking protocol. What
// is not valid UTF-8 in it is Decode's to mend.
func (rd *Reader) message(l line) Row {
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
	return Row{Number: number, Events: events}
}

func (rd *Reader) refuse(number int, text string, bad *problem) Row {
	text, _ = mend(text)
	if len(text) > lead.MaxRejectBody {
		text = strings.ToValidUTF8(text[:lead.MaxRejectBody], "")
	}
	return Row{Number: number, Reject: &lead.Reject{
		Source: rd.options.SourceID, Index: number, Code: bad.code,
		Message: "row " + itoa(number) + ": " + bad.message, Body: []byte(text),
	}}
}
