package tracking

import (
	"bytes"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
)

// oddities are texts that parsers of JSON are known to differ on.
var oddities = []string{
	`{}`, `[]`, `null`, `"x"`, `1`, ``, "\xef\xbb\xbf{}", `{"a":1}{"b":2}`, `{"a":1,}`, `{/*c*/}`, `{"type":"track","TYPE":"identify"}`,
	`{"type":"page","userId":"a","userId":"b"}`, `{"type":"page","userId":{"$gt":""}}`, `{"type":"page","userId":0}`, `true`,
	`{"batch":{}}`, `{"batch":null}`, `{"batch":[null,1,"x",[],{}]}`, `{"type":"page","userId":"u","batch":[{}]}`,
	strings.Repeat(`{"a":`, 33) + `1` + strings.Repeat(`}`, 33), strings.Repeat(`[`, 20_000),
	`{"a":1e400}`, `{"a":-0}`, `{"a":1E+2}`, `{"a":01}`, `{"a":NaN}`, `{"a":"\ud800"}`, `{"a":"\udc00\ud800"}`, `{"a":"\u0000"}`,
	"{\"a\":\"\x00\x01\"}", `{"a":"\x41"}`, "{\"a\":\"\xc0\xaf\xff\xed\xa0\x80\"}", "{\x00\"\x00a\x00\"\x00", "{\"a\":\"caf\xe9\"}",
	`{"":1}`, `{"__proto__":{"polluted":1},"toJSON":1}`, `{"a":"1","b":"12,5"}`, `{"type":"track","userId":"u","event":"E","properties":[1]}`,
	`{"a":"\`, `{"a":"\u12`, `{"a":"\ud83d\u`, "{\"a\":\"\\\xff\"}", `{"a":"\uD83D\uDE00"}`,
}

// checkEvent holds of every event that passes the door.
func checkEvent(t *testing.T, e lead.Event, from Arrival) {
	t.Helper()
	if e.Type == 0 || e.Occurred <= 0 || e.Occurred > from.Received {
		t.Errorf("type %v, occurred %v", e.Type, e.Occurred)
	}
	if e.UserID == "" && e.AnonymousID == "" && e.Email == "" {
		t.Error("is nobody's")
	}
	for _, s := range []string{e.MessageID, e.Name, e.UserID, e.AnonymousID, e.GroupID, e.PreviousID, e.Email, string(e.Body)} {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			t.Errorf("not valid text: %q", s)
		}
	}
	if !jsontext.Value(e.Body).IsValid() || e.Body[0] != '{' {
		t.Errorf("the body is no JSON object with each name once: %s", e.Body)
	}
	if _, mended := mend(e.Body); mended {
		t.Errorf("the body is not mended: %q", e.Body)
	}
	again := e
	again.Properties, again.Traits, again.Context = nil, nil, nil
	if err := again.Open(); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, e) {
		t.Errorf("the body opens differently:\n got %+v\nwant %+v", again, e)
	}
}

func checkReject(t *testing.T, r lead.Reject) {
	t.Helper()
	if r.Code == "" || r.Message == "" || len(r.Body) > lead.MaxRejectBody || !utf8.Valid(r.Body) || !utf8.ValidString(r.MessageID) {
		t.Errorf("reject %+v", r)
	}
}

func FuzzMessage(f *testing.F) {
	for _, s := range oddities {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(`{"type":"identify","userId":"u","traits":`+s+`}`), uint8(0))
	}
	for _, b := range bad {
		f.Add([]byte(b.raw), uint8(0))
	}
	f.Add([]byte(pageView), uint8(lead.Track))
	from := Arrival{Received: received, Origin: lead.Browser, Source: 1, Address: netip.MustParseAddr("203.0.113.9")}
	f.Fuzz(func(t *testing.T, raw []byte, as uint8) {
		before := bytes.Clone(raw)
		m, err := Decoder{}.Message(raw, lead.Type(as%uint8(lead.Act)), from)
		if !bytes.Equal(raw, before) {
			t.Fatal("the text was changed")
		}
		if err != nil {
			checkReject(t, err.(*Refusal).Reject(0, raw, from))
			return
		}
		checkEvent(t, m.Event, from)
	})
}

func FuzzBatch(f *testing.F) {
	for _, s := range oddities {
		f.Add([]byte(s))
		f.Add([]byte(`{"batch":[` + s + `]}`))
		f.Add([]byte(`{"context":` + s + `,"batch":[{"type":"page","userId":"u"}]}`))
	}
	good := `{"type":"page","userId":"u","messageId":"m"}`
	f.Fuzz(func(t *testing.T, raw []byte) {
		batch, err := Decoder{}.Batch(raw, browser)
		if err != nil {
			if _, ok := errors.AsType[*Refusal](err); !ok {
				t.Fatalf("%T", err)
			}
		}
		for _, e := range batch.Events {
			checkEvent(t, e, browser)
		}
		for _, r := range batch.Rejects {
			checkReject(t, r)
		}
		// What is JSON harms no neighbours.
		if !jsontext.Value(raw).IsValid() {
			return
		}
		batch, err = Decoder{}.Batch([]byte(`{"batch":[`+good+`,`+string(raw)+`,`+good+`]}`), browser)
		if err != nil || len(batch.Events)+len(batch.Rejects) != 3 || len(batch.Events) < 2 ||
			batch.Events[0].MessageID != "m" || batch.Events[len(batch.Events)-1].MessageID != "m" {
			t.Errorf("neighbours were harmed: %v, %d events, %v", err, len(batch.Events), batch.Rejects)
		}
	})
}

func FuzzMend(f *testing.F) {
	for _, s := range oddities {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, mended := mend(raw)
		if mended == bytes.Equal(out, raw) {
			t.Errorf("mended: %v, changed: %v", mended, !bytes.Equal(out, raw))
		}
		if again, mended := mend(out); mended {
			t.Errorf("%q is mended again to %q", out, again)
		}
		if jsontext.Value(raw).IsValid() && !jsontext.Value(out).IsValid(jsontext.AllowDuplicateNames(true)) {
			t.Errorf("%q was JSON, %q is not", raw, out)
		}
	})
}
