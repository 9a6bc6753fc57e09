package tracking

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/privacy"
)

// keeping knows the keys of keyring, in a workspace that keeps addresses in a way.
type keeping struct {
	keyring
	addresses privacy.Addresses
}

func (k keeping) Policy(context.Context) (privacy.Policy, error) {
	return privacy.Policy{Addresses: k.addresses}, nil
}

// TestNoAddressIsKeptWhole sends addresses through every door that takes any, as
// messages that are taken and as such that are refused, and looks for them in all
// that comes through.
func TestNoAddressIsKeptWhole(t *testing.T) {
	t.Parallel()
	const four, six, socket = "203.0.113.77", "2001:db8:7:7::77", "198.51.100.77"
	messages := []string{
		`{"type":"page","messageId":"1","userId":"u","context":{"ip":"` + four + `","locale":"en"}}`,
		`{"type":"page","messageId":"2","userId":"u","context":{"ip":"` + six + `"},"request_ip":"` + four + `:99","requestIp":"` + four + `"}`,
		`{"type":"page","messageId":"3","userId":"u","ip":"` + four + `"}`,
		`{"type":"page","messageId":"4","userId":"u","context":{"\u0069p":"` + four + `"}}`,
		`{"type":"page","messageId":"5","userId":"u"}`,
		`{"type":"page","messageId":"6","context":{"ip":"` + four + `"}}`, // nobody's
		`{"type":"page","messageId":"7","userId":7,"context":{"ip":"` + six + `"`,
	}
	for how, want := range map[privacy.Addresses][]string{
		privacy.Cut:     {"203.0.113.0", "2001:db8:7::", "198.51.100.0"},
		privacy.Dropped: nil,
		privacy.Whole:   {four, six, socket},
	} {
		sink := &recorder{}
		doors := New(Config{Sink: sink, Keys: keeping{addresses: how}, Clock: func() lead.Time { return received }})
		send := func(method, path, body string) {
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.RemoteAddr = socket + ":1"
			r.Header.Set("X-Write-Key", browserKey)
			doors.ServeHTTP(httptest.NewRecorder(), r)
		}
		for _, m := range messages {
			send("POST", "/v1/page", m)
			send("POST", "/v1/batch", `{"batch":[`+strings.ReplaceAll(m, `"messageId":"`, `"messageId":"b`)+`]}`)
		}
		send("POST", "/v1/batch", `{"context":{"ip":"`+four+`"},"batch":[{"type":"page","messageId":"8","userId":"u"}]}`)
		send("GET", "/v1/pixel/page?writeKey="+browserKey+"&userId=u&messageId=9&context.ip="+four, "")
		send("GET", "/v1/pixel/page?writeKey="+browserKey+"&messageId=10&context.ip="+four, "")

		var kept strings.Builder
		for i := range sink.events {
			e := &sink.events[i]
			kept.Write(e.Body)
			opened := lead.Event{Body: e.Body}
			if err := opened.Open(); err != nil {
				t.Fatal(err)
			}
			if a, b := e.Context["ip"], opened.Context["ip"]; a != b {
				t.Errorf("%s: opened the address is %v, in the body %v", how, a, b)
			}
		}
		for i := range sink.rejects {
			kept.WriteString(sink.rejects[i].Message)
			kept.Write(sink.rejects[i].Body)
		}
		if len(sink.events) < 12 || len(sink.rejects) < 4 {
			t.Fatalf("%s: %d events and %d rejects", how, len(sink.events), len(sink.rejects))
		}
		for _, text := range want {
			if !strings.Contains(kept.String(), text) {
				t.Errorf("%s: %s is not kept in %s", how, text, kept.String())
			}
		}
		if how == privacy.Whole {
			continue
		}
		if strings.Contains(kept.String(), "77") {
			t.Errorf("%s keeps a whole address: %s", how, kept.String())
		}
		if how == privacy.Dropped && strings.Contains(kept.String(), "203.0") {
			t.Errorf("something is left: %s", kept.String())
		}
	}
}
