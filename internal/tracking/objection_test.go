package tracking

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/privacy"
)

// chosen knows the keys of keyring, in a workspace with a policy.
type chosen struct {
	keyring
	policy privacy.Policy
}

func (c chosen) Policy(context.Context) (privacy.Policy, error) { return c.policy, nil }

func TestObjections(t *testing.T) {
	t.Parallel()
	with := func(o privacy.Objections, idless bool) chosen {
		p := privacy.Default
		p.Objections, p.Idless = o, idless
		return chosen{policy: p}
	}
	usual, unnamed := with(privacy.AllObjections, false), with(privacy.AllObjections, true)
	const gpc, dnt = "Sec-GPC", "DNT"
	for _, c := range []struct {
		what, key, path, body, header string
		keys                          Keys
		user, anonymous               string // of the event; "" for both: none is kept
		refused                       bool
	}{
		{what: "nobody's visit is not kept", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: gpc, keys: usual},
		{what: "nor by the older signal", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: dnt, keys: usual},
		{what: "nor what somebody did", key: browserKey, path: "/v1/track", body: `{"anonymousId":"a","event":"x"}`, header: gpc, keys: usual},
		{what: "nor what has no id, which is no mistake then", key: browserKey, path: "/v1/page", body: `{}`, header: gpc, keys: usual},
		{what: "nor that nobody belongs to a company", key: browserKey, path: "/v1/group", body: `{"anonymousId":"a","groupId":"g"}`, header: gpc, keys: unnamed},
		{what: "nor that two are one", key: browserKey, path: "/v1/alias", body: `{"previousId":"a","userId":"u"}`, header: gpc, keys: usual},
		{what: "an image tells nothing", key: browserKey, path: "/v1/pixel/track?userId=u&event=x", header: gpc, keys: usual},
		{what: "without ids a visit is of the day", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: gpc, keys: unnamed, anonymous: "daily-"},
		{what: "who is named is taken, and what the browser did before not joined", key: browserKey, path: "/v1/track", body: `{"userId":"u","anonymousId":"a","event":"x"}`, header: gpc, keys: unnamed, user: "u"},
		{what: "so is a form that was filled in", key: browserKey, path: "/v1/identify", body: `{"userId":"u","anonymousId":"a","traits":{"email":"ada@corp.example"}}`, header: gpc, keys: usual, user: "u"},
		{what: "also where the browser's id is all there is", key: browserKey, path: "/v1/identify", body: `{"anonymousId":"a","traits":{"email":"ada@corp.example"}}`, header: gpc, keys: usual, anonymous: "a"},
		{what: "a server does not object", key: serverKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: gpc, keys: usual, anonymous: "a"},
		{what: "one signal alone", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: dnt, keys: with(privacy.GPCAlone, false), anonymous: "a"},
		{what: "that one", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: gpc, keys: with(privacy.GPCAlone, false)},
		{what: "no signal", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: gpc, keys: with(privacy.NoObjections, false), anonymous: "a"},
		{what: "whoever chose before there was a choice", key: browserKey, path: "/v1/page", body: `{"anonymousId":"a"}`, header: gpc, keys: with("", false)},
		{what: "of what is wrong the text is not kept", key: browserKey, path: "/v1/track", body: `{"userId":"u","anonymousId":"a"}`, header: gpc, keys: usual, refused: true},
	} {
		sink, passed := &recorder{}, Passage{}
		method := "POST"
		if strings.HasPrefix(c.path, "/v1/pixel/") {
			method = "GET"
		}
		r := httptest.NewRequest(method, c.path, strings.NewReader(c.body))
		r.Header.Set("X-Write-Key", c.key)
		r.Header.Set(c.header, "1")
		w := httptest.NewRecorder()
		New(Config{Sink: sink, Keys: c.keys, Clock: func() lead.Time { return received }, Watch: func(p Passage) { passed = p }}).ServeHTTP(w, r)
		answer := w.Body.String()
		switch {
		case w.Code != 200:
			t.Errorf("%s: answered %d %s", c.what, w.Code, answer)
		case c.refused:
			if len(sink.rejects) != 1 || len(sink.rejects[0].Body) != 0 || !strings.Contains(answer, CodeMissingEvent) {
				t.Errorf("%s: %s, %+v", c.what, answer, sink.rejects)
			}
		case c.user+c.anonymous == "":
			if len(sink.events)+len(sink.rejects) != 0 || passed.Suppressed != 1 || method == "POST" && !strings.Contains(answer, `"suppressed":1`) {
				t.Errorf("%s: %s, %+v", c.what, answer, sink)
			}
		case len(sink.events) != 1 || sink.events[0].UserID != c.user || !strings.HasPrefix(sink.events[0].AnonymousID, c.anonymous) || (c.anonymous == "") != (sink.events[0].AnonymousID == "") || passed.Suppressed != 0:
			t.Errorf("%s: %s, %+v", c.what, answer, sink.events)
		}
	}
}

// What is kept of a visit that is nobody's names nobody in its text either.
func TestObjectionReachesTheText(t *testing.T) {
	t.Parallel()
	p := privacy.Default
	p.Idless = true
	sink := &recorder{}
	r := httptest.NewRequest("POST", "/v1/batch", strings.NewReader(`{"context":{"traits":{"phone":"555"},"device":{"advertisingId":"adv-1"}},"batch":[
		{"type":"page","anonymousId":"anon-1","traits":{"a":"ada-1"},"context":{"traits":{"email":"ada@corp.example"},"page":{"path":"/pricing"}}},
		{"type":"track","event":"x","userId":"u","context":{"traits":{"email":"ada@corp.example"}}}]}`))
	r.Header.Set("X-Write-Key", browserKey)
	r.Header.Set("Sec-GPC", "1")
	New(Config{Sink: sink, Keys: chosen{policy: p}, Clock: func() lead.Time { return received }}).ServeHTTP(httptest.NewRecorder(), r)
	if len(sink.events) != 2 {
		t.Fatalf("taken were %+v", sink.events)
	}
	visit := string(sink.events[0].Body)
	for _, name := range []string{"anon-1", "ada", "555", "adv-1"} {
		if strings.Contains(visit, name) {
			t.Errorf("%q is kept in %s", name, visit)
		}
	}
	if !strings.Contains(visit, "/pricing") {
		t.Errorf("where it was is not kept in %s", visit)
	}
	if named := string(sink.events[1].Body); !strings.Contains(named, "ada@corp.example") {
		t.Errorf("of who is named the text is %s", named)
	}
}
