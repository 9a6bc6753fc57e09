package bulk

import (
	"bufio"
	"bytes"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// foreign are the beginnings of files that people take for tables.
var foreign = []struct {
	magic string
	what  phrase.Phrase
}{
	{"PK\x03\x04", phrase.New("an Excel workbook or another zip archive: save the sheet as CSV")},
	{"\xd0\xcf\x11\xe0", phrase.New("an old Excel workbook: save the sheet as CSV")},
	{"\x1f\x8b", phrase.New("compressed: pipe it, as in `gunzip -c FILE | galena import -`")},
	{"\x28\xb5\x2f\xfd", phrase.New("compressed: pipe it, as in `zstd -dc FILE | galena import -`")},
	{"PAR1", phrase.New("a Parquet file: write it as CSV or NDJSON")},
	{"%PDF", phrase.New("a PDF: it needs the table itself, as CSV")},
	{"SQLite format 3\x00", phrase.New("a database: export a table of it as CSV")},
	{"<?xml", phrase.New("an XML file: write it as CSV or NDJSON")},
	{"<!DOCTYPE", phrase.New("a web page: it needs the table itself, as CSV")},
	{"<html", phrase.New("a web page: it needs the table itself, as CSV")},
}

// refuseForeign refuses a file that is no table, as told by its beginning.
func refuseForeign(r *bufio.Reader) error {
	head, _ := r.Peek(charsetSample) // an error shows again on reading
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte(bomUTF8)), " \t\r\n")
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return fault.New(fault.Invalid, "the file is %s", f.what)
		}
	}
	return nil
}
