package bulk

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/fault"
	"galena/internal/lead"
)

const fullMapping = `
source: fair
format: csv
delimiter: ";"
missing: [Select, ""]
user_id: No
anonymous_id: Cookie
email: E-mail
several: keep
occurred: {column: Created, layout: "2006-01-02", zone: Europe/Berlin}
traits:
  title: Job title
  visits: {column: Visits, type: number}
  since: {column: Since, type: time, layout: unix}
  vendor: {value: Acme}
  paid: {value: true}
  cost: {value: 2.5}
rest: keep
events:
  - {event: Form Submitted, when: {column: Origin, in: [Page, Ad]}, properties: {form: Form, kind: {value: landing}}}
  - {type: page, name: Visit, times: {column: Visits, max: 50}, occurred: Seen}
  - type: screen
    when: [{column: App}, {column: Origin, not_in: Import}]
`

// fullBalance goes on from fullMapping.
const fullBalance = `balance: {fit: Fit Score, total: {column: Score, strip: "#"}}
balance_as_of: {column: Scored, layout: "2006-01-02"}
`

func TestParseMapping(t *testing.T) {
	t.Parallel()
	want := &Mapping{
		Source: "fair", Format: CSV, Delimiter: ';', Missing: []string{"Select", ""},
		UserID: "No", AnonymousID: "Cookie", Email: "E-mail", Several: true, KeepRest: true,
		Occurred: &Moment{Column: "Created", Layout: "2006-01-02", Zone: "Europe/Berlin"},
		Traits: []Field{
			{"title", Datum{Column: "Job title"}},
			{"visits", Datum{Column: "Visits", Kind: lead.Number}},
			{"since", Datum{Column: "Since", Kind: lead.Moment, Layout: "unix"}},
			{"vendor", Datum{Value: "Acme"}},
			{"paid", Datum{Value: true}},
			{"cost", Datum{Value: 2.5}},
		},
		Events: []EventRule{
			{Type: lead.Track, Name: "Form Submitted", When: []Condition{{Column: "Origin", In: []string{"Page", "Ad"}}},
				Properties: []Field{{"form", Datum{Column: "Form"}}, {"kind", Datum{Value: "landing"}}}},
			{Type: lead.Page, Name: "Visit", Times: &Repeat{"Visits", 50}, Occurred: &Moment{Column: "Seen"}},
			{Type: lead.Screen, When: []Condition{{Column: "App"}, {Column: "Origin", NotIn: []string{"Import"}}}},
		},
		Balance: &Balance{
			Scores: []Field{{"fit", Datum{Column: "Fit Score", Kind: lead.Number}}, {"total", Datum{Column: "Score", Kind: lead.Number, Strip: "#"}}},
			AsOf:   &Moment{Column: "Scored", Layout: "2006-01-02"},
		},
	}
	got, err := ParseMapping([]byte(fullMapping + fullBalance))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if again := reread(t, got); !reflect.DeepEqual(again, want) {
		t.Errorf("written and read again: %+v", again)
	}
}

func reread(t interface {
	Helper()
	Fatalf(string, ...any)
}, m *Mapping) *Mapping {
	t.Helper()
	text, err := m.Document()
	if err != nil {
		t.Fatalf("%v", err)
	}
	again, err := ParseMapping(text)
	if err != nil {
		t.Fatalf("%v of:\n%s", err, text)
	}
	return again
}

func TestParseMappingTellsWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "no YAML",
		"a: [":                              "no YAML",
		"[]":                                "line 1, column 1: a mapping must be a list of keys with values, not a list",
		"source: s":                         "line 1, column 1: a mapping needs at least one of user_id",
		"email: E":                          "line 1, column 1: source is missing",
		"source: s\nemial: E":               `line 2, column 1: a mapping has no key "emial"; did you mean "email"?`,
		"source: s\nemail: E\ncolour: E":    `line 3, column 1: a mapping has no key "colour"; known are source`,
		"source: s\nemail: E\nemail: F":     `line 3, column 1: a mapping has "email" twice`,
		"source: s\nemail:":                 "line 2, column 7: email must be a text, not nothing",
		"source: s\nemail: ' '":             "line 2, column 8: email must name a column",
		"source: s\nemail: {a: b}":          "line 2, column 8: email must be a text, not a list of keys",
		"source: &s s\nemail: *s":           "line 2, column 8: email must be a text, not an alias",
		"source: s\nemail: E\nrest: all":    `line 3, column 7: rest is "all"; it must be one of keep, drop`,
		"source: s\nemail: E\nformat: xlsx": `line 3, column 9: format is "xlsx"`,
		"source: s\nemail: E\ndelimiter: x": `line 3, column 12: delimiter is "x"`,
		"source: s\nemail: E\noccurred: {column: C, layout: DD.MM}":                           `line 3, column 31: layout "DD.MM" is no reference time`,
		"source: s\nemail: E\noccurred: {column: C, zone: Mars}":                              `line 3, column 29: zone "Mars" is unknown`,
		"source: s\nemail: E\noccurred: {zone: UTC}":                                          "line 3, column 11: occurred must name a column",
		"source: s\nemail: E\ntraits: [a]":                                                    "line 3, column 9: traits must be a list of keys",
		"source: s\nemail: E\ntraits: {a: {}}":                                                "line 3, column 13: traits.a must have either a column or a value",
		"source: s\nemail: E\ntraits: {a: {column: C, value: 1}}":                             "line 3, column 13: traits.a must have either",
		"source: s\nemail: E\ntraits: {a: {column: C, type: integer}}":                        `line 3, column 31: type is "integer"; it must be one of text, number, bool, time`,
		"source: s\nemail: E\ntraits: {a: {column: C, layout: unix}}":                         "line 3, column 13: traits.a has a layout or zone",
		"source: s\nemail: E\ntraits: {a: {column: C, numbers: german}}":                      `line 3, column 34: numbers is "german"; write one thousand`,
		"source: s\nemail: E\ntraits: {a: {column: C, type: time, numbers: 1234.5}}":          "line 3, column 13: traits.a is of type time; `numbers` is for `type: number`",
		"source: s\nemail: E\ntraits: {a: {value: 1, numbers: 1234.5}}":                       "line 3, column 13: traits.a has a value, which needs no type",
		"source: s\nemail: E\ntraits: {a: {value: .inf}}":                                     "line 3, column 21: value .inf is no plain number",
		"source: s\nemail: E\nevents: {event: E}":                                             "line 3, column 9: events must be a list",
		"source: s\nemail: E\nevents: [{name: E}]":                                            "line 3, column 10: an event of type track is named by `event`",
		"source: s\nemail: E\nevents: [{type: page, event: E}]":                               "line 3, column 10: a page is named by `name`",
		"source: s\nemail: E\nevents: [{type: alias}]":                                        `line 3, column 17: type is "alias"`,
		"source: s\nemail: E\nevents: [{event: E, when: {in: [a]}}]":                          "line 3, column 27: when must name a column",
		"source: s\nemail: E\nevents: [{event: E, when: {column: C, in: []}}]":                "line 3, column 43: in is empty",
		"source: s\nemail: E\nevents: [{event: E, times: {column: C, max: 0}}]":               "line 3, column 45: max must be a whole number between 1 and 1000",
		"source: s\nemail: E\nevents: [{event: E, times: {max: 2}}]":                          "line 3, column 28: times must name a column",
		"source: s\nemail: E\nbalance: {}":                                                    "line 3, column 10: balance names no score; leave it out",
		"source: s\nemail: E\nbalance: Score":                                                 "line 3, column 10: balance must be a list of keys",
		"source: s\nemail: E\nbalance: {fit: {column: C, type: text}}":                        "line 3, column 10: balance.fit is of type text; points are numbers",
		"source: s\nemail: E\nbalance: {fit: {value: 20}}":                                    "line 3, column 10: balance.fit is the same for every row",
		"source: s\nemail: E\nbalance_as_of: C":                                               "line 3, column 1: balance_as_of dates a balance, and there is none",
		"source: s\nemail: E\nrest: all\nformat: xlsx":                                        "\nline 4, column 9:",
		"source: s\nemail: E\n" + strings.Repeat("#", MaxMapping):                             "more than the 262144 allowed",
		"source: s\nemail: E\ntraits: " + strings.Repeat("{a: ", 20000):                       "no YAML",
		"source: s\nemail: E\nevents: [{event: E, properties: {a: {column: C, tyep: text}}}]": `did you mean "type"?`,
	} {
		_, err := ParseMapping([]byte(text))
		if k := fault.KindOf(err); err == nil || k != fault.Invalid && k != fault.TooLarge {
			t.Errorf("%.80q: %v", text, err)
		} else if !strings.Contains(fault.Text(err), want) {
			t.Errorf("%.80q:\ngot  %s\nwant %s", text, fault.Text(err), want)
		}
	}
}

func TestMappingDocumentIsReadBack(t *testing.T) {
	t.Parallel()
	name := rapid.SampledFrom([]string{"a", "Job title", "yes", "12", "null", "a: b", "# c", "'q'", "\"", "{x}", "ü", "é\tf", "=1", "- d", "*x", "&y", "!z", "2024-01-01", "~", "line\nbreak", "trail "})
	rapid.Check(t, func(t *rapid.T) {
		m := &Mapping{
			Source: name.Draw(t, "source"), Email: name.Draw(t, "email"),
			Missing:  rapid.SliceOfN(name, 1, 3).Draw(t, "missing"),
			KeepRest: rapid.Bool().Draw(t, "rest"),
		}
		for _, trait := range rapid.SliceOfNDistinct(name, 0, 4, rapid.ID[string]).Draw(t, "traits") {
			f := Field{Name: trait, Datum: Datum{Column: name.Draw(t, "column")}}
			if rapid.Bool().Draw(t, "constant") {
				value := rapid.OneOf(rapid.Just[any](true), rapid.Just[any](1e21), rapid.Just[any](-0.25), rapid.Just[any](3.0), rapid.Map(name, func(s string) any { return s }))
				f.Datum = Datum{Value: value.Draw(t, "value")}
			}
			m.Traits = append(m.Traits, f)
		}
		if again := reread(t, m); !reflect.DeepEqual(again, m) {
			t.Fatalf("%+v became %+v", m, again)
		}
	})
}

func FuzzMapping(f *testing.F) {
	f.Add(fullMapping + fullBalance)
	f.Add("source: s\nemail: E\nbalance_as_of: D\nbalance: {fit: {column: F, strip: '#'}, \"a b\": G}")
	f.Add("source: s\nemail: E\ntraits: {a: {column: A, numbers: \"1.234,5\"}, b: {column: B, type: number, numbers: 1234.5}}")
	f.Add("source: &a [*a]\nemail: E")
	f.Add("source: s\nemail: E\n? [x]: y")
	f.Add("\ufeffsource: s\r\nemail: !!binary aGk=\r\n<<: {rest: keep}")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMapping([]byte(text))
		if err != nil {
			return
		}
		if again := reread(t, m); !reflect.DeepEqual(again, m) {
			t.Fatalf("%+v became %+v", m, again)
		}
	})
}
