package rule

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// What conditions do not read may go: they say the same of what is kept. And
// events of the same text are the same to them.
func TestConditionsNeedOnlyWhatTheyRead(t *testing.T) {
	t.Parallel()
	events := ForEvents()
	rapid.Check(t, func(t *rapid.T) {
		w := writer{t}
		conditions := w.conditions(events, w.eventLeaf)
		said := map[string][]Truth{}
		for range perRun {
			e := w.event()
			reads := ReadsOf(e.Type, readers(conditions)...)
			kept := reads.Keep(e)
			text := string(reads.Append(nil, e))
			if again := string(reads.Append(nil, &kept)); again != text {
				t.Fatalf("of %+v\n%q is read, of what is kept, %+v,\n%q", e, text, kept, again)
			}
			closed := *e
			if parts := reads.Parts(); parts&lead.PartProperties == 0 {
				closed.Properties = nil
			} else if parts&lead.PartContext == 0 {
				closed.Context = nil
			}
			if again := string(reads.Append(nil, &closed)); again != text {
				t.Fatalf("of %+v\n%q is read, of the parts that it takes\n%q", e, text, again)
			}
			var all []Truth
			for _, x := range conditions {
				got, want := x.OnEvent(&kept), x.OnEvent(e)
				if got != want {
					t.Fatalf("%s\non %+v\nis %v, on what is kept of it, %+v,\n%v", x.Text(), e, want, kept, got)
				}
				all = append(all, got)
			}
			if before, ok := said[text]; ok && !reflect.DeepEqual(before, all) {
				t.Fatalf("%q is said to be read of two events that differ", text)
			}
			said[text] = all
		}
	})
}

func condition(t *testing.T, text string) *Expr {
	t.Helper()
	x, problems := ForEvents().Compile(text)
	if x == nil {
		t.Fatal(problems)
	}
	return x
}

func TestReads(t *testing.T) {
	t.Parallel()
	e := opened(t, lead.Event{Type: lead.Track, Name: "Paid"}, `{
		"properties": {"plan": "team", "seats": 12, "items": [{"sku": "A"}]},
		"context": {"ip": "192.0.2.1", "page": {"url": "https://corp.example/pricing?utm_source=x", "title": "Pricing"}}}`)
	for _, c := range []struct {
		text string
		keep lead.Event
	}{
		{`properties.plan == "team"`, lead.Event{Properties: map[string]any{"plan": "team"}}},
		{`properties.items.exists(i, i.sku == "A") && has(properties.seats)`, lead.Event{Properties: map[string]any{"seats": 12.0, "items": e.Properties["items"]}}},
		{`size(properties) > 2`, lead.Event{Properties: e.Properties}},
		{`name == "Paid"`, lead.Event{}},
		{`page.title == "Pricing"`, lead.Event{Context: map[string]any{"page": map[string]any{"title": "Pricing"}}}},
		{`page.path == "/pricing"`, lead.Event{Context: map[string]any{"page": map[string]any{"url": "https://corp.example/pricing?utm_source=x"}}}},
	} {
		c.keep.Type, c.keep.Name = e.Type, e.Name
		if got := ReadsOf(lead.Track, condition(t, c.text)).Keep(e); !reflect.DeepEqual(got, c.keep) {
			t.Errorf("%s keeps\n%+v, want\n%+v", c.text, got, c.keep)
		}
	}
}

func TestReadsCover(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		have, ask string
		want      bool
	}{
		{`properties.a == 1`, `properties.a > 5`, true},
		{`properties.a == 1`, `properties.a.b > 5`, true},
		{`properties.a.b == 1`, `properties.a > 5`, false},
		{`properties.a == 1`, `properties.b == 1`, false},
		{`size(properties) > 1`, `properties.b == 1`, true},
		{`page.title == "x"`, `page.path == "/"`, false},
		{`campaign.source == "x"`, `campaign.source == "y"`, true},
		{`context.campaign.source == "x"`, `campaign.source == "y"`, false},
	} {
		have, ask := ReadsOf(lead.Track, condition(t, c.have)), ReadsOf(lead.Track, (*Expr)(nil), condition(t, c.ask))
		if got := have.Covers(ask); got != c.want {
			t.Errorf("what %s reads covers %s: %v", c.have, c.ask, got)
		}
		if both := ReadsOf(lead.Track, condition(t, c.have), condition(t, c.ask)); !both.Covers(have) || !both.Covers(ask) {
			t.Errorf("%s and %s together cover not both", c.have, c.ask)
		}
	}
}

func readers(conditions []*Expr) []Reader {
	all := make([]Reader, len(conditions))
	for i, x := range conditions {
		all[i] = x
	}
	return all
}
