package bulk

import (
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
)

const now = lead.Time(1_750_000_000_000) // 2025-06-15T15:06:40Z

func mapped(t *testing.T, text string) *Mapping {
	t.Helper()
	m, err := ParseMapping([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// readAll reads a file to its end.
func readAll(t testing.TB, text string, o Options) (events []lead.Event, rejects []lead.Reject) {
	t.Helper()
	if o.Now == 0 {
		o.Now = now
	}
	r, err := NewReader(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Scan()
		if err == io.EOF {
			return events, rejects
		}
		if err != nil {
			t.Fatal(err)
		}
		ids := row.IDs
		r.Build(&row)
		var made []string
		for _, e := range row.Events {
			made = append(made, e.MessageID)
		}
		if len(ids) > 0 && row.Reject == nil && !slices.Equal(ids, made) {
			t.Fatalf("row %d promised %v and made %v", row.Number, ids, made)
		}
		if (row.Reject == nil) == (len(row.Events) == 0) {
			t.Fatalf("row %d has %d events and reject %v", row.Number, len(row.Events), row.Reject)
		}
		events = append(events, row.Events...)
		if row.Reject != nil {
			rejects = append(rejects, *row.Reject)
		}
	}
}

func TestRowBecomesEvents(t *testing.T) {
	t.Parallel()
	m := mapped(t, fullMapping)
	text := "No;E-mail;Cookie;Created;Job title;Visits;Since;Origin;Form;Seen;App;Extra Column\n" +
		"7;Ann@Corp.example;c1;2025-03-01;VP;2;1700000000;Ad;Demo;2025-04-01T10:00:00Z;;x\n"
	events, rejects := readAll(t, text, Options{Mapping: m, SourceID: 9, Backfill: true})
	if len(rejects) > 0 || len(events) != 4 {
		t.Fatalf("%d events, rejects %v", len(events), rejects)
	}
	const created, seen = lead.Time(1740783600000), lead.Time(1743501600000)
	wantTypes := []string{"identify ", "track Form Submitted", "page Visit", "page Visit"}
	wantTimes := []lead.Time{created, created, seen, seen}
	ids := map[string]bool{}
	for i, e := range events {
		if got := e.Type.String() + " " + e.Name; got != wantTypes[i] {
			t.Errorf("event %d is %q, want %q", i, got, wantTypes[i])
		}
		if e.Occurred != wantTimes[i] {
			t.Errorf("event %d occurred at %s, want %s", i, e.Occurred, wantTimes[i])
		}
		if e.UserID != "7" || e.AnonymousID != "c1" || e.Email != "ann@corp.example" || e.Company != "corp.example" {
			t.Errorf("event %d is of %q, %q, %q, %q", i, e.UserID, e.AnonymousID, e.Email, e.Company)
		}
		if e.Origin != lead.Import || e.Source != 9 || !e.Backfill || e.Sanitised || e.Received != 0 {
			t.Errorf("event %d: origin %v, source %d, backfill %v, sanitised %v, received %s", i, e.Origin, e.Source, e.Backfill, e.Sanitised, e.Received)
		}
		ids[e.MessageID] = true
	}
	if len(ids) != 4 {
		t.Errorf("message ids are not distinct: %v", ids)
	}
	const body = `{"context":{"import":{"row":2,"source":"fair"}},"traits":{"cost":2.5,"email":"Ann@Corp.example","extra_column":"x","form":"Demo","origin":"Ad","paid":true,"seen":"2025-04-01T10:00:00Z","since":"2023-11-14T22:13:20.000Z","title":"VP","vendor":"Acme","visits":2}}`
	if got := string(events[0].Body); got != body {
		t.Errorf("body\n%s, want\n%s", got, body)
	}
	if got := events[0].Traits["visits"]; got != 2.0 {
		t.Errorf("traits are not opened: visits is %v", got)
	}
	if got := events[1].Properties; !reflect.DeepEqual(got, map[string]any{"form": "Demo", "kind": "landing"}) {
		t.Errorf("properties are %v", got)
	}
}

func TestMissingTextsAreNoValues(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nmissing: [Select, n/a]\nemail: E\nrest: keep\nevents:\n  - {event: Chose, when: {column: C}}\n  - {event: Visited, times: {column: N}}")
	events, rejects := readAll(t, "E,C,N\na@x.example, Select ,n/a\nn/a,b,1\n", Options{Mapping: m})
	if len(events) != 1 || len(events[0].Traits) != 1 {
		t.Errorf("events are %+v, want one identify with an address only", events)
	}
	if len(rejects) != 1 || rejects[0].Code != "no_user_anon_id" {
		t.Errorf("rejects are %+v", rejects)
	}
}

func TestBadRowsAreRefusedAlone(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nuser_id: U\nemail: E\noccurred: {column: D, layout: '2006-01-02'}\ntraits: {n: {column: N, type: number}, b: {column: B, type: bool}, note: X}\nevents: [{event: V, times: {column: T, max: 5}}]")
	const header = "U,E,D,N,B,T,X\n"
	good := header + "1,,,,,,\n"
	for row, want := range map[string]string{
		"2,,2024-02-30,,,,":                      `bad_value: row 3: D: "2024-02-30" is not a time`,
		"2,,1969-12-31,,,,":                      `bad_value: row 3: D: "1969-12-31" is not a time after 1970`,
		"2,,,1e400,,,":                           `bad_value: row 3: N: "1e400" is not a number`,
		"2,,,NaN,,,":                             `bad_value: row 3: N: "NaN" is not a number`,
		"2,,,0x10,,,":                            `bad_value: row 3: N: "0x10" is not a number`,
		"2,,,\"1,5\",,,":                         `bad_value: row 3: N: "1,5" is not a number`,
		"2,,,,maybe,,":                           `bad_value: row 3: B: "maybe" is not yes or no`,
		"2,,,,,often,":                           `bad_value: row 3: T: "often" is not a number`,
		",nobody,,,,,":                           `bad_email: row 3: E: "nobody" is not an email address`,
		",,,1,,,":                                `no_user_anon_id: row 3: the row is about nobody: it has no U and no E`,
		"null,,,,,,":                             `no_user_anon_id: row 3: `,
		"2,,,,,,x,y":                             `too_many_cells: row 3: the row has 8 cells, the header 7`,
		"\"2\"2,,,,,,":                           `bad_quotes: row 3: `,
		strings.Repeat("2", MaxID+1) + ",,,,,,":  `id_too_long: row 3: U has 513 bytes`,
		"2,,,,,," + strings.Repeat("x", MaxBody): `event_too_large: row 3: the row makes an event of`,
		"2,,,,,," + strings.Repeat("x", MaxRow):  `row_too_long: row 3: `,
		"2,,,,,,\"" + strings.Repeat("\n,"+strings.Repeat("x", 4000), MaxRow/4000+9): `row_too_long: row 3: `,
		"2,,,,,\x00,\x00" + strings.Repeat("y", 20000):                               `bad_value: row 3: T: "\x00" is not a number`,
	} {
		events, rejects := readAll(t, good+row+"\n3,,,,,,\n", Options{Mapping: m, SourceID: 4})
		if len(rejects) == 0 || !strings.HasPrefix(rejects[0].Code+": "+rejects[0].Message, want) {
			t.Errorf("%.40q: rejects %.200v, want %s", row, rejects, want)
			continue
		}
		if r := rejects[0]; r.Index != 3 || r.Source != 4 || len(r.Body) > lead.MaxRejectBody || len(row) < 40 && !strings.Contains(string(r.Body), `"U":`) && string(r.Body) != row {
			t.Errorf("%.40q: reject has index %d, source %d, body %.100q", row, r.Index, r.Source, r.Body)
		}
		if len(events) != 2 || events[0].UserID != "1" || events[1].UserID != "3" {
			t.Errorf("%.40q: the rows around it are %d events", row, len(events))
		}
	}
}

func TestRaggedRows(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nemail: E\nrest: keep")
	events, rejects := readAll(t, "E,a,b\nx@x.example\ny@x.example,1,2,,\n", Options{Mapping: m})
	if len(rejects) != 0 || len(events) != 2 || len(events[0].Traits) != 1 || len(events[1].Traits) != 3 {
		t.Errorf("events %+v, rejects %+v", events, rejects)
	}
}

func TestWhatHappenedLaterHappenedNow(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nemail: E\noccurred: D")
	events, _ := readAll(t, "E,D\na@x.example,2099-01-01\nb@x.example,\n", Options{Mapping: m})
	for _, e := range events {
		if e.Occurred != now {
			t.Errorf("%s occurred at %s, want %s", e.Email, e.Occurred, now)
		}
	}
}

func messageIDs(t *testing.T, text string, m *Mapping) []string {
	t.Helper()
	events, _ := readAll(t, text, Options{Mapping: m})
	ids := make([]string, len(events))
	for i := range events {
		ids[i] = events[i].MessageID
	}
	return ids
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	const file = "E,a,b\nx@x.example,1,2\ny@x.example,1,2\n"
	const mapping = "source: s\nemail: E\nevents: [{event: A}, {event: B, times: {column: b}}]"
	base := messageIDs(t, file, mapped(t, mapping))
	if len(base) != 8 || !strings.HasPrefix(base[0], "imp_") || len(base[0]) != 4+64 {
		t.Fatalf("ids are %v", base)
	}
	same := func(what string, got []string) {
		t.Helper()
		if !reflect.DeepEqual(got, base) {
			t.Errorf("%s: %v, want %v", what, got, base)
		}
	}
	same("the same again", messageIDs(t, file, mapped(t, mapping)))
	same("other order of columns", messageIDs(t, "b,E,a\n2,x@x.example,1\n2,y@x.example,1\n", mapped(t, mapping)))
	same("a blank column more", messageIDs(t, "E,a,b,c\nx@x.example,1,2,\ny@x.example,1,2\n", mapped(t, mapping)))
	same("other traits", messageIDs(t, file, mapped(t, mapping+"\nrest: keep")))
	same("other line ends", messageIDs(t, strings.ReplaceAll(file, "\n", "\r\n"), mapped(t, mapping)))

	// Identical rows are the same message.
	twice := messageIDs(t, file+"x@x.example,1,2\n", mapped(t, mapping))
	if !reflect.DeepEqual(twice, append(base[:len(base):len(base)], base[:4]...)) {
		t.Errorf("identical rows: %v", twice)
	}
	// Nothing else is.
	seen := map[string]string{}
	note := func(what string, ids []string) {
		t.Helper()
		for _, id := range ids {
			if was := seen[id]; was != "" && was != what {
				t.Errorf("%s has a message of %s: %s", what, was, id)
			}
			seen[id] = what
		}
	}
	note("base", base)
	note("other source", messageIDs(t, file, mapped(t, strings.Replace(mapping, "source: s", "source: s2", 1))))
	note("other cell", messageIDs(t, strings.ReplaceAll(file, ",1,", ",3,"), mapped(t, mapping)))
	note("cells changed about", messageIDs(t, strings.ReplaceAll(file, ",1,2", ",2,1"), mapped(t, mapping)))
	note("other header", messageIDs(t, strings.Replace(file, ",a,", ",A,", 1), mapped(t, mapping)))

	// An event more leaves the others what they were.
	more := messageIDs(t, file, mapped(t, "source: s\nemail: E\nevents: [{event: C}, {event: B, times: {column: b}}, {event: A}]"))
	known := 0
	for _, id := range more {
		if seen[id] == "base" {
			known++
		}
	}
	if known != len(base) || len(more) != len(base)+2 {
		t.Errorf("with one event more, %d of %d messages are known, want %d", known, len(more), len(base))
	}
}

func TestNulIsMended(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nuser_id: U\nrest: keep")
	events, _ := readAll(t, "U,a\x00\n1\x00,b\x00c\n2,d\n", Options{Mapping: m})
	if events[0].UserID != "1\ufffd" || events[0].Traits["a"] != "b\ufffdc" || !events[0].Sanitised {
		t.Errorf("%+v", events[0])
	}
	if events[1].Sanitised {
		t.Error("a sound row counts as sanitised because of the one before")
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nemail: E-mail\nrest: keep")
	events, _ := readAll(t, bomUTF8+" e-MAIL ,x,x,,x (2)\na@x.example,1,2,3,4\n", Options{Mapping: m})
	want := map[string]any{"email": "a@x.example", "x": "1", "x_3": "2", "column_4": "3", "x_2": "4"}
	if got := events[0].Traits; !reflect.DeepEqual(got, want) {
		t.Errorf("traits are %v, want %v", got, want)
	}
	for text, want := range map[string]string{
		"":                                       "the file is empty",
		"\n\r\n":                                 "the file is empty",
		"\"x\"y\n":                               "the header in row 1 cannot be read",
		"Email,x\n":                              `email: the file has no column "E-mail"; did you mean "Email"?`,
		"a,b\n":                                  "The columns are \"a\", \"b\"",
		"E-mail" + strings.Repeat(",x", 100_000): "the header names 100001 columns, more than the 1000 allowed",
		strings.Repeat("x", MaxRow+10) + ",E-mail,": "the header in row 1 cannot be read",
	} {
		_, err := NewReader(strings.NewReader(text), Options{Mapping: m, Now: now})
		if err == nil || !strings.Contains(fault.Text(err), want) {
			t.Errorf("%.20q: %.200v, want %s", text, err, want)
		}
	}
}

func TestNDJSONWithMapping(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nformat: ndjson\nuser_id: person.id\nemail: person.mail\ntraits: {age: person.age, big: {column: big, type: number}}\nrest: keep\nevents: [{event: Bought, when: {column: paid, in: 'true'}}]")
	text := `{"person":{"id":7,"mail":"A@x.example","age":41.50},"paid":true,"tags":["a","b\u0000"],"big":12345678901234567890,"gone":null,"deep":{"x":{"y":"z"}}}` +
		"\n\n  {\"person\":{\"id\":\"8\"}}\r\n[1]\n{\"a\":1}{\n{\"person\":{}}\n{\"person\":1}\n{\"a\":1,\"a\":2}\n" + `{"person":{"id":9}}`
	events, rejects := readAll(t, text, Options{Mapping: m})
	if len(events) != 4 {
		t.Fatalf("%d events, rejects %v", len(events), rejects)
	}
	const body = `{"context":{"import":{"row":1,"source":"s"}},"traits":{"age":41.50,"big":12345678901234567890,"deep_x_y":"z","email":"A@x.example","paid":true,"tags":["a","b` + "\ufffd" + `"]}}`
	if got := string(events[0].Body); got != body {
		t.Errorf("body\n%s, want\n%s", got, body)
	}
	if events[0].UserID != "7" || events[1].Name != "Bought" || events[2].UserID != "8" || events[3].UserID != "9" {
		t.Errorf("events are %+v", events)
	}
	var codes []string
	for _, r := range rejects {
		codes = append(codes, r.Message[:6]+r.Code)
	}
	if want := []string{"row 4:invalid_json", "row 5:invalid_json", "row 6:no_user_anon_id", "row 7:no_user_anon_id", "row 8:duplicate_key"}; !reflect.DeepEqual(codes, want) {
		t.Errorf("rejects are %v, want %v", codes, want)
	}
}

func TestNDJSONMessages(t *testing.T) {
	t.Parallel()
	var lines []string
	decode := func(line []byte) (lead.Event, *lead.Reject) {
		lines = append(lines, string(line))
		if line[0] != '{' {
			return lead.Event{}, &lead.Reject{Code: "not_an_object", Message: "no object", MessageID: "m9"}
		}
		return lead.Event{Type: lead.Track, Name: "A", Occurred: now + 1, MessageID: strings.Trim(string(line), "{}"), Origin: lead.Server}, nil
	}
	text := bomUTF8 + "{m1}\n{\xff}\r\n[]\n{}\n{}\n" + "{" + strings.Repeat("x", MaxRow) + "}\n{m2}"
	events, rejects := readAll(t, text, Options{Format: NDJSON, Decode: decode, SourceID: 3})
	if want := []string{"{m1}", "{\xff}", "[]", "{}", "{}", "{m2}"}; !reflect.DeepEqual(lines, want) {
		t.Errorf("lines are %q, want %q", lines, want)
	}
	if len(events) != 5 || events[0].MessageID != "m1" || events[0].Origin != lead.Import || events[0].Source != 3 || events[0].Occurred != now {
		t.Fatalf("events are %+v", events)
	}
	if id := events[2].MessageID; !strings.HasPrefix(id, "imp_") || id != events[3].MessageID {
		t.Errorf("lines without an id have %q and %q", id, events[3].MessageID)
	}
	if len(rejects) != 2 || rejects[0].Code != "not_an_object" || rejects[0].MessageID != "m9" || rejects[0].Message != "row 3: no object" || rejects[1].Code != "row_too_long" {
		t.Errorf("rejects are %+v", rejects)
	}
	if _, err := NewReader(strings.NewReader(""), Options{Format: NDJSON}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a decoder: %v", err)
	}
}

func FuzzCSV(f *testing.F) {
	m, err := ParseMapping([]byte("source: s\nuser_id: id\nemail: email\noccurred: d\nrest: keep\ntraits: {n: {column: n, type: number}}\nevents: [{event: A, times: {column: n, max: 3}}]"))
	if err != nil {
		f.Fatal(err)
	}
	const header = "id,email,d,n\n"
	for _, s := range []string{
		header + "1,a@x.example,2024-01-01,2\n",
		header + "\"a\"\"b\r\n\",,,\r2,,\"x\ry,,\n3",
		bomUTF8 + header + "=1,'=1,''=1,\x00\n",
		bomUTF16LE + "i\x00d\x00\n\x001\x00",
		"id;email;d;n;n\n\xff;\x80;;1e999;;;;\n",
		"\"id\",\"email", "id,email,d,n\n\"", "\r\r\n,\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range []*Mapping{m, nil} {
			r, err := NewReader(strings.NewReader(text), Options{Mapping: m, Now: now})
			if err != nil {
				if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
					t.Fatalf("%v is no fault of the file", err)
				}
				continue
			}
			last := 0
			for {
				row, err := r.Next()
				if err != nil {
					if err != io.EOF && fault.KindOf(err) != fault.Invalid {
						t.Fatal(err)
					}
					break
				}
				if row.Number <= last {
					t.Fatalf("row %d follows row %d", row.Number, last)
				}
				last = row.Number
				if (row.Reject == nil) == (len(row.Events) == 0) {
					t.Fatalf("row %d: %d events, reject %v", row.Number, len(row.Events), row.Reject)
				}
				for i := range row.Events {
					e := &row.Events[i]
					if e.UserID == "" && e.AnonymousID == "" && e.Email == "" || e.MessageID == "" || e.Occurred <= 0 || e.Occurred > now {
						t.Fatalf("row %d: %+v", row.Number, e)
					}
					if strings.ContainsRune(string(e.Body)+e.UserID, 0) || e.Open() != nil {
						t.Fatalf("row %d: body %q", row.Number, e.Body)
					}
				}
			}
		}
	})
}
