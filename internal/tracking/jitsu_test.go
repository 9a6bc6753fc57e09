package tracking

import (
	"strings"
	"testing"
)

func TestJitsu(t *testing.T) {
	t.Parallel()
	const page = `{"type":"page","properties":{"name":"Pricing","path":"/pricing"},"anonymousId":"a","userId":null,"groupId":null,
		"messageId":"m","writeKey":"***","timestamp":"2026-01-01T00:00:00.000Z","sentAt":"2026-01-01T00:00:00.000Z","context":{"page":{"path":"/pricing"}}}`
	sink := &recorder{}
	w := call(face(sink), "POST", "/api/s/page", page, "X-Write-Key", browserKey)
	if w.Code != 200 || strings.Contains(w.Body.String(), "destinations") || !strings.HasPrefix(w.Body.String(), `{"success":true,`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(sink.events) != 1 || sink.events[0].Name != "Pricing" || sink.events[0].AnonymousID != "a" || sink.events[0].Source != 1 {
		t.Fatalf("landed %+v", sink.events)
	}
	if body := string(sink.events[0].Body); strings.Contains(body, "writeKey") || !strings.Contains(body, `"name":"Pricing"`) {
		t.Errorf("kept %s", body)
	}
}

// The name of a page in its properties counts where the page has no other.
func TestNameInProperties(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"userId":"u","name":"A","properties":{"name":"B"}}`:  "A",
		`{"userId":"u","name":"","properties":{"name":"B"}}`:   "B",
		`{"userId":"u","name":null,"properties":{"name":"B"}}`: "B",
		`{"userId":"u","properties":{"name":7}}`:               "",
		`{"userId":"u","properties":{"event":"B"}}`:            "",
	} {
		for _, path := range []string{"/v1/page", "/v1/screen"} {
			sink := &recorder{}
			call(face(sink), "POST", path, raw, "X-Write-Key", serverKey)
			if len(sink.events) != 1 || sink.events[0].Name != want {
				t.Errorf("%s %s: %+v, rejects %v", path, raw, sink.events, sink.rejects)
			}
		}
	}
	long := `{"userId":"u","properties":{"name":"` + strings.Repeat("x", 8<<10+1) + `"}}`
	sink := &recorder{}
	call(face(sink), "POST", "/v1/page", long, "X-Write-Key", serverKey)
	if len(sink.rejects) != 1 || sink.rejects[0].Code != CodeTextTooLong || !strings.HasPrefix(sink.rejects[0].Message, "properties.name has") {
		t.Errorf("%+v", sink.rejects)
	}
}
