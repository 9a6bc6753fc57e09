package tracking

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
)

// recorder is the world below this face: it keeps what it is given, once.
type recorder struct {
	mu      sync.Mutex
	landed  map[string]int
	events  []lead.Event
	rejects []lead.Reject
	err     error // what it answers with, keeping nothing
}

func (s *recorder) Ingest(_ context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return pipeline.Receipt{}, s.err
	}
	if s.landed == nil {
		s.landed = map[string]int{}
	}
	var receipt pipeline.Receipt
	for _, e := range b.Events {
		if s.landed[e.MessageID]++; s.landed[e.MessageID] > 1 {
			receipt.Duplicates++
			continue
		}
		receipt.Accepted++
		s.events = append(s.events, e)
	}
	s.rejects = append(s.rejects, b.Rejects...)
	return receipt, nil
}

// keyring knows a key of each kind.
type keyring struct{}

const browserKey, serverKey, apiKey = "cbrowserkey00000000000001", "id:secret", "api"

func (keyring) WriteKey(_ context.Context, key string) (int64, lead.KeyKind, bool, error) {
	switch key {
	case browserKey:
		return 1, lead.BrowserKey, true, nil
	case serverKey:
		return 2, lead.ServerKey, true, nil
	case apiKey:
		return 3, lead.APIKey, true, nil
	case "busy":
		return 0, "", false, fault.New(fault.Busy, "the keys are being read")
	case "broken":
		return 0, "", false, errors.New("no such table")
	}
	return 0, "", false, nil
}

func (keyring) Policy(context.Context) (privacy.Policy, error) { return privacy.Default, nil }

func (keyring) Salt(context.Context, lead.Time) ([]byte, error) { return []byte("salt"), nil }

func face(sink Sink) http.Handler {
	return New(Config{
		Sink: sink, Keys: keyring{}, Clock: func() lead.Time { return received }, Logger: slog.New(slog.DiscardHandler),
		BaseURL: "https://leads.example.com/x/", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
}

func basic(user string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(user)) }

// call sends a request; headers are pairs.
func call(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const good = `{"type":"track","event":"E","userId":"u","messageId":"m"}`

func TestDoors(t *testing.T) {
	t.Parallel()
	types := map[string]lead.Type{}
	for ty := lead.Track; ty < lead.Act; ty++ {
		types["/v1/"+ty.String()] = ty
		types["/v1/"+ty.String()[:1]] = ty
		types["/api/s/"+ty.String()] = ty
		types["/api/s/s2s/"+ty.String()] = ty
	}
	const any = `{"event":"E","userId":"u","groupId":"g","previousId":"p","messageId":"m"}`
	for path, want := range types {
		sink := &recorder{}
		w := call(face(sink), "POST", path, any, "Authorization", basic(browserKey+":"))
		if w.Code != 200 || w.Body.String() != `{"success":true,"accepted":1,"duplicates":0,"rejected":[]}` {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if len(sink.events) != 1 || sink.events[0].Type != want || sink.events[0].Backfill {
			t.Errorf("%s: landed %+v", path, sink.events)
		}
	}
	for path, backfill := range map[string]bool{"/v1/batch": false, "/v1/b": false, "/beacon/v1/batch": false, "/v1/import": false, "/v1/import/": false,
		"/v1/import?backfill=true": true, "/v1/import/?backfill=true": true, "/v1/batch?backfill=true": false} {
		sink := &recorder{}
		w := call(face(sink), "POST", path, `{"batch":[`+good+`,`+good+`,7]}`, "X-Write-Key", serverKey)
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), `{"success":true,"accepted":1,"duplicates":1,"rejected":[{"i":2,"code":"not_an_object","message":"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if len(sink.events) != 1 || sink.events[0].Backfill != backfill || sink.events[0].Origin != lead.Server || len(sink.rejects) != 1 {
			t.Errorf("%s: landed %+v, %v", path, sink.events, sink.rejects)
		}
	}
	sink := &recorder{}
	if w := call(face(sink), "POST", "/v1/m", `{"series":[]}`); w.Code != 200 || sink.landed != nil {
		t.Errorf("/v1/m: %d, kept %v", w.Code, sink.landed)
	}
	for _, path := range []string{"/", "/v1/", "/v1/unknown", "/v1/pixel/", "/sourceConfig/x", "/api/s/t", "/api/s/batch", "/v1/batch/"} {
		if w := call(face(sink), "POST", path, good); w.Code != 404 || !strings.Contains(w.Body.String(), `"code":"not_found"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestWriteKey(t *testing.T) {
	t.Parallel()
	keyed := func(key string) string { return `{"writeKey":"` + key + `","event":"E","userId":"u","messageId":"m"}` }
	for _, c := range []struct {
		name, query, body string
		headers           []string
		source            int64
		status            int
	}{
		{"basic", "", good, []string{"Authorization", basic(browserKey + ":")}, 1, 200},
		{"basic without colon", "", good, []string{"Authorization", basic(browserKey)}, 1, 200},
		{"basic in other case", "", good, []string{"Authorization", strings.Replace(basic(browserKey), "B", "b", 1)}, 1, 200},
		{"a key with a colon", "", good, []string{"Authorization", basic(serverKey + ":")}, 2, 200},
		{"header", "", good, []string{"X-Write-Key", serverKey}, 2, 200},
		{"query", "?writeKey=" + serverKey, good, nil, 2, 200},
		{"body", "", keyed(serverKey), nil, 2, 200},
		{"basic over all", "?writeKey=x", keyed("y"), []string{"Authorization", basic(browserKey + ":"), "X-Write-Key", serverKey}, 1, 200},
		{"header over query", "?writeKey=x", keyed("***"), []string{"X-Write-Key", serverKey}, 2, 200},
		{"header over a masked pair", "", keyed("id:***"), []string{"X-Write-Key", serverKey}, 2, 200},
		{"query over body", "?writeKey=" + serverKey, keyed("x"), nil, 2, 200},
		{"a bad header is not mended by the body", "", keyed(serverKey), []string{"Authorization", basic("x:")}, 0, 401},
		{"no key", "", good, nil, 0, 401},
		{"an empty key", "", keyed(""), []string{"Authorization", basic(":")}, 0, 401},
		{"a masked key", "", keyed("***"), nil, 0, 401},
		{"a bearer with a key in the body", "", keyed(serverKey), []string{"Authorization", "Bearer x.y.z"}, 2, 200},
		{"not base64", "", keyed(serverKey), []string{"Authorization", "Basic !"}, 2, 200},
		{"an API key", "", good, []string{"X-Write-Key", apiKey}, 0, 403},
		{"keys are busy", "", good, []string{"X-Write-Key", "busy"}, 0, 503},
		{"keys are broken", "", good, []string{"X-Write-Key", "broken"}, 0, 500},
	} {
		sink := &recorder{}
		w := call(face(sink), "POST", "/v1/track"+c.query, c.body, c.headers...)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
		if c.status == 200 && (len(sink.events) != 1 || sink.events[0].Source != c.source) || c.status != 200 && sink.landed != nil {
			t.Errorf("%s: landed %+v", c.name, sink.events)
		}
	}
	for _, path := range []string{"/v1/import", "/v1/import/"} {
		sink := &recorder{}
		w := call(face(sink), "POST", path+"?backfill=true", `{"batch":[`+good+`]}`, "X-Write-Key", browserKey)
		if w.Code != 403 || !strings.Contains(w.Body.String(), "import_needs_server_key") || sink.landed != nil {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	sink := &recorder{}
	w := call(face(sink), "POST", "/v1/batch", `{"batch":[`+good+`],"writeKey":"`+serverKey+`"}`)
	if w.Code != 200 || len(sink.events) != 1 || sink.events[0].Source != 2 {
		t.Errorf("a key in the envelope: %d %s", w.Code, w.Body)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	zip := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, s)
		z.Close()
		return b.String()
	}
	// sized is a batch of n bytes with distinct events.
	sized := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"batch":[`)
		for i := 0; b.Len() < n-500; i++ {
			fmt.Fprintf(&b, `{"type":"track","event":"E","userId":"u","messageId":"m-%d","properties":{"a":"%0300d"}},`, i, i)
		}
		return strings.TrimSuffix(b.String(), ",") + `]` + strings.Repeat(" ", n-b.Len()-1) + `}`
	}
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		code       string
	}{
		{"a byte order mark", "\xef\xbb\xbf{\"batch\":[" + good + "]}", nil, 200, ""},
		{"no content type", `{"batch":[` + good + `]}`, []string{"Content-Type", ""}, 200, ""},
		{"a beacon's", `{"batch":[` + good + `]}`, []string{"Content-Type", "text/plain;charset=UTF-8"}, 200, ""},
		{"any other", `{"batch":[` + good + `]}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, ""},
		{"gzip", zip(`{"batch":[` + good + `]}`), []string{"Content-Encoding", "gzip"}, 200, ""},
		{"identity", `{"batch":[` + good + `]}`, []string{"Content-Encoding", "identity"}, 200, ""},
		{"gzip that is none", `{"batch":[` + good + `]}`, []string{"Content-Encoding", "gzip"}, 400, "invalid_gzip"},
		{"half of a gzip", zip(sized(5000))[:100], []string{"Content-Encoding", "gzip"}, 400, "invalid_gzip"},
		{"a bomb", zip(`{"batch":[` + strings.Repeat(" ", 500_000) + good + `]}`), []string{"Content-Encoding", "gzip"}, 413, "body_too_large"},
		{"a large gzip", zip(sized(600_000)), []string{"Content-Encoding", "gzip"}, 200, ""},
		{"a gzip that is too large", zip(sized(600_001)), []string{"Content-Encoding", "gzip"}, 413, "body_too_large"},
		{"another encoding", good, []string{"Content-Encoding", "br"}, 415, "unsupported_encoding"},
		{"512,000 bytes", sized(512_000), nil, 200, ""},
		{"the largest", sized(600_000), nil, 200, ""},
		{"too large", sized(600_001), nil, 413, "body_too_large"},
		{"10 MB", strings.Repeat("x", 10<<20), nil, 413, "body_too_large"},
		{"not JSON", `{`, nil, 400, CodeInvalidJSON},
		{"too many", `{"batch":[` + items(2501) + `]}`, nil, 400, CodeTooManyEvents},
		{"nothing good", `{"batch":[1,null]}`, nil, 200, ""},
		{"nothing", `{"batch":[]}`, nil, 200, ""},
	} {
		sink := &recorder{}
		w := call(face(sink), "POST", "/v1/batch", c.body, append([]string{"X-Write-Key", serverKey}, c.headers...)...)
		var got struct {
			Success       bool
			Code, Message string
			Error         *struct{ Code, Message string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || got.Code != c.code || got.Success != (c.status == 200) {
			t.Errorf("%s: %d %.200s", c.name, w.Code, w.Body)
		}
		if (got.Error != nil) != (c.status != 200) || got.Error != nil && (got.Error.Code != got.Code || got.Error.Message != got.Message || got.Message == "") {
			t.Errorf("%s: %.200s", c.name, w.Body)
		}
		if got := w.Header().Get("Content-Type"); got != "application/json" {
			t.Errorf("%s: answered as %s", c.name, got)
		}
		wantRejects := map[string]int{"not JSON": 1, "nothing good": 2}[c.name]
		if len(sink.rejects) != wantRejects {
			t.Errorf("%s: kept %d rejects, want %d", c.name, len(sink.rejects), wantRejects)
		}
		if c.status != 200 && len(sink.events) > 0 {
			t.Errorf("%s: %d events were taken", c.name, len(sink.events))
		}
	}
}

// stalled is a body that breaks off.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/v1/batch?writeKey="+serverKey, stalled{})
	w := httptest.NewRecorder()
	face(&recorder{}).ServeHTTP(w, r)
	if w.Code != http.StatusRequestTimeout {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// What is kept of a message at the path of its type tells the type, so that it can
// be mended and sent again by any other way.
func TestRefusedMessageKeepsItsType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, body, kept string }{
		{"/v1/track", `{"event":"E"}`, `{"type":"track","event":"E"}`},
		{"/v1/p", ` { } `, `{"type":"page"}`},
		{"/v1/group", `{"userId":"u","properties":{"type":"x"}}`, `{"type":"group","userId":"u","properties":{"type":"x"}}`},
		{"/v1/track", `{"userId":"u"`, `{"type":"track","userId":"u"`},
		{"/v1/track", `{"type":"track","userId":`, `{"type":"track","userId":`},
		{"/v1/identify", `{"traits":1,"type":"identify"}`, `{"traits":1,"type":"identify"}`},
		{"/v1/track", `[1]`, `[1]`},
		{"/v1/batch", `{"batch":[{"event":"E"}]}`, `{"event":"E"}`},
	} {
		sink := &recorder{}
		call(face(sink), "POST", c.path+"?writeKey="+serverKey, c.body)
		if len(sink.rejects) != 1 || string(sink.rejects[0].Body) != c.kept {
			t.Errorf("%s %s: kept %+v, want %s", c.path, c.body, sink.rejects, c.kept)
		}
	}
}

func TestRefusedMessage(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	w := call(face(sink), "POST", "/v1/track", `{"event":"E","writeKey":"id:secret","messageId":"m"}`)
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), `{"success":true,"accepted":0,"duplicates":0,"rejected":[{"i":0,"code":"no_user_anon_id","message":"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(sink.rejects) != 1 || sink.rejects[0].Source != 2 || strings.Contains(string(sink.rejects[0].Body), "secret") {
		t.Errorf("kept %+v", sink.rejects)
	}
	sink.err = fault.New(fault.Busy, "full")
	if w := call(face(sink), "POST", "/v1/track", `{}`, "X-Write-Key", serverKey); w.Code != 503 {
		t.Errorf("a bad message while busy: %d %s", w.Code, w.Body)
	}
}

// A message that comes alone and cannot be read, or is too large, is the request.
func TestUnreadableMessage(t *testing.T) {
	t.Parallel()
	for body, code := range map[string]string{
		good + `{"a":1}`: CodeTrailingData,
		good[:20]:        CodeInvalidJSON,
		`{"event":"E","userId":"u","properties":{"a":"` + strings.Repeat("x", 32<<10) + `"}}`: CodeEventTooLarge,
	} {
		sink := &recorder{}
		w := call(face(sink), "POST", "/v1/track", body, "X-Write-Key", serverKey)
		if w.Code != 400 || !strings.Contains(w.Body.String(), `"code":"`+code+`"`) || strings.Contains(w.Body.String(), "jsontext") || len(sink.rejects) != 1 {
			t.Errorf("%.30s: %d %.200s, kept %d", body, w.Code, w.Body, len(sink.rejects))
		}
	}
}

// gate is a sink that lets nothing through until it is opened.
type gate struct {
	recorder
	entered, open chan struct{}
}

func (g *gate) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	g.entered <- struct{}{}
	<-g.open
	return g.recorder.Ingest(ctx, b)
}

// What waits to be written takes a bounded memory: past it senders come again.
func TestCrowded(t *testing.T) {
	t.Parallel()
	sink := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	h := New(Config{Sink: sink, Keys: keyring{}, Clock: func() lead.Time { return received }, Limits: Limits{Waiting: len(good) + 1}})
	send := func() *httptest.ResponseRecorder {
		return call(h, "POST", "/v1/track", good, "X-Write-Key", serverKey)
	}
	for range 2 { // the room that a request took is given back
		first := make(chan int)
		go func() { first <- send().Code }()
		<-sink.entered
		if w := send(); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("the second: %d %s", w.Code, w.Body)
		}
		sink.open <- struct{}{}
		if code := <-first; code != 200 {
			t.Errorf("the first: %d", code)
		}
	}
}

func TestSinkFails(t *testing.T) {
	t.Parallel()
	w := call(face(&recorder{err: fault.New(fault.Busy, "The disk is full.")}), "POST", "/v1/track", good, "X-Write-Key", serverKey, "Origin", "null")
	if w.Code != 503 || w.Header().Get("Retry-After") != "5" || !strings.Contains(w.Body.String(), "The disk is full.") {
		t.Errorf("busy: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w.Header().Get("Access-Control-Allow-Origin") != "null" {
		t.Errorf("busy: %v", w.Header())
	}
	w = call(face(&recorder{err: errors.New("pq: secret detail")}), "POST", "/v1/track", good, "X-Write-Key", serverKey)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("broken: %d %s", w.Code, w.Body)
	}
}

func TestMissingMessageID(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	h := face(sink)
	for range 3 {
		call(h, "POST", "/v1/page", `{"userId":"u"}`, "X-Write-Key", serverKey)
	}
	if len(sink.landed) != 3 || sink.landed[""] != 0 {
		t.Errorf("landed %v", sink.landed)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	w := call(face(&recorder{}), "POST", "/v1/page", `{"userId":"u","anonymousId":"null","messageId":"`+strings.Repeat("x", 101)+`"}`, "X-Write-Key", serverKey)
	if want := `"warnings":[{"i":0,"code":"id_dropped"},{"i":0,"code":"message_id_hashed"}]}`; !strings.HasSuffix(w.Body.String(), want) {
		t.Errorf("%s", w.Body)
	}
}

func TestNetworkOfBrowsers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, socket, forwarded, want string }{
		{browserKey, "203.0.113.7:1", "198.51.100.9", "203.0.113.0"},
		{browserKey, "10.0.0.1:1", "1.1.1.1, 198.51.100.9", "198.51.100.0"},
		{browserKey, "[2001:db8:1:2::3]:1", "", "2001:db8:1::"},
		{browserKey, "@", "", ""},
		{serverKey, "203.0.113.7:1", "198.51.100.9", ""},
	} {
		sink := &recorder{}
		r := httptest.NewRequest("POST", "/v1/page?writeKey="+c.key, strings.NewReader(`{"userId":"u"}`))
		r.RemoteAddr = c.socket
		r.Header.Set("X-Forwarded-For", c.forwarded)
		face(sink).ServeHTTP(httptest.NewRecorder(), r)
		if got, _ := sink.events[0].Context["ip"].(string); got != c.want {
			t.Errorf("%+v: noted %q", c, got)
		}
	}
}

// askedHeaders are those of all libraries together.
const askedHeaders = "authorization,content-type,x-retry-count,anonymousid,sentat,rsa-recovered,rsa-retry-attempt,rsa-retry-reason," +
	"rsa-since-first-attempt,rsa-since-last-attempt,x-write-key,x-enable-debug,x-ip-policy"

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	h := face(&recorder{})
	posts := []string{"/v1/track", "/v1/t", "/v1/batch", "/v1/b", "/v1/import", "/v1/import/", "/v1/m", "/beacon/v1/batch", "/api/s/page", "/api/s/s2s/group"}
	gets := []string{"/v1/projects/k/settings", "/projects/k/settings", "/sourceConfig", "/sourceConfig/", "/v1/pixel/track", "/v1/pixel/nothing"}
	for _, path := range append(posts, gets...) {
		method := "POST, OPTIONS"
		if slices.Contains(gets, path) {
			method = "GET, HEAD, OPTIONS"
		}
		w := call(h, "OPTIONS", path, "", "Origin", "https://shop.example", "Access-Control-Request-Headers", askedHeaders)
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "https://shop.example", "Access-Control-Allow-Credentials": "true",
			"Access-Control-Allow-Headers": askedHeaders, "Access-Control-Allow-Methods": method,
			"Access-Control-Max-Age": "86400", "Access-Control-Expose-Headers": "Retry-After, X-RateLimit-Reset", "Allow": method,
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if w.Code != 204 || !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Origin") {
			t.Errorf("%s: %d, %v", path, w.Code, w.Header())
		}
		for _, bad := range []string{"GET", "HEAD", "PUT", "DELETE", "POST"} {
			if strings.Contains(method, bad) {
				continue
			}
			w := call(h, bad, path, "", "Origin", "https://shop.example")
			if w.Code != 405 || w.Header().Get("Allow") != method || w.Header().Get("Access-Control-Allow-Origin") != "https://shop.example" {
				t.Errorf("%s %s: %d, %v", bad, path, w.Code, w.Header())
			}
		}
	}
	for _, path := range []string{"/v1/track", "/nowhere"} { // 401 and 404
		if w := call(h, "POST", path, good, "Origin", "null"); w.Code < 400 || w.Header().Get("Access-Control-Allow-Origin") != "null" {
			t.Errorf("%s: %d, %v", path, w.Code, w.Header())
		}
	}
	if w := call(h, "OPTIONS", "/v1/track", ""); w.Header().Get("Access-Control-Allow-Origin") != "" || w.Code != 204 {
		t.Errorf("without an origin: %d, %v", w.Code, w.Header())
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	const want = `{"integrations":{"Segment.io":{"apiKey":"k\"1","apiHost":"%s","protocol":"%s"}},"metrics":{"sampleRate":0},"remotePlugins":[]}`
	for _, path := range []string{"/v1/projects/k%221/settings", "/projects/k%221/settings"} {
		w := call(face(nil), "GET", path, "")
		if w.Code != 200 || w.Body.String() != fmt.Sprintf(want, "leads.example.com/x/v1", "https") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		for _, c := range []struct{ proto, socket, want string }{
			{"https", "10.0.0.1:1", "https"}, {"http", "10.0.0.1:1", "http"}, {"", "10.0.0.1:1", "http"}, {"https", "203.0.113.7:1", "http"},
		} {
			h := New(Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
			r := httptest.NewRequest("GET", path, nil)
			r.RemoteAddr = c.socket
			r.Header.Set("X-Forwarded-Proto", c.proto)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Body.String() != fmt.Sprintf(want, "example.com/v1", c.want) {
				t.Errorf("%+v: %s", c, w.Body)
			}
		}
	}
}
