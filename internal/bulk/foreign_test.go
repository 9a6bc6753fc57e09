package bulk

import (
	"reflect"
	"strings"
	"testing"

	"galena/internal/fault"
)

func TestForeignFilesAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"PK\x03\x04\x14\x00[Content_Types].xml": "save the sheet as CSV",
		"\x1f\x8b\x08\x00":                      "gunzip -c",
		"\n <?xml version=\"1.0\"?><a/>":        "an XML file",
		"<!DOCTYPE html><table>":                "a web page",
		"%PDF-1.7":                              "a PDF",
	} {
		for _, f := range []Format{CSV, NDJSON} {
			_, err := NewReader(strings.NewReader(text), Options{Format: f, Decode: decodeKept})
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), want) {
				t.Errorf("%q as %s: %v, want %q", text, f, err, want)
			}
		}
	}
	for _, list := range []string{`[{"a":1}]`, "\n[\n{}\n]"} {
		_, err := NewReader(strings.NewReader(list), Options{Format: NDJSON, Decode: decodeKept})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "jq -c") {
			t.Errorf("%s: %v", list, err)
		}
	}
}

func TestExcelTellsItsDelimiter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"sep=;\nEmail;Note\nann@corp.example;a,b,c,d\n",
		"\"sep=;\"\r\nEmail;Note\r\nann@corp.example;a,b,c,d\r\n",
		"sep=|\nEmail|Note\nann@corp.example|a,b,c,d\n",
		"\ufeffsep=\t\nEmail\tNote\nann@corp.example\ta,b,c,d\n",
	} {
		events, rejects := readAll(t, text, Options{Source: "s"})
		want := map[string]any{"email": "ann@corp.example", "note": "a,b,c,d"}
		if len(rejects) > 0 || len(events) != 1 || !reflect.DeepEqual(events[0].Traits, want) {
			t.Errorf("%q: %+v, %v", text, events, rejects)
		}
	}
	if _, err := NewReader(strings.NewReader("sep=;\n"), Options{}); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "is empty") {
		t.Errorf("a file without a header: %v", err)
	}
}
