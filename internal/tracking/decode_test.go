package tracking

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"galena/internal/lead"
)

const received = lead.Time(1_795_000_000_000) // 2026-11-18T11:06:40Z

var browser = Arrival{Received: received, Origin: lead.Browser, Source: 1}

// refusalOf is the code with which a message is refused, "" for none.
func refusalOf(t *testing.T, raw string, as lead.Type) string {
	t.Helper()
	_, err := Decoder{}.Message([]byte(raw), as, browser)
	if err == nil {
		return ""
	}
	return err.(*Refusal).Code
}

// bad is one message of each kind that is refused, each with balanced brackets.
var bad = []struct{ name, raw, code string }{
	{"no type", `{"userId":"u","event":"E"}`, CodeMissingType},
	{"empty type", `{"type":"","userId":"u"}`, CodeMissingType},
	{"unknown type", `{"type":"trakc","userId":"u","event":"E"}`, CodeUnknownType},
	{"type in other case", `{"type":"Track","userId":"u","event":"E"}`, CodeUnknownType},
	{"type a number", `{"type":1,"userId":"u","event":"E"}`, CodeUnknownType},
	{"null", `null`, CodeNotAnObject},
	{"number", `1`, CodeNotAnObject},
	{"text", `"x"`, CodeNotAnObject},
	{"list", `[]`, CodeNotAnObject},
	{"empty", `{}`, CodeMissingType},
	{"33 deep", `{"type":"track","userId":"u","event":"E","properties":` + strings.Repeat(`{"a":`, 31) + `[]` + strings.Repeat(`}`, 31) + `}`, CodeTooDeep},
	{"10,001 deep", `{"type":"track","userId":"u","event":"E","a":` + strings.Repeat(`[`, 10_001) + strings.Repeat(`]`, 10_001) + `}`, CodeTooDeep},
	{"duplicate key", `{"type":"track","userId":"u","userId":"v","event":"E"}`, CodeDuplicateKey},
	{"duplicate key inside", `{"type":"track","userId":"u","event":"E","properties":{"a":1,"b":{"c":1,"c":2}}}`, CodeDuplicateKey},
	{"duplicate key in disguise", `{"type":"track","userId":"u","event":"E","properties":{"a":1,"\u0061":2}}`, CodeDuplicateKey},
	{"oversize", `{"type":"track","userId":"u","event":"E","properties":{"a":"` + strings.Repeat("x", 32<<10) + `"}}`, CodeEventTooLarge},
	{"traits a text", `{"type":"identify","userId":"u","traits":"x"}`, CodeInvalidField},
	{"properties a list", `{"type":"track","userId":"u","event":"E","properties":[1]}`, CodeInvalidField},
	{"context a number", `{"type":"track","userId":"u","event":"E","context":1}`, CodeInvalidField},
	{"1e400", `{"type":"track","userId":"u","event":"E","properties":{"a":1e400}}`, CodeInvalidNumber},
	{"-1e400", `{"type":"track","userId":"u","event":"E","x":[-1e400]}`, CodeInvalidNumber},
	{"NaN", `{"type":"track","userId":"u","event":"E","properties":{"a":NaN}}`, CodeInvalidJSON},
	{"Infinity", `{"type":"track","userId":"u","event":"E","properties":{"a":-Infinity}}`, CodeInvalidJSON},
	{"leading zero", `{"type":"track","userId":"u","event":"E","properties":{"a":01}}`, CodeInvalidJSON},
	{"trailing comma", `{"type":"track","userId":"u","event":"E",}`, CodeInvalidJSON},
	{"comment", `{"type":"track",/* x */"userId":"u","event":"E"}`, CodeInvalidJSON},
	{"hex escape", `{"type":"track","userId":"u","event":"\x41"}`, CodeInvalidJSON},
	{"raw newline in a text", "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"a\nb\"}", CodeInvalidJSON},
	{"no ids", `{"type":"track","event":"E"}`, CodeNoID},
	{"blank ids", `{"type":"track","event":"E","userId":"","anonymousId":null}`, CodeNoID},
	{"ids that name nobody", `{"type":"track","event":"E","userId":"undefined","anonymousId":0}`, CodeNoID},
	{"id an object", `{"type":"track","event":"E","userId":{"$gt":""}}`, CodeInvalidField},
	{"id a list", `{"type":"track","event":"E","userId":["a","b"]}`, CodeInvalidField},
	{"id a truth value", `{"type":"track","event":"E","userId":true}`, CodeInvalidField},
	{"id too long", `{"type":"track","event":"E","userId":"` + strings.Repeat("x", 8<<10+1) + `"}`, CodeTextTooLong},
	{"no event", `{"type":"track","userId":"u"}`, CodeMissingEvent},
	{"blank event", `{"type":"track","userId":"u","event":"  "}`, CodeMissingEvent},
	{"event a number", `{"type":"track","userId":"u","event":7}`, CodeInvalidField},
	{"event too long", `{"type":"track","userId":"u","event":"` + strings.Repeat("x", 8<<10+1) + `"}`, CodeTextTooLong},
	{"no groupId", `{"type":"group","userId":"u"}`, CodeMissingGroupID},
	{"alias without userId", `{"type":"alias","anonymousId":"a","previousId":"p"}`, CodeMissingUserID},
	{"alias without previousId", `{"type":"alias","userId":"u","previousId":"null"}`, CodeMissingPreviousID},
	{"key of 257 bytes", `{"type":"track","userId":"u","event":"E","properties":{"` + strings.Repeat("k", 257) + `":1}}`, CodeNameTooLong},
	{"1,001 properties", `{"type":"track","userId":"u","event":"E","properties":{` + names(1001) + `}}`, CodeTooManyNames},
}

// names is n members.
func names(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	return b.String()[1:]
}

func TestMessageRefused(t *testing.T) {
	t.Parallel()
	for _, c := range bad {
		if got := refusalOf(t, c.raw, 0); got != c.code {
			t.Errorf("%s: refused with %q, want %q", c.name, got, c.code)
		}
	}
	if got := refusalOf(t, `{"userId":"u","event":"E"}{"a":1}`, lead.Track); got != CodeTrailingData {
		t.Errorf("trailing data: refused with %q", got)
	}
}

func TestMessageAtLimits(t *testing.T) {
	t.Parallel()
	const around = `{"type":"track","userId":"u","event":"E","properties":{"a":""}}`
	for name, raw := range map[string]string{
		"32 deep":          `{"type":"track","userId":"u","event":"E","properties":` + strings.Repeat(`{"a":`, 30) + `[]` + strings.Repeat(`}`, 30) + `}`,
		"32 KiB":           strings.Replace(around, `""`, `"`+strings.Repeat("x", 32<<10-len(around))+`"`, 1),
		"id of 8 KiB":      `{"type":"track","event":"E","userId":"` + strings.Repeat("x", 8<<10) + `"}`,
		"key of 256 bytes": `{"type":"track","userId":"u","event":"E","properties":{"` + strings.Repeat("k", 256) + `":1}}`,
		"1,000 properties": `{"type":"track","userId":"u","event":"E","properties":{` + names(1000) + `}}`,
		"odd names":        `{"type":"track","userId":"u","event":"__proto__","properties":{"":1,"__proto__":{},"constructor":1,"toJSON":1}}`,
		"numbers":          `{"type":"track","userId":"u","event":"E","properties":{"a":-0,"b":1E+2,"c":1e-400,"d":9007199254740993}}`,
	} {
		if got := refusalOf(t, raw, 0); got != "" {
			t.Errorf("%s: refused with %q", name, got)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	type want struct {
		event    lead.Event
		warnings []Warning
	}
	server := Arrival{Received: received, Origin: lead.Server, Source: 2}
	located := browser
	located.Address = netip.MustParseAddr("203.0.113.9")
	base := func(e lead.Event) lead.Event {
		e.Occurred, e.Source = received, 1
		if e.Origin == 0 {
			e.Origin = lead.Browser
		} else {
			e.Source = 2
		}
		return e
	}
	for _, c := range []struct {
		name string
		as   lead.Type
		from Arrival
		raw  string
		want want
	}{
		{
			"the path gives the type", lead.Identify, browser,
			`{"type":"track","userId":"u"}`,
			want{event: base(lead.Event{Type: lead.Identify, UserID: "u", Body: []byte(`{}`)})},
		},
		{
			"columns leave the body, digits and unknown members stay", 0, browser,
			` {"type":"track","event":"E","userId":17,"anonymousId":"a","groupId":1E+2,"messageId":"m","receivedAt":"x","writeKey":"k","batch":[1],"sentAt":null,"_metadata":{"n":1.50},"properties": {"big":12345678901234567890,"n":0.10},"channel":"web","name":"x"}`,
			want{event: base(lead.Event{Type: lead.Track, Name: "E", UserID: "17", AnonymousID: "a", GroupID: "1E+2", MessageID: "m",
				Body: []byte(`{"_metadata":{"n":1.50},"properties":{"big":12345678901234567890,"n":0.10},"channel":"web","name":"x"}`)})},
		},
		{
			"a page's name", 0, browser,
			`{"type":"page","anonymousId":"a","name":"Home","event":"x","category":"c","properties":null}`,
			want{event: base(lead.Event{Type: lead.Page, Name: "Home", AnonymousID: "a", Body: []byte(`{"category":"c","event":"x"}`)})},
		},
		{
			"ids that name nobody are left out", 0, browser,
			`{"type":"page","anonymousId":"a","userId":"[object Object]","messageId":"undefined","groupId":"null"}`,
			want{base(lead.Event{Type: lead.Page, AnonymousID: "a", Body: []byte(`{}`)}), []Warning{WarnIDDropped}},
		},
		{
			"a long message id is hashed", 0, browser,
			`{"type":"page","anonymousId":"a","messageId":"` + strings.Repeat("m", 101) + `"}`,
			want{base(lead.Event{Type: lead.Page, AnonymousID: "a", Body: []byte(`{}`),
				MessageID: "sha256-f1cc2d36b0210e66554574b56985d1a82bdce6cda5450c78b185d56dd76d87b8"}), []Warning{WarnMessageIDHashed}},
		},
		{
			"RudderStack's traits", 0, browser,
			`{"type":"identify","userId":"u","traits":{},"context":{"traits":{"email":" Ada@EXAMPLE.com ","plan":"x"}}}`,
			want{event: base(lead.Event{Type: lead.Identify, UserID: "u", Email: "ada@example.com",
				Body: []byte(`{"traits":{"email":" Ada@EXAMPLE.com ","plan":"x"},"context":{"traits":{"email":" Ada@EXAMPLE.com ","plan":"x"}}}`)})},
		},
		{
			"context.traits of a track claims no address", 0, browser,
			`{"type":"track","event":"E","userId":"u","context":{"traits":{"email":"a@example.com"}}}`,
			want{event: base(lead.Event{Type: lead.Track, Name: "E", UserID: "u", Body: []byte(`{"context":{"traits":{"email":"a@example.com"}}}`)})},
		},
		{
			"a mail service knows an address only", 0, server,
			`{"type":"track","event":"Email Bounced","context":{"traits":{"email":"a@example.com"}}}`,
			want{event: base(lead.Event{Type: lead.Track, Name: "Email Bounced", Email: "a@example.com", Origin: lead.Server,
				Body: []byte(`{"context":{"traits":{"email":"a@example.com"}}}`)})},
		},
		{
			"a browser's network is noted", 0, located,
			`{"type":"page","anonymousId":"a","context":{"ip":null,"locale":"en"}}`,
			want{event: base(lead.Event{Type: lead.Page, AnonymousID: "a", Body: []byte(`{"context":{"locale":"en","ip":"203.0.113.0"}}`)})},
		},
		{
			"a browser's own address is kept", 0, located,
			`{"type":"page","anonymousId":"a","context":{"ip":"0.0.0.0"}}`,
			want{event: base(lead.Event{Type: lead.Page, AnonymousID: "a", Body: []byte(`{"context":{"ip":"0.0.0.0"}}`)})},
		},
		{
			"a server's network is not its users'", 0, Arrival{Received: received, Origin: lead.Server, Source: 2, Address: netip.MustParseAddr("203.0.113.9")},
			`{"type":"page","anonymousId":"a"}`,
			want{event: base(lead.Event{Type: lead.Page, AnonymousID: "a", Origin: lead.Server, Body: []byte(`{}`)})},
		},
		{
			"PHP's empty object", 0, browser,
			`{"type":"group","userId":"u","groupId":"g","traits":[],"properties":""}`,
			want{event: base(lead.Event{Type: lead.Group, UserID: "u", GroupID: "g", Body: []byte(`{}`)})},
		},
		{
			"broken text is mended", 0, browser,
			"{\"type\":\"track\",\"event\":\"a\\u0000b\",\"userId\":\"\xff\xc0u\",\"properties\":{\"a\x00b\":\"\\ud800x\\ud83d\\ude00\\\\u0000\"}}",
			want{base(lead.Event{Type: lead.Track, Name: "a\uFFFDb", UserID: "\uFFFD\uFFFDu", Sanitised: true,
				Body: []byte("{\"properties\":{\"a\uFFFDb\":\"\\ufffdx\\ud83d\\ude00\\\\u0000\"}}")}), []Warning{WarnSanitised}},
		},
		{
			"broken integrations", 0, browser,
			`{"type":"page","anonymousId":"a","integrations":true}`,
			want{event: base(lead.Event{Type: lead.Page, AnonymousID: "a", Body: []byte(`{"integrations":true}`)})},
		},
	} {
		m, err := Decoder{}.Message([]byte(c.raw), c.as, c.from)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err := c.want.event.Open(); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(m.Event, c.want.event) {
			t.Errorf("%s:\n got %+v\nwant %+v\nbodies %s\n       %s", c.name, m.Event, c.want.event, m.Event.Body, c.want.event.Body)
		}
		if !reflect.DeepEqual(m.Warnings, c.want.warnings) {
			t.Errorf("%s: warnings %v, want %v", c.name, m.Warnings, c.want.warnings)
		}
	}
}

func TestMessageTime(t *testing.T) {
	t.Parallel()
	at := func(s string) lead.Time {
		var at lead.Time
		if err := at.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return at
	}
	from := Arrival{Received: at("2026-11-18T12:00:00Z"), Origin: lead.Server}
	for _, c := range []struct {
		name, times string
		file        bool
		want        string
		warning     Warning
	}{
		{"none", ``, false, "2026-11-18T12:00:00Z", ""},
		{"no sentAt", `"timestamp":"2026-11-18T11:00:00.123456789Z"`, false, "2026-11-18T11:00:00.123Z", ""},
		{"RudderStack's name", `"originalTimestamp":"2026-11-18T11:00:00Z"`, false, "2026-11-18T11:00:00Z", ""},
		{"a slow clock", `"timestamp":"2026-11-18T09:00:00Z","sentAt":"2026-11-18T09:30:00Z"`, false, "2026-11-18T11:30:00Z", ""},
		{"a fast clock", `"timestamp":"2031-01-01T00:00:00Z","sentAt":"2031-01-01T00:00:10Z"`, false, "2026-11-18T11:59:50Z", ""},
		{"history by the same formula", `"timestamp":"2019-01-01T00:00:00Z","sentAt":"2026-11-18T12:00:00Z"`, false, "2019-01-01T00:00:00Z", ""},
		{"a file was sent long ago", `"timestamp":"2019-01-01T00:00:00Z","sentAt":"2019-01-01T00:00:09Z"`, true, "2019-01-01T00:00:00Z", ""},
		{"sent before it happened", `"timestamp":"2026-11-18T10:00:01Z","sentAt":"2026-11-18T10:00:00Z"`, false, "2026-11-18T12:00:00Z", ""},
		{"in the future", `"timestamp":"2026-11-18T12:05:01Z"`, false, "2026-11-18T12:00:00Z", WarnFuture},
		{"a little in the future", `"timestamp":"2026-11-18T12:05:00Z"`, false, "2026-11-18T12:00:00Z", ""},
		{"Go's zero time", `"timestamp":"0001-01-01T00:00:00Z"`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"Go's zero sentAt", `"timestamp":"2026-11-18T11:00:00Z","sentAt":"0001-01-01T00:00:00Z"`, false, "2026-11-18T11:00:00Z", WarnTimeIgnored},
		{"before 1970", `"timestamp":"1969-12-31T23:59:59Z"`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"before 1970 once corrected", `"timestamp":"1970-01-02T00:00:00Z","sentAt":"2090-01-01T00:00:00Z"`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"no such day", `"timestamp":"2024-02-30T00:00:00Z"`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"24 o'clock", `"timestamp":"2024-02-03T24:00:00Z"`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"a number", `"timestamp":1700000000000`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"a year too far", `"timestamp":"+275760-09-13T00:00:00Z"`, false, "2026-11-18T12:00:00Z", WarnTimeIgnored},
		{"Python", `"timestamp":"2026-11-18T11:00:00.123456+00:00"`, false, "2026-11-18T11:00:00.123Z", ""},
		{"PHP", `"timestamp":"2026-11-18T12:00:00+01:00"`, false, "2026-11-18T11:00:00Z", ""},
		{"an offset without colon", `"timestamp":"2026-11-18T12:00:00.5+0100"`, false, "2026-11-18T11:00:00.5Z", ""},
		{"one-digit month", `"timestamp":"2015-2-02T00:30:08.276Z"`, false, "2015-02-02T00:30:08.276Z", ""},
		{"no zone", `"timestamp":"2015-02-02 00:30:08"`, false, "2015-02-02T00:30:08Z", ""},
		{"no seconds", `"timestamp":"2015-02-02T00:30Z"`, false, "2015-02-02T00:30:00Z", ""},
		{"neither seconds nor zone", `"timestamp":"2015-02-02T00:30"`, false, "2015-02-02T00:30:00Z", ""},
		{"a day", `"timestamp":"2015-02-02"`, false, "2015-02-02T00:00:00Z", ""},
	} {
		from := from
		if c.file {
			from.Origin = lead.Import
		}
		raw := `{"type":"page","userId":"u"`
		if c.times != "" {
			raw += "," + c.times
		}
		m, err := Decoder{}.Message([]byte(raw+"}"), 0, from)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if m.Event.Occurred != at(c.want) {
			t.Errorf("%s: occurred %v, want %s", c.name, m.Event.Occurred, c.want)
		}
		if got := strings.Join(strs(m.Warnings), ","); got != string(c.warning) {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.warning)
		}
	}
}

func strs(all []Warning) (s []string) {
	for _, w := range all {
		s = append(s, string(w))
	}
	return s
}

func TestAFileKnowsPeopleByAddress(t *testing.T) {
	t.Parallel()
	const row = `{"type":"identify","messageId":"m","traits":{"email":"ada@corp.example"}}`
	if code := refusalOf(t, row, 0); code != CodeNoID {
		t.Errorf("over the wire: %q", code)
	}
	m, err := Decoder{}.Message([]byte(row), 0, Arrival{Received: received, Origin: lead.Import})
	if err != nil || m.Event.Email != "ada@corp.example" {
		t.Errorf("of a file: %+v, %v", m.Event, err)
	}
}
