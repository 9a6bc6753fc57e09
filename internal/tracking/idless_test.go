package tracking

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/privacy"
)

// idless knows the keys of keyring, in a workspace that takes what names nobody. Its
// salt is that of the day.
type idless struct{ keyring }

func (idless) Policy(context.Context) (privacy.Policy, error) {
	return privacy.Policy{Addresses: privacy.Cut, Idless: true}, nil
}

func (idless) Salt(_ context.Context, at lead.Time) ([]byte, error) {
	return []byte(at.UTC().Format("2006-01-02")), nil
}

func TestWhatNamesNobody(t *testing.T) {
	t.Parallel()
	type passer struct{ key, socket, browser, origin, referer string }
	ada := passer{browserKey, "203.0.113.7:1", "Firefox", "https://corp.example", ""}
	with := func(change func(*passer)) passer {
		p := ada
		change(&p)
		return p
	}
	send := func(keys Keys, path, body string, now lead.Time, from passer) (*recorder, string) {
		sink := &recorder{}
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.RemoteAddr = from.socket
		for name, value := range map[string]string{"X-Write-Key": from.key, "User-Agent": from.browser, "Origin": from.origin, "Referer": from.referer} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		New(Config{Sink: sink, Keys: keys, Clock: func() lead.Time { return now }}).ServeHTTP(w, r)
		return sink, w.Body.String()
	}
	id := func(now lead.Time, from passer) string {
		sink, answer := send(idless{}, "/v1/page", `{}`, now, from)
		if len(sink.events) != 1 {
			t.Fatalf("%+v was answered %s", from, answer)
		}
		e := &sink.events[0]
		if strings.Contains(string(e.Body), "203.0.113.7") {
			t.Errorf("the address is kept in %s", e.Body)
		}
		return e.AnonymousID
	}
	first := id(received, ada)
	if !strings.HasPrefix(first, "daily-") || len(first) != len("daily-")+32 {
		t.Errorf("the id is %q", first)
	}
	if again := id(received+1, ada); again != first {
		t.Errorf("a moment later the id is %q, was %q", again, first)
	}
	if again := id(received, with(func(p *passer) { p.origin, p.referer = "", "https://corp.example/pricing" })); again != first {
		t.Errorf("by the page that it came from the id is %q, was %q", again, first)
	}
	seen := map[string]string{first: "the first"}
	for what, other := range map[string]string{
		"another day":     id(received+lead.Time(lead.Day), ada),
		"another address": id(received, with(func(p *passer) { p.socket = "203.0.113.8:1" })),
		"another browser": id(received, with(func(p *passer) { p.browser = "Chromium" })),
		"another site":    id(received, with(func(p *passer) { p.origin = "https://other.example" })),
	} {
		if seen[other] != "" {
			t.Errorf("%s has the id of %s", what, seen[other])
		}
		seen[other] = what
	}

	for _, c := range []struct {
		what, path, body string
		keys             Keys
		from             passer
		user, anonymous  string // "" for both: refused
	}{
		{"what has an id keeps it", "/v1/page", `{"anonymousId":"a"}`, idless{}, ada, "", "a"},
		{"who is named gets no other id", "/v1/track", `{"userId":"u","event":"x"}`, idless{}, ada, "u", ""},
		{"an identify needs an id", "/v1/identify", `{"traits":{"email":"ada@corp.example"}}`, idless{}, ada, "", ""},
		{"a group needs an id", "/v1/group", `{"groupId":"g"}`, idless{}, ada, "", ""},
		{"a server names people", "/v1/page", `{}`, idless{}, with(func(p *passer) { p.key = serverKey }), "", ""},
		{"who has no address is nobody", "/v1/page", `{}`, idless{}, with(func(p *passer) { p.socket = "@" }), "", ""},
		{"turned off", "/v1/page", `{}`, keyring{}, ada, "", ""},
	} {
		sink, answer := send(c.keys, c.path, c.body, received, c.from)
		switch {
		case c.user+c.anonymous == "":
			if len(sink.events) != 0 || !strings.Contains(answer, CodeNoID) {
				t.Errorf("%s: %s", c.what, answer)
			}
		case len(sink.events) != 1 || sink.events[0].UserID != c.user || sink.events[0].AnonymousID != c.anonymous:
			t.Errorf("%s: %s, %+v", c.what, answer, sink.events)
		}
	}
	if _, answer := send(keyring{}, "/v1/page", `{}`, received, ada); !strings.Contains(answer, "Settings, Privacy") {
		t.Errorf("turned off it is not told how to turn it on: %s", answer)
	}
	if sink, answer := send(idless{}, "/v1/batch", `{"batch":[{"type":"page"},{"type":"track","event":"x"}]}`, received, ada); len(sink.events) != 2 || sink.events[0].AnonymousID != sink.events[1].AnonymousID || sink.events[0].AnonymousID != first {
		t.Errorf("a batch: %s", answer)
	}
}
