package rule

import (
	"testing"

	"galena/internal/lead"
)

func opened(t testing.TB, e lead.Event, body string) *lead.Event {
	t.Helper()
	e.Body = []byte(body)
	if err := e.Open(); err != nil {
		t.Fatal(err)
	}
	return &e
}

// TestOnEvent evaluates conditions on one track event.
func TestOnEvent(t *testing.T) {
	t.Parallel()
	e := opened(t, lead.Event{Type: lead.Track, Name: "Demo Requested"}, `{
		"properties": {"plan": "Team", "seats": 12, "trial": true, "nothing": null, "empty": "",
			"a b": {"c": [1, "two", null]}, "tags": ["x", 2, null], "id": "12",
			"items": [{"sku": "A1", "price": 10}, {"sku": "B2"}]},
		"traits": {"plan": "Team"},
		"context": {"page": {"url": "https://corp.example/pricing/team?utm_source=News+Letter&utm_medium=&utm_campaign=a%20b#x", "title": "Pricing"}, "ip": "192.0.2.1"}}`)
	tests := []struct {
		text   string
		want   Truth
		native bool
	}{
		{`type == "track" && name == "Demo Requested"`, True, true},
		{`name.lowerAscii().startsWith("demo")`, True, true},
		{`type in ["page", "screen"]`, False, true},

		{`properties.plan == "Team"`, True, true},
		{`properties["plan"] != "Team"`, False, true},
		{`properties.seats == 12`, True, true},
		{`12 == properties.seats`, True, true},
		{`properties.seats in [1, 12]`, True, true},
		{`properties.seats >= 12.5`, False, true},
		{`properties.seats * 2 > 20`, True, false},
		{`properties.trial`, True, true},
		{`!properties.trial`, False, true},
		{`properties.trial == false`, False, true},
		{`properties.plan`, Unknown, true},
		{`properties.plan || true`, True, true},
		{`properties.empty == ""`, True, true},
		{`properties["a b"].c[0] == 1`, True, false},
		{`properties["a b"].d == 1`, Unknown, true},
		{`properties.plan == traits.plan`, True, false},

		// What is of another kind is not compared.
		{`properties.id == 12`, Unknown, true},
		{`properties.id != 12`, Unknown, true},
		{`properties.seats == "12"`, Unknown, true},
		{`properties.seats < "2"`, Unknown, true},
		{`properties.trial > 0`, Unknown, true},
		{`properties.seats.startsWith("1")`, Unknown, true},
		{`properties.seats == traits.plan`, Unknown, false},
		{`properties.plan in [1, 2]`, Unknown, true},
		{`properties.plan in [1, "Team"]`, True, false},
		{`properties.plan in [1, "Free"]`, Unknown, false},

		// What is missing is unknown, and has tells so.
		{`properties.absent == "x"`, Unknown, true},
		{`properties.absent != "x"`, Unknown, true},
		{`properties.plan.deeper == "x"`, Unknown, true},
		{`has(properties.absent)`, False, true},
		{`has(properties.plan)`, True, true},
		{`has(properties.nothing)`, True, true},
		{`has(properties.absent.deeper)`, Unknown, true},
		{`has(properties.plan.deeper)`, False, true},
		{`has(properties.nothing.deeper)`, False, true},
		{`has(properties.tags.deeper)`, Unknown, true},
		{`has(properties["a b"].c)`, True, true},
		{`!has(properties.absent) || properties.absent > 5`, True, true},

		// Null is a kind of its own.
		{`properties.nothing == null`, True, true},
		{`null != properties.nothing`, False, true},
		{`properties.plan == null`, False, true},
		{`properties.absent == null`, Unknown, true},
		{`properties.nothing == "x"`, Unknown, true},
		{`properties.nothing != "x"`, Unknown, true},
		{`properties.nothing == properties.nothing`, Unknown, false},
		{`properties.nothing in ["x"]`, Unknown, true},

		{`"x" in properties.tags`, True, false},
		{`2 in properties.tags`, True, false},
		{`"y" in properties.tags`, Unknown, false},
		{`"plan" in properties`, True, false},
		{`"plam" in properties`, False, false},
		{`properties.items.exists(i, i.price * 2 > 15)`, True, false},
		{`properties.items.all(i, i.sku.matches("^[A-Z][0-9]$"))`, True, false},
		{`properties.items.all(i, i.price > 1)`, Unknown, false},
		{`properties.items.exists(i, i.price > 100)`, Unknown, false},
		{`size(properties.items) == 2`, True, false},
		{`properties.tags == ["x", 2, null]`, True, false},

		{`page.path == "/pricing/team"`, True, true},
		{`page["path"].startsWith("/pricing")`, True, true},
		{`has(page.path) && !has(page.referrer)`, True, true},
		{`page.path != null`, True, true},
		{`has(page.path.x)`, False, true},
		{`page.title == "Pricing"`, True, true},
		{`campaign.source == "News Letter"`, True, true},
		{`campaign.name == "a b"`, True, true},
		{`has(campaign.medium)`, False, true},
		{`campaign.other == "x"`, Unknown, true},
		{`size(campaign) == 2 && size(page) == 3`, True, false},
		{`context.ip.startsWith("192.0.2.")`, True, true},
	}
	for _, test := range tests {
		x := mustCompile(t, events, test.text)
		if got := x.OnEvent(e); got != test.want {
			t.Errorf("%s: %v, want %v", test.text, got, test.want)
		}
		if got := x.OnEventByCEL(e); got != test.want {
			t.Errorf("%s by CEL: %v, want %v", test.text, got, test.want)
		}
		if x.Native() != test.native {
			t.Errorf("%s: native %v, want %v", test.text, x.Native(), test.native)
		}
	}
}

func TestPageOfAPageEventIsItsProperties(t *testing.T) {
	t.Parallel()
	tests := []struct {
		what string
		typ  lead.Type
		body string
		text string
		want Truth
	}{
		{"properties of a page event", lead.Page, `{"properties": {"path": "/a"}, "context": {"page": {"path": "/b"}}}`, `page.path == "/a"`, True},
		{"context of a track event", lead.Track, `{"properties": {"path": "/a"}, "context": {"page": {"path": "/b"}}}`, `page.path == "/b"`, True},
		{"no context", lead.Track, `{}`, `page.path == "/b"`, Unknown},
		{"no page", lead.Track, `{"context": {}}`, `has(page.path)`, False},
		{"page that is none", lead.Track, `{"context": {"page": "x"}}`, `has(page.path)`, False},
		{"sent path wins", lead.Page, `{"properties": {"path": "/a", "url": "https://x.example/b"}}`, `page.path == "/a"`, True},
		{"sent null is sent", lead.Page, `{"properties": {"path": null, "url": "https://x.example/b"}}`, `page.path == null`, True},
		{"campaign of the context wins", lead.Page, `{"properties": {"url": "https://x.example/?utm_source=a"}, "context": {"campaign": {"source": "b"}}}`, `campaign.source == "b"`, True},
		{"campaign without address", lead.Page, `{"properties": {}}`, `campaign.source == "b"`, Unknown},
		{"nothing at all", lead.Page, ``, `has(campaign.source) || has(page.path) || has(properties.x)`, False},
	}
	for _, test := range tests {
		e := opened(t, lead.Event{Type: test.typ}, test.body)
		x := mustCompile(t, events, test.text)
		if got := x.OnEvent(e); got != test.want {
			t.Errorf("%s: %s is %v, want %v", test.what, test.text, got, test.want)
		}
		if got := x.OnEventByCEL(e); got != test.want {
			t.Errorf("%s: %s by CEL is %v, want %v", test.what, test.text, got, test.want)
		}
	}
}

func TestPathOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		address, want string
		ok            bool
	}{
		{"https://corp.example/a/b?c=/d#e", "/a/b", true},
		{"https://corp.example", "/", true},
		{"https://corp.example?x=1", "/", true},
		{"/a?b://c", "/a", true},
		{"/a%20b", "/a%20b", true},
		{"https://", "/", false},
		{"a/b", "a/b", false},
		{"", "", false},
	}
	for _, test := range tests {
		got, ok := pathOf(test.address)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%q: %q, %v", test.address, got, ok)
		}
	}
}

func TestQueryParameter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		address, want string
	}{
		{"https://x.example/?utm_source=a&utm_source=b", "a"},
		{"https://x.example/?xutm_source=a&utm_source=b", "b"},
		{"https://x.example/?utm_source=a%2Bb+c", "a+b c"},
		{"https://x.example/?utm_source=100%", "100%"},
		{"https://x.example/?utm_source", ""},
		{"https://x.example/#?utm_source=a", ""},
		{"https://x.example/", ""},
	}
	for _, test := range tests {
		got, ok := queryParameter(test.address, "utm_source")
		if got != test.want || ok != (test.want != "") {
			t.Errorf("%q: %q, %v", test.address, got, ok)
		}
	}
}
