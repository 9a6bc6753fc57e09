package bulk

import (
	"reflect"
	"strings"
	"testing"
)

func TestNumbersAreReadInTheirForm(t *testing.T) {
	t.Parallel()
	for form, texts := range map[NumberForm]map[string]string{
		PlainNumbers: {"1234.5": "1234.5", "1.200": "1.200", "1,5": "", "1 200": "", "1e3": "1e3", "": ""},
		"1,234.5":    {"1,200": "1200", "1,200.50": "1200.50", "-1,234,567.8": "-1234567.8", "12.5": "12.5", "1,20": "", "12,00": "", "1.200,5": "", "0,123": "", ",200": "", "1,200.": ""},
		"1.234,5":    {"1.200": "1200", "1.200,50": "1200.50", "−1.200": "-1200", "12,5": "12.5", "1234,5": "1234.5", "1.20": "", "1.2.300": "", "1,200.5": "", "51-200": "", "1.200 €": "", "1,2E+06": "1.2E+06", "1234.500": "", "01.200": ""},
		"1 234,5":    {"1 200": "1200", "1\u202f200,5": "1200.5", "1\u00a0200\u00a0300": "1200300", "1 200\u00a0300": "", "1.200": "", "12 34": ""},
		"1'234.5":    {"1'200": "1200", "1’200.5": "1200.5", "1'200,5": ""},
		"1 234.5":    {"1 200.5": "1200.5", "1 200,5": ""},
	} {
		for text, want := range texts {
			n, ok := readNumber(cell{text: text}, form)
			if ok != (want != "") || string(n) != want {
				t.Errorf("%q as %s is %s, %v, want %q", text, form, n, ok, want)
			}
		}
	}
	if n, ok := readNumber(cell{text: "1.200", raw: []byte("1.200")}, "1.234,5"); !ok || string(n) != "1.200" {
		t.Errorf("a number of JSON is read as %s, %v", n, ok)
	}
}

// What a guess says of columns that are numbers in the playbook, with the readings of
// the first of them.
func TestGuessOfNumbers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want map[string]NumberForm
		read []any // employees, row by row
	}{
		"plain":                          {"email,employees\na@x.example,80\nb@x.example,1200\n", nil, []any{"80", "1200"}},
		"two points":                     {"email,employees\na@x.example,1.200.000\nb@x.example,850\n", map[string]NumberForm{"employees": "1.234,5"}, []any{1200000.0, 850.0}},
		"point and comma":                {"email,employees\na@x.example,\"1.200,50\"\nb@x.example,1.200\n", map[string]NumberForm{"employees": "1.234,5"}, []any{1200.5, 1200.0}},
		"comma and point":                {"email;employees\na@x.example;1,200.50\nb@x.example;1,200\n", map[string]NumberForm{"employees": "1,234.5"}, []any{1200.5, 1200.0}},
		"an apostrophe":                  {"email,employees\na@x.example,1'200\n", map[string]NumberForm{"employees": "1'234.5"}, []any{1200.0}},
		"a blank":                        {"email,employees\na@x.example,1 200\n", map[string]NumberForm{"employees": "1 234,5"}, []any{1200.0}},
		"a fraction only":                {"email,employees\na@x.example,\"12,5\"\n", map[string]NumberForm{"employees": "1.234,5"}, []any{12.5}},
		"one point, in doubt":            {"email,employees\na@x.example,1.200\nb@x.example,3.400\n", nil, []any{"1.200", "3.400"}},
		"one comma, in doubt":            {"email\temployees\na@x.example\t1,200\n", nil, []any{"1,200"}},
		"semicolons and one such number": {"email;employees\na@x.example;1.200\nb@x.example;80\n", nil, []any{"1.200", "80"}},
		"semicolons and two of them":     {"email;employees\na@x.example;1.200\nb@x.example;3.400\n", map[string]NumberForm{"employees": "1.234,5"}, []any{1200.0, 3400.0}},
		"semicolons and other fractions": {"email;employees\na@x.example;1.200\nb@x.example;3.400\nc@x.example;0.125\n", nil, []any{"1.200", "3.400", "0.125"}},
		"quoted commas among commas":     {"email,employees\na@x.example,\"1,200\"\nb@x.example,\"3,400\"\n", map[string]NumberForm{"employees": "1,234.5"}, []any{1200.0, 3400.0}},
		"a fraction in another column":   {"email,employees,Quote\na@x.example,1.200,\"3,5\"\n", map[string]NumberForm{"employees": "1.234,5"}, []any{1200.0}},
		"others contradict each other":   {"email;employees;Quote\na@x.example;1.200;3.5\nb@x.example;3.400;4.5\n", nil, []any{"1.200", "3.400"}},
		"contradictions in a column":     {"email;employees\na@x.example;1.200,5\nb@x.example;1,200.5\n", nil, []any{"1.200,5", "1,200.5"}},
		"what is no number stays":        {"email;employees\na@x.example;1.200,5\nb@x.example;51-200\n", map[string]NumberForm{"employees": "1.234,5"}, []any{1200.5, "51-200"}},
		"a column of the rest":           {"email;Umsatz\na@x.example;1.200,5\n", map[string]NumberForm{"umsatz": "1.234,5"}, []any{nil}},
		"no number of the playbook":      {"email;Quote;Mobil\na@x.example;1.200,5;600.700.800\n", nil, []any{nil}},
		"our own export":                 {"emails,user_ids,attributes.employees\na@x.example,a,1.200\n", map[string]NumberForm{"employees": PlainNumbers}, []any{1.2}},
	} {
		r, err := NewReader(strings.NewReader(c.text), Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Knows(Playbook{Numbers: []string{"employees", "umsatz"}}); err != nil {
			t.Fatal(err)
		}
		got := map[string]NumberForm{}
		for _, f := range r.Mapping().Traits {
			if f.Numbers != "" {
				got[f.Name] = f.Numbers
			}
		}
		if len(got)+len(c.want) > 0 && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: guessed %v, want %v", name, got, c.want)
		}
		if again := reread(t, r.Mapping()); !reflect.DeepEqual(again, r.Mapping()) {
			t.Errorf("%s: printed and read again: %+v", name, again)
		}
		for _, want := range c.read {
			row, err := r.Next()
			if err != nil || len(row.Events) == 0 {
				t.Fatalf("%s: %v, %v", name, row.Reject, err)
			}
			if read := row.Events[0].Traits["employees"]; read != want {
				t.Errorf("%s: read %v, want %v", name, read, want)
			}
		}
	}
}

func TestNumbersOfAMapping(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nemail: E\ntraits:\n  a: {column: A, type: number, numbers: \"1.234,5\"}\n  b: {column: B, numbers: \"1.234,5\"}\n  c: {column: C, type: number}\n")
	if again := reread(t, m); !reflect.DeepEqual(again, m) {
		t.Errorf("written and read again: %+v", again)
	}
	for row, want := range map[string]string{
		`1.200,5,1.200,1`: "",
		`5,many,1`:        "",
		`1200.5,1,1`:      "A: \"1200.5\" is not a number as 1.234,5; mend it, change `numbers`",
		`1,1,1'200`:       "C: \"1'200\" is not a number as 1234.5; say how it is written, as in `numbers: \"1'234.5\"`",
		`1,1,many`:        "C: \"many\" is not a number; write 1234.5",
	} {
		cells := strings.Split(row, ",")
		if row == `1.200,5,1.200,1` {
			cells = []string{`"1.200,5"`, "1.200", "1"}
		}
		events, rejects := readAll(t, "E,A,B,C\na@x.example,"+strings.Join(cells, ",")+"\n", Options{Mapping: m})
		switch {
		case want != "" && (len(rejects) != 1 || !strings.Contains(rejects[0].Message, want)):
			t.Errorf("%s: refused as %v, want %s", row, rejects, want)
		case want == "" && len(events) != 1:
			t.Errorf("%s: refused: %v", row, rejects)
		case row == `1.200,5,1.200,1` && !reflect.DeepEqual(events[0].Traits, map[string]any{"email": "a@x.example", "a": 1200.5, "b": 1200.0, "c": 1.0}):
			t.Errorf("read %v", events[0].Traits)
		case row == `5,many,1` && events[0].Traits["b"] != "many":
			t.Errorf("what is no number became %v", events[0].Traits["b"])
		}
	}
}

func TestReadingsShowWhatIsReadOtherwise(t *testing.T) {
	t.Parallel()
	r, err := NewReader(strings.NewReader("E;A\na@x.example;12\nb@x.example;1.200\nc@x.example;3.400,5\n"), Options{Now: now,
		Mapping: mapped(t, "source: s\nemail: E\ntraits:\n  a: {column: A, numbers: \"1.234,5\"}\n")})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Readings(); !reflect.DeepEqual(got, []Reading{{"A", "1.200", "1200"}}) {
		t.Errorf("told %v", got)
	}
	for text, want := range map[string]NumberForm{"1.200": "1.234,5", "1,200": "1,234.5", "1.25": "", "0.125": "", "12": "", "51-200": ""} {
		if got := OtherForm(text); got != want {
			t.Errorf("%s may be written as %q, want %q", text, got, want)
		}
	}
}
