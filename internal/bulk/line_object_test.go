package bulk

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"galena/internal/lead"
)

// The oddities of JSON, each on a line between two that are well.
func TestOddObjects(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nuser_id: id\nanonymous_id: anonymous\nrest: keep\ntraits: {n: {column: num, type: number}}\nevents: [{event: E, properties: {p: p}}]")
	deep := func(n int) string {
		return `{"id":"1","x":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}"
	}
	names := func(n int) string {
		var b strings.Builder
		for i := range n - 1 {
			fmt.Fprintf(&b, `,"k%d":1`, i)
		}
		return `{"id":"1"` + b.String() + "}"
	}
	for line, want := range map[string]string{ // the code, or the traits as they are kept
		`{}`: "no_user_anon_id", `[]`: "invalid_json", `null`: "invalid_json", `"x"`: "invalid_json", `1`: "invalid_json",
		`{"id":"1"}{"b":2}`: "invalid_json", `{"id":"1",}`: "invalid_json", `{"id":"1"} // c`: "invalid_json", `{"id":"1"`: "invalid_json",
		`{"ID":"1"}`: "no_user_anon_id", `{"id":"1","x":1,"x":2}`: "duplicate_key", `{"id":"1","x":{"a":1,"a":2}}`: "duplicate_key",
		`{"id":{"$gt":""}}`: "no_user_anon_id", `{"id":["a"]}`: "bad_value", `{"id":true}`: "bad_value", `{"id":0}`: "no_user_anon_id", `{"id":null}`: "no_user_anon_id",
		`{"id":"1","x":NaN}`: "invalid_json", `{"id":"1","x":Infinity}`: "invalid_json", `{"id":"1","x":01}`: "invalid_json",
		`{"id":"1","x":1e400}`: "invalid_number", `{"id":"1","x":[{"y":-1e400}]}`: "invalid_number", `{"id":"1","num":1e400}`: "invalid_number", `{"id":"1","p":1e400}`: "invalid_number",
		`{"id":"1","x":"` + "\x01" + `"}`: "invalid_json", `{"id":"1","x":"\x41"}`: "invalid_json",
		deep(MaxNesting + 1): "too_deep", deep(100_000): "too_deep", names(MaxColumns + 1): "too_many_properties",
		`{"id":"1","` + strings.Repeat("k", MaxName+1) + `":1}`: "key_too_long",

		`{"id":"1","x":-0,"y":1E+2,"z":1e-400,"big":12345678901234567890123,"exact":9007199254740993}`: `{"big":12345678901234567890123,"exact":9007199254740993,"x":-0,"y":1E+2,"z":1e-400}`,
		`{"id":1,"n":"12,5"}`: `{"n":"12,5"}`,
		`{"id":"1","__proto__":{"a":1},"constructor":"c","toString":null,"":"none","hasOwnProperty":1}`: `{"column":"none","constructor":"c","has_own_property":1,"proto_a":1}`,
		`{"id":"1","a":"\ud800","b":"\udc00\ud800","c":"\u0000","d":["\u0000",1]}`:                      `{"a":"�","b":"��","c":"�","d":["�",1]}`,
		"{\"id\":\"1\",\"a\":\"\\ud83d\\ude00\",\"b\":\"\ufffe\",\"c\":\"\u202e\"}":                     "{\"a\":\"😀\",\"b\":\"\ufffe\",\"c\":\"\u202e\"}",
		deep(MaxNesting): `{"x":` + strings.Repeat("[", MaxNesting-1) + strings.Repeat("]", MaxNesting-1) + "}",
	} {
		text := `{"id":"first"}` + "\n" + line + "\n" + `{"id":"last"}` + "\n"
		events, rejects := readAll(t, text, Options{Format: NDJSON, Mapping: m})
		if len(events) < 4 || events[0].UserID != "first" || events[len(events)-1].UserID != "last" {
			t.Errorf("%.80s: its neighbours are %d events", line, len(events))
			continue
		}
		if len(rejects) > 0 {
			if rejects[0].Code != want || !utf8.ValidString(rejects[0].Message) || len(rejects[0].Message) > 400 {
				t.Errorf("%.80s: refused as %s, %s; want %s", line, rejects[0].Code, rejects[0].Message, want)
			}
			continue
		}
		body := string(events[2].Body)
		if !strings.HasSuffix(body, `"traits":`+want+"}") {
			t.Errorf("%.80s: kept as %.300s, want %s", line, body, want)
		}
		if mended := strings.Contains(want, "�"); events[2].Sanitised != mended || events[3].Sanitised != mended {
			t.Errorf("%.80s: sanitised is %v", line, events[2].Sanitised)
		}
	}
}

// Text that no store can keep, in each place of a table where a text may stand.
func TestOddTextsInATable(t *testing.T) {
	t.Parallel()
	m := mapped(t, "source: s\nuser_id: id\nemail: mail\nrest: keep\ntraits: {title: t}\nevents: [{event: E, properties: {p: p}}]")
	for _, odd := range []string{"\x00", "a\x00b", "\xc0\xaf", "\xff\xfe", "\xed\xa0\x80", "\ufffe", "\u202e", "e\u0301", "\U0001f600"} {
		for place, row := range map[string]string{
			"id": odd + "u,,,,", "trait": "u,," + odd + ",,", "property": "u,,," + odd + ",", "rest": "u,,,," + odd,
		} {
			events, rejects := readAll(t, "id,mail,t,p,r\n"+row+"\nlast,,,,\n", Options{Mapping: m})
			if len(rejects) > 0 || len(events) != 4 {
				t.Errorf("%q as %s: %d events, %v", odd, place, len(events), rejects)
				continue
			}
			for _, e := range events[:2] {
				if !utf8.ValidString(e.UserID) || !utf8.Valid(e.Body) || strings.Contains(e.UserID+string(e.Body), "\x00") || strings.Contains(string(e.Body), `\u0000`) {
					t.Errorf("%q as %s is kept as %q, %q", odd, place, e.UserID, e.Body)
				}
				if e.Sanitised != strings.Contains(odd, "\x00") {
					t.Errorf("%q as %s: sanitised is %v", odd, place, e.Sanitised)
				}
			}
			if events[2].Sanitised {
				t.Errorf("%q as %s: the next row is said to be mended", odd, place)
			}
		}
	}
}

// The limits of a line are those of a message.
func FuzzLines(f *testing.F) {
	m, err := ParseMapping([]byte("source: s\nuser_id: id\nemail: a.email\nrest: keep\ntraits: {n: {column: n, type: number}}\nevents: [{event: A, times: {column: n, max: 3}}]"))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		`{"id":"1","a":{"email":"x@corp.example"},"n":2}`, "{\"id\":\"\\ud800\",\"x\":\"\xff\"}", `{"id":1e400}`, `{"galena_reject":{"columns":["id"]},"id":"1"}`,
		`{"a.email":"x@corp.example","a":{"email":"y@corp.example"}}`, `{"id":"1","x":{"y":[{"z":null}]},"x.y":1}`, "{\"id\":\"1\",\"\":{\"\":0}}", "[1]\n{}", "\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range []Options{{Mapping: m}, {Decode: func(line []byte) (lead.Event, *lead.Reject) { return lead.Event{Body: line}, nil }}} {
			o.Format, o.Now = NDJSON, now
			r, err := NewReader(strings.NewReader(text), o)
			if err != nil {
				continue
			}
			for {
				row, err := r.Scan()
				if err != nil {
					break
				}
				ids := row.IDs
				r.Build(&row)
				if (row.Reject == nil) == (len(row.Events) == 0) {
					t.Fatalf("row %d has %d events and reject %v", row.Number, len(row.Events), row.Reject)
				}
				if row.Reject != nil && row.Reject.Identity == (lead.MessageHash{}) {
					t.Fatalf("%+v can be told from no other", row.Reject)
				}
				for i, e := range row.Events {
					if o.Mapping == nil {
						continue
					}
					if !utf8.Valid(e.Body) || len(e.Body) > MaxBody || i < len(ids) && e.MessageID != ids[i] {
						t.Fatalf("an event %+v", e)
					}
				}
			}
		}
	})
}
