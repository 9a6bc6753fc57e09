package tracking

import (
	"encoding/base64"
	"errors"
	"image/gif"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/fault"
	"galena/internal/lead"
)

// checkImage holds of every answer to somebody who asks for a pixel.
func checkImage(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	h := w.Header()
	if w.Code != 200 || h.Get("Content-Type") != "image/gif" || h.Get("Cache-Control") != "no-store" || h.Get("Set-Cookie") != "" {
		t.Errorf("%d %v", w.Code, h)
	}
	picture, err := gif.Decode(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 1 || size.Y != 1 {
		t.Errorf("the image has %v", size)
	}
	if _, _, _, alpha := picture.At(0, 0).RGBA(); alpha != 0 {
		t.Error("the image can be seen")
	}
}

func TestPixel(t *testing.T) {
	t.Parallel()
	const opened = `{"event":"Email Opened","messageId":"m","context":{"traits":{"email":"Ada@corp.example"}},"properties":{"campaign_id":"7"}}`
	data := base64.RawURLEncoding.EncodeToString([]byte(opened))
	keyed := base64.URLEncoding.EncodeToString([]byte(`{"writeKey":"` + browserKey + `",` + opened[1:]))
	asked := "event=Email+Opened&messageId=m&context.traits.email=Ada@corp.example&properties.campaign_id=7"
	for _, query := range []string{
		"writeKey=" + browserKey + "&data=" + data,
		"data=" + keyed,
		"data=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"writeKey":"`+browserKey+`",`+opened[1:]))),
		"writeKey=" + browserKey + "&" + asked,
		"writeKey=" + browserKey + "&" + asked + "&messageId=other",
	} {
		sink := &recorder{}
		h := face(sink)
		for range 2 {
			checkImage(t, call(h, "GET", "/v1/pixel/track?"+query, ""))
		}
		if len(sink.events) != 1 || sink.landed["m"] != 2 {
			t.Fatalf("%s: landed %v, %v", query, sink.landed, sink.rejects)
		}
		e := sink.events[0]
		if e.Type != lead.Track || e.Name != "Email Opened" || e.Email != "ada@corp.example" || e.Origin != lead.Browser || e.Source != 1 ||
			e.Properties["campaign_id"] != "7" || e.Properties["writeKey"] != nil || strings.Contains(string(e.Body), browserKey) {
			t.Errorf("%s: %+v", query, e)
		}
	}
	sink := &recorder{}
	checkImage(t, call(face(sink), "GET", "/v1/pixel/page?writeKey="+browserKey+"&userId=u&name=Pricing&properties.path=/pricing", ""))
	if len(sink.events) != 1 || sink.events[0].Type != lead.Page || sink.events[0].Name != "Pricing" || sink.events[0].Properties["path"] != "/pricing" {
		t.Errorf("%+v", sink.events)
	}
}

func TestPixelNotTaken(t *testing.T) {
	t.Parallel()
	const good = "event=E&userId=u&messageId=m"
	for _, c := range []struct {
		method, path, query string
		reject              string
	}{
		{"HEAD", "track", "writeKey=" + browserKey + "&" + good, ""},
		{"GET", "track", good, ""},
		{"GET", "track", "writeKey=unknown&" + good, ""},
		{"GET", "track", "writeKey=broken&" + good, ""},
		{"GET", "track", "writeKey=" + apiKey + "&" + good, ""},
		{"GET", "track", "writeKey=" + serverKey + "&" + good, ""},
		{"GET", "identify", "writeKey=" + browserKey + "&" + good, ""},
		{"GET", "alias", "writeKey=" + browserKey + "&previousId=v&" + good, ""},
		{"GET", "nothing", "writeKey=" + browserKey + "&" + good, ""},
		{"GET", "track", "writeKey=" + browserKey, CodeNoID},
		{"GET", "track", "writeKey=" + browserKey + "&userId=u", CodeMissingEvent},
		{"GET", "track", "writeKey=" + browserKey + "&data=!", CodeInvalidJSON},
		{"GET", "track", "writeKey=" + browserKey + "&data=e30x", CodeTrailingData},
		{"GET", "track", "writeKey=" + browserKey + "&data=W10", CodeNotAnObject},
		{"GET", "track", "writeKey=" + browserKey + "&" + good + "&context=x&context.ip=y", CodeInvalidField},
		{"GET", "track", "writeKey=" + browserKey + "&" + good + "&" + strings.Repeat("a.", 40) + "a=1", CodeTooDeep},
	} {
		sink := &recorder{}
		w := call(face(sink), c.method, "/v1/pixel/"+c.path+"?"+c.query, "")
		checkImage(t, w)
		code := ""
		for _, r := range sink.rejects {
			code = r.Code
			if strings.Contains(string(r.Body), browserKey) {
				t.Errorf("%+v: the key is kept: %s", c, r.Body)
			}
		}
		if len(sink.events) > 0 || code != c.reject {
			t.Errorf("%+v: %+v, %q", c, sink.events, code)
		}
	}
	for _, err := range []error{fault.New(fault.Busy, "full"), errors.New("broken")} {
		checkImage(t, call(face(&recorder{err: err}), "GET", "/v1/pixel/track?writeKey="+browserKey+"&"+good, ""))
	}
}

func FuzzPixel(f *testing.F) {
	for _, s := range []string{"userId=u&event=E", "data=eyJ1c2VySWQiOiJ1In0", "a=1&a.b=2&a.b.c=3", "..=&.=1&=2", "userId=%00%ff%c0%af&event=%22%5C%0a", "a.b=1&a=2", "userId=u&event=%5cu0000"} {
		f.Add(s)
	}
	from := Arrival{Received: received, Origin: lead.Browser, Source: 1}
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		message, refused := pixelMessage(query, Limits{}.withDefaults())
		if refused != nil {
			checkReject(t, refused.Reject(0, []byte(raw), from))
			return
		}
		if mended, _ := mend(message); query.Get("data") == "" && !jsontext.Value(mended).IsValid(jsontext.AllowDuplicateNames(true)) {
			t.Fatalf("%q became %q", raw, message)
		}
		m, err := Decoder{}.Message(message, lead.Track, from)
		if err != nil {
			checkReject(t, err.(*Refusal).Reject(0, message, from))
			return
		}
		checkEvent(t, m.Event, from)
	})
}
