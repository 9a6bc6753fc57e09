package bulk

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"galena/internal/fault"
)

// rows reads a whole table; a refused row is its code.
func rows(t *testing.T, r io.Reader, delimiter byte) [][]string {
	t.Helper()
	table := newTable(r, delimiter)
	var all [][]string
	for {
		row, err := table.next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.bad != nil {
			row.cells = []string{"!" + row.bad.code, row.text}
		}
		all = append(all, row.cells)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want [][]string
	}{
		"empty":              {"", nil},
		"only blank lines":   {"\n\r\n\r", nil},
		"lf":                 {"a,b\nc,d\n", [][]string{{"a", "b"}, {"c", "d"}}},
		"crlf":               {"a,b\r\nc,d\r\n", [][]string{{"a", "b"}, {"c", "d"}}},
		"cr":                 {"a,b\rc,d\r", [][]string{{"a", "b"}, {"c", "d"}}},
		"no end of line":     {"a,b\nc,d", [][]string{{"a", "b"}, {"c", "d"}}},
		"blank rows":         {"a,b\n\n,\nc,d", [][]string{{"a", "b"}, {"c", "d"}}},
		"trailing delimiter": {"a,b,\n", [][]string{{"a", "b", ""}}},
		"quoted":             {"\"a,b\",\"c\"\"d\"\n", [][]string{{"a,b", `c"d`}}},
		"quoted at the end":  {"a,\"b\"", [][]string{{"a", "b"}}},
		"empty quoted":       {"\"\",a\n", [][]string{{"", "a"}}},
		"line ends in a cell keep their bytes": {"\"a\r\nb\rc\nd\",x\r\ny,z",
			[][]string{{"a\r\nb\rc\nd", "x"}, {"y", "z"}}},
		"quote inside an unquoted cell": {"5\" pipe,b\n", [][]string{{`5" pipe`, "b"}}},
		"text after a closing quote": {"\"a\"b,c\nd,e\n",
			[][]string{{"!bad_quotes", "\"a\"b,c"}, {"d", "e"}}},
		"a quote that never closes": {"a,b\n\"c,d\ne,f\r\ng,h\n",
			[][]string{{"a", "b"}, {"!bad_quotes", "\"c,d"}, {"e", "f"}, {"g", "h"}}},
		"a lone quote at the end": {"a,b\n\"", [][]string{{"a", "b"}, {"!bad_quotes", `"`}}},
		"windows-1252":            {"M\xfcller,\x80 5\n", [][]string{{"Müller", "€ 5"}}},
		"both charsets":           {"M\xfcller,Müller\n", [][]string{{"Müller", "Müller"}}},
		"nul":                     {"a\x00b,c\n", [][]string{{"a\x00b", "c"}}},
		"long row": {"a,b\n" + strings.Repeat("x", MaxRow+1) + "\nc,d\n",
			[][]string{{"a", "b"}, {"!row_too_long", strings.Repeat("x", MaxRow+1)}, {"c", "d"}}},
		"row that ends nowhere": {"a,b\n" + strings.Repeat("x", 3*MaxRow) + "\nc,d\n",
			[][]string{{"a", "b"}, {"!row_too_long", strings.Repeat("x", MaxRow)}, {"c", "d"}}},
		"cell of almost a megabyte": {"a," + strings.Repeat("x", MaxRow-3) + "\nc,d\n",
			[][]string{{"a", strings.Repeat("x", MaxRow-3)}, {"c", "d"}}},
		"long cell that never closes": {"a,b\n\"x\n" + strings.Repeat("y,z\n", MaxRow/4+10),
			append([][]string{{"a", "b"}, {"!row_too_long", `"x`}}, repeat([]string{"y", "z"}, MaxRow/4+10)...)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rows(t, strings.NewReader(c.text), ','); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %.200q, want %.200q", got, c.want)
			}
		})
	}
}

func repeat(row []string, n int) [][]string {
	all := make([][]string, n)
	for i := range all {
		all[i] = row
	}
	return all
}

func TestTableByPieces(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a,\"b\r\n\"\"c\"\r\nd,e\r", 3*tableBuffer/16)
	whole := rows(t, strings.NewReader(text), ',')
	for name, r := range map[string]io.Reader{
		"a byte at a time": iotest.OneByteReader(strings.NewReader(text)),
		"halves":           iotest.HalfReader(strings.NewReader(text)),
		"data with error":  iotest.DataErrReader(strings.NewReader(text)),
	} {
		if got := rows(t, r, ','); !reflect.DeepEqual(got, whole) {
			t.Errorf("%s: %d rows, whole: %d", name, len(got), len(whole))
		}
	}
}

func TestTableNumbersRowsAsSpreadsheets(t *testing.T) {
	t.Parallel()
	table := newTable(strings.NewReader("h\n\n\"a\nb\"\n\"torn\"x\nc\n"), ',')
	var numbers []int
	for {
		row, err := table.next()
		if err != nil {
			break
		}
		numbers = append(numbers, row.number)
	}
	if want := []int{1, 3, 4, 5}; !reflect.DeepEqual(numbers, want) {
		t.Errorf("rows are numbered %v, want %v", numbers, want)
	}
}

func TestTableTellsAFailingReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("the cable is out")
	table := newTable(io.MultiReader(strings.NewReader("a,b\nc,d"), iotest.ErrReader(broken)), ',')
	_, err := table.next()
	for err == nil {
		_, err = table.next()
	}
	if !errors.Is(err, broken) {
		t.Errorf("the end is %v, want the reader's error", err)
	}
}

// Each line opens a quote when read as the first of a row, and none closes it
// when read as the inside of one: the worst text for a reader that looks ahead.
func TestTableGivesUpOnEndlessQuotes(t *testing.T) {
	t.Parallel()
	table := newTable(strings.NewReader(strings.Repeat("a\",\",x\n", 2*MaxRow/7)), ',')
	for n := 0; ; n++ {
		_, err := table.next()
		if fault.KindOf(err) == fault.Invalid {
			if n > 2*MaxRescan/MaxRow {
				t.Errorf("gave up after %d rows only", n)
			}
			return
		}
		if err != nil {
			t.Fatalf("ended with %v after %d rows", err, n)
		}
	}
}

// What a standard writer writes is read back, whatever the cells.
func TestTableReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	cell := rapid.StringOf(rapid.SampledFrom([]rune("ab\",;\n'\t é€\u2028"))).Filter(func(s string) bool {
		return s != ""
	})
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 4), 1, 8).Draw(t, "rows")
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma = rapid.SampledFrom([]rune(delimiters)).Draw(t, "delimiter")
		if err := w.WriteAll(want); err != nil {
			t.Fatal(err)
		}
		table := newTable(&text, byte(w.Comma))
		for _, cells := range want {
			row, err := table.next()
			if err != nil || row.bad != nil || !reflect.DeepEqual(row.cells, cells) {
				t.Fatalf("read %q, %v, %v; wrote %q", row.cells, row.bad, err, cells)
			}
		}
		if _, err := table.next(); err != io.EOF {
			t.Fatalf("the end is %v", err)
		}
	})
}

func TestUnmarked(t *testing.T) {
	t.Parallel()
	utf16 := func(s string, big bool) string {
		var b strings.Builder
		for _, c := range s { // all of them in the basic plane
			if big {
				b.WriteByte(byte(c >> 8))
			}
			b.WriteByte(byte(c))
			if !big {
				b.WriteByte(byte(c >> 8))
			}
		}
		return b.String()
	}
	const text = "Name,Ort\nZoë,Köln\n"
	for name, in := range map[string]string{
		"plain":                 text,
		"utf-8 mark":            bomUTF8 + text,
		"little endian, marked": bomUTF16LE + utf16(text, false),
		"big endian, marked":    bomUTF16BE + utf16(text, true),
		"little endian":         utf16(text, false),
		"big endian":            utf16(text, true),
	} {
		got, err := io.ReadAll(unmarked(bufio.NewReader(strings.NewReader(in))))
		if err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestGuessDelimiter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]byte{
		"":                               ',',
		"email":                          ',',
		"a,b\n1,2":                       ',',
		"a;b;c\n1,5;2,5;3\n":             ';',
		"a\tb, c\n1\t2\n":                '\t',
		"a|b|c\n1|2|3\n":                 '|',
		"a,b\n\"x;y;z\",2\n\"x;y\",3\n":  ',',
		"name;note\nA;one, two, three\n": ';',
		"a;b\r\r\n1;2\r":                 ';',
	} {
		if got := guessDelimiter([]byte(text), true); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
