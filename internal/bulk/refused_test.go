package bulk

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"

	"galena/internal/lead"
)

// kept writes a reject of a workspace as a line.
func kept(t testing.TB, r lead.Reject, origin lead.Origin) string {
	t.Helper()
	var b bytes.Buffer
	w := NewRefusedWriter(&b)
	if err := w.Kept(&r, origin); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestKeptRejectsAreWritten(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", lead.MaxRejectBody)
	for name, c := range map[string]struct {
		body   string
		origin lead.Origin
		want   string
	}{
		"an object":          {`{ "a" : 1, "a": [2, "\ud800"] }`, 0, `,"message":"why"},"a":1,"a":[2,"\ud800"]}`},
		"an empty one":       {`{}`, 0, `,"message":"why"}}`},
		"one without a time": {`{"a":1}`, lead.Browser, `,"origin":"browser","code":"c","message":"why"},"a":1,"timestamp":"2025-06-15T15:06:40.000Z"}`},
		"one with a time":    {`{"originalTimestamp":"x"}`, lead.Server, `,"origin":"server","code":"c","message":"why"},"originalTimestamp":"x"}`},
		"time null":          {`{"timestamp":null}`, lead.Server, `"timestamp":null,"timestamp":"2025-06-15T15:06:40.000Z"}`},
		"broken":             {`{"a":`, lead.Server, `,"message":"why","text":"{\"a\":"}}`},
		"two":                {`{} {}`, 0, `,"text":"{} {}"}}`},
		"a list":             {`[1]`, 0, `,"text":"[1]"}}`},
		"cut":                {`{"a":"` + long[:lead.MaxRejectBody-6], 0, `x","cut":true}}`},
		"cut before a rune":  {`{"a":"` + long[:lead.MaxRejectBody-9], 0, `x","cut":true}}`},
		"shorter":            {`{"a":"` + long[:lead.MaxRejectBody-10], 0, `x"}}`},
		"long and whole":     {`{"a":"` + long[:lead.MaxRejectBody-8] + `"}`, 0, `x"}`},
	} {
		r := lead.Reject{Seq: 7, Received: now, Code: "c", Message: "why", Body: []byte(c.body)}
		line := kept(t, r, c.origin)
		if !strings.HasSuffix(line, c.want+"\n") || strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, `{"galena_reject":{"seq":7,"received":"2025-06-15T15:06:40.000Z",`) {
			t.Errorf("%s: %.200s… …%s", name, line, line[max(0, len(line)-200):])
		}
	}
}

// decodeKept takes a line for an event, or refuses it as the tracking face would.
func decodeKept(line []byte) (lead.Event, *lead.Reject) {
	if bytes.Contains(line, []byte("bad")) {
		return lead.Event{}, &lead.Reject{Code: "bad", Message: "it is bad"}
	}
	return lead.Event{Body: bytes.Clone(line)}, nil
}

func TestKeptRejectsAreReadBack(t *testing.T) {
	t.Parallel()
	body := `{"userId":"u","messageId":"m"}`
	for name, c := range map[string]struct {
		line   string
		origin lead.Origin
		body   string // of the event; "" for a reject
		code   string
	}{
		"of a server":         {kept(t, lead.Reject{Received: now, Body: []byte(body)}, lead.Server), lead.Import, `{"userId":"u","messageId":"m","timestamp":"2025-06-15T15:06:40.000Z"}`, ""},
		"of a browser":        {kept(t, lead.Reject{Received: now, Body: []byte(body)}, lead.Browser), lead.Browser, `{"userId":"u","messageId":"m","timestamp":"2025-06-15T15:06:40.000Z"}`, ""},
		"of an import":        {kept(t, lead.Reject{Body: []byte(body)}, 0), lead.Import, body, ""},
		"believed no more":    {kept(t, lead.Reject{Body: []byte(`{"galena_reject":{"origin":"server"},"timestamp":1}`)}, lead.Browser), lead.Browser, `{"timestamp":1}`, ""},
		"as text":             {kept(t, lead.Reject{Body: []byte(`{"userId":`)}, 0), 0, "", "not_mended"},
		"as text, mended":     {`{"userId":"u","galena_reject":{"text":"{\"userId\":"}}`, lead.Import, `{"userId":"u"}`, ""},
		"the member spoilt":   {`{"userId":"u","galena_reject":3}`, lead.Import, `{"userId":"u"}`, ""},
		"still bad":           {kept(t, lead.Reject{Body: []byte(`{"x":"bad"}`)}, 0), 0, "", "bad"},
		"only in a text":      {`{"userId":"\"galena_reject\""}`, lead.Import, `{"userId":"\"galena_reject\""}`, ""},
		"only further inside": {`{"a":{"galena_reject":1}}`, lead.Import, `{"a":{"galena_reject":1}}`, ""},
	} {
		events, rejects := readAll(t, c.line, Options{Format: NDJSON, Decode: decodeKept})
		switch {
		case c.body == "" && (len(rejects) != 1 || rejects[0].Code != c.code):
			t.Errorf("%s: %+v, %+v", name, events, rejects)
		case c.body != "" && (len(events) != 1 || string(events[0].Body) != c.body || events[0].Origin != c.origin):
			t.Errorf("%s: %+v, %+v", name, events, rejects)
		}
	}
}

// TestRefusedRowsAreReadBack: what is written of refused rows is refused again
// for the same reasons, with or without the mapping, and written alike.
func TestRefusedRowsAreReadBack(t *testing.T) {
	t.Parallel()
	csv := "Email;;Staff\nno address;x;-5\n;;\"a \"\"b\"\"\"\na@b.example;1;2;3\n'=no;;\n"
	refused := func(text string, o Options) (string, []lead.Reject) {
		o.Now = now
		rd, err := NewReader(strings.NewReader(text), o)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		var rejects []lead.Reject
		w := NewRefusedWriter(&b)
		for {
			row, err := rd.Next()
			if err == io.EOF {
				break
			}
			if err != nil || row.Reject == nil {
				t.Fatalf("%+v, %v", row, err)
			}
			rejects = append(rejects, *row.Reject)
			if err := w.Row(&row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.String(), rejects
	}
	first, rejects := refused(csv, Options{})
	if len(rejects) != 4 || !strings.Contains(first, `"Email":"no address","column 2":"x","Staff":"-5"}`) || !strings.Contains(first, `"Email":"=no"`) ||
		!strings.Contains(first, `"Staff":"2","column 4":"3"}`) || !strings.Contains(first, `"Staff":"a \"b\""}`) {
		t.Fatalf("written: %s", first)
	}
	// A row with a cell too many has no place for it in a mapping, and so is taken.
	first = strings.Join(append(strings.SplitAfter(first, "\n")[:2], strings.SplitAfter(first, "\n")[3]), "")
	for _, o := range []Options{{Format: NDJSON}, {Format: NDJSON, Mapping: mapped(t, "source: s\nemail: Email\n")}} {
		again, found := refused(first, o)
		var codes []string
		for _, r := range found {
			codes = append(codes, r.Code)
		}
		if !reflect.DeepEqual(codes, []string{"bad_email", "no_user_anon_id", "bad_email"}) {
			t.Errorf("refused again: %v", codes)
		}
		cut := func(s string) (rests []string) {
			for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
				rests = append(rests, line[strings.Index(line, `"columns"`):])
			}
			return rests
		}
		if !reflect.DeepEqual(cut(again), cut(first)) {
			t.Errorf("written again: %s, want %s", again, first)
		}
	}
}

// TestRejectsAreTheSameAgain: a row that is refused again, from its file or from
// that of the refused rows, is kept once; and what is kept can be imported as it
// is, under the guess that its file had.
func TestRejectsAreTheSameAgain(t *testing.T) {
	t.Parallel()
	const csv = "Email;Staff\nno address;5\n;7\nno address;5\nno address;6\n\"torn\"x;\n"
	_, rejects := readAll(t, csv, Options{})
	_, again := readAll(t, strings.Replace(csv, ";7\n", "bo@corp.example;1\n;7\n", 1), Options{})
	_, other := readAll(t, csv, Options{Source: "another"})
	seen := map[lead.MessageHash]bool{}
	var lines strings.Builder
	for i, r := range rejects {
		if r.Identity == (lead.MessageHash{}) || r.Identity != again[i].Identity || r.Identity == other[i].Identity {
			t.Errorf("%d: identity %x, again %x, of another import %x", i, r.Identity, again[i].Identity, other[i].Identity)
		}
		seen[r.Identity] = true
		lines.WriteString(kept(t, r, 0))
	}
	if len(rejects) != 5 || len(seen) != 4 {
		t.Errorf("%d rejects of %d identities: %+v", len(rejects), len(seen), rejects)
	}
	want := `{"galena_reject":{"row":2,"columns":["Email","Staff"]},"Email":"no address","Staff":"5"}`
	if string(rejects[0].Body) != want {
		t.Errorf("kept is %s, want %s", rejects[0].Body, want)
	}
	_, found := readAll(t, lines.String(), Options{Format: NDJSON})
	for i := range found[:4] {
		if found[i].Identity != rejects[i].Identity {
			t.Errorf("imported as it was kept, reject %d is another: %+v", i, found[i])
		}
	}
	if found[4].Code != "not_mended" {
		t.Errorf("a row that was torn: %+v", found[4])
	}
}

// What a browser had sent stays a browser's, however often it is refused.
func TestRefusedAgainItIsBelievedNoMore(t *testing.T) {
	t.Parallel()
	line := kept(t, lead.Reject{Received: now, Body: []byte(`{"x":"bad"}`)}, lead.Browser)
	_, rejects := readAll(t, line, Options{Format: NDJSON, Decode: decodeKept})
	events, _ := readAll(t, strings.ReplaceAll(kept(t, rejects[0], 0), "bad", "good"), Options{Format: NDJSON, Decode: decodeKept})
	if len(events) != 1 || events[0].Origin != lead.Browser {
		t.Errorf("%+v", events)
	}
	if line := kept(t, lead.Reject{Source: 1, Body: []byte(`{"galena_reject":{"origin":"server"}}`)}, lead.Browser); strings.Contains(line, `"origin":"server","code"`) {
		t.Errorf("a sender says how far it is believed: %s", line)
	}
}

// A mended row is the row that would have been, whichever file it stands in.
func TestAMendedRowHasTheSameMessageID(t *testing.T) {
	t.Parallel()
	o := Options{Source: "s"}
	fromTable, _ := readAll(t, "Email,No. of staff\nann@corp.example,5\n", o)
	o.Format = NDJSON
	fromLine, rejects := readAll(t, `{"galena_reject":{"columns":["Email","No. of staff"]},"Email":"ann@corp.example","No. of staff":"5"}`, o)
	if len(fromLine) != 1 || fromLine[0].MessageID != fromTable[0].MessageID || !reflect.DeepEqual(fromLine[0].Traits, fromTable[0].Traits) {
		t.Errorf("%+v, want %+v (%v)", fromLine, fromTable, rejects)
	}
}

func FuzzRefused(f *testing.F) {
	f.Add([]byte(`{"userId":"u"}`))
	f.Add([]byte(`{"galena_reject":{"text":"x"},"a":{"b":[1,null]}}`))
	f.Add([]byte(`{"a":`))
	f.Add([]byte("{\"\\u0000\":\"\xff\"}\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		line := kept(t, lead.Reject{Body: body}, 0)
		rest, was := takeRefused(bytes.TrimSpace([]byte(line)))
		if was == nil || strings.Count(line, "\n") != 1 {
			t.Fatalf("%q was written of %q", line, body)
		}
		if o := objectIn(body); o == nil {
			if string(rest) != "{}" {
				t.Fatalf("%q became %q", body, rest)
			}
		} else if back := objectIn(rest); back == nil || !o.has("galena_reject") && !reflect.DeepEqual(back, o) {
			t.Fatalf("%q became %q", body, rest)
		}
	})
}
