package pages

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"strings"
	"testing"

	"galena/internal/playbook"
)

// withSegments is the usual playbook with segments.
func withSegments(t *testing.T) []byte {
	t.Helper()
	source, there := playbook.Shipped("default")
	if !there {
		t.Fatal("there is no default playbook")
	}
	return bytes.Replace(source, []byte("\nscores:\n"), []byte(`
segments:
  mid_market: {label: is of a mid-sized company, when: employees >= 50 && employees < 1000}
  german: {label: "is in <Germany>, or says so in a label that goes on for longer than a filter has room on any screen", when: country == "DE"}

scores:
`), 1)
}

const rowCount = "document.querySelectorAll('#leads tbody tr').length"

// People are found by what they did, did not do, when and how often, and by segments:
// in the table, on the board, in files and in saved views.
func TestLeadFilters(t *testing.T) {
	t.Parallel()
	c := ServeUnder(t, withSegments(t), t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/leads?kind=lead&kind=contact")
			b.Wait("document.querySelector('#leads a[data-row]')")
			all := Eval[int](b, rowCount)

			b.Click("details.menu:has(#add_signal) > summary")
			b.Look("filters-open")
			b.Fill("#add_signal", "demo_request")
			b.Fill("[name=add_when]", "90d")
			b.Submit("form:has(#add_signal) button")
			if got := b.Text("#content .chip:not(.plain)"); got != "in the last 90 days: requested a demo" {
				t.Errorf("the filter is told as %q", got)
			}
			if got := Eval[string](b, "location.search"); got != "?kind=lead&kind=contact&signal=demo_request+90d" {
				t.Errorf("the list is at %s", got)
			}
			did := Eval[int](b, rowCount)
			if did == 0 || did >= all {
				t.Errorf("%d of %d requested a demo in 90 days", did, all)
			}
			b.Click("details.menu:has(#add_signal) > summary")
			b.Fill("#add_segment", "german")
			b.Fill("[name=add_in]", "no")
			b.Submit("form:has(#add_segment) button")
			b.Look("filters-signal-segment")
			if got := b.Text("#content .chip:not(.plain)"); !strings.HasPrefix(got, "not in segment: is in <Germany>") {
				t.Errorf("the segment is told as %q", got)
			}
			if got := Eval[int](b, rowCount); got > did || got == 0 {
				t.Errorf("of %d who requested a demo %d are not in the segment", did, got)
			}
			b.Submit("#content .chip:nth-of-type(2) a")
			if got := Eval[string](b, "location.search"); strings.Contains(got, "signal") || !strings.Contains(got, "segment%21=german") {
				t.Errorf("without the signal the list is at %s", got)
			}
			b.Go("/leads/board?signal=pricing_visit+2x&segment=mid_market")
			b.Look("filters-board")
			if got := b.Text("#content .chip"); got != "in segment: is of a mid-sized company" {
				t.Errorf("the board tells %q", got)
			}
			b.Go("/leads/board?signal=nothing")
			if got := b.Text("[role=alert]"); !strings.Contains(got, `the playbook has no signal "nothing"`) {
				t.Errorf("of a signal that is none the board says %q", got)
			}
			b.Go("/leads?segment=nobodys")
			b.Look("filters-wrong")
			if got := b.Text("[role=alert]"); !strings.Contains(got, `the playbook has no segment "nobodys". It has mid_market, german.`) {
				t.Errorf("of a segment that is none one reads %q", got)
			}
			b.Go("/leads?stage=Nope")
			if got := b.Text("[role=alert]"); !strings.Contains(got, `There is no stage "Nope". There are Lead, Engaged,`) {
				t.Errorf("of a stage that is none one reads %q", got)
			}
		})
	}
}

// A list by signals is saved, acted on and written to a file like any other.
func TestLeadFilterActs(t *testing.T) {
	t.Parallel()
	c := ServeUnder(t, withSegments(t), t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.Enter("marketing")
	list := "/leads?" + url.Values{"kind": {"lead"}, "signal": {"pricing_visit 2x"}, "signal!": {"demo_request 30d"}, "segment": {"mid_market"}}.Encode()
	b.Go(list)
	b.Wait("document.querySelector('#leads a[data-row]')")
	found := Eval[int](b, rowCount)

	b.Click("details:has(#view-name) > summary")
	b.Fill("#view-name", "Looked, did not ask")
	b.Submit("form[action='/leads/views'] button.primary")
	b.Go("/leads")
	b.Click("details:has(#view-name) > summary")
	b.Submit("details:has(#view-name) a.menu-item")
	if got := Eval[int](b, rowCount); got != found || got == 0 {
		t.Errorf("the saved view has %d people, the list had %d", got, found)
	}

	file := Eval[string](b, "fetch(document.querySelector(\"form[action^='/leads/export']\").action, {method: 'POST'}).then(r => r.text())")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != found+1 {
		t.Errorf("the file has %d rows and a heading, the list %d (%v)", len(rows)-1, found, err)
	}

	b.Click("#leads tbody tr:first-child input[data-choose]")
	b.Wait("!document.querySelector('[data-chosen]').hidden")
	b.Fill("#bulk-stage", "MQL")
	b.Submit("button[value=stage]")
	if got := b.Text(".toast"); !strings.Contains(got, "put into MQL") {
		t.Errorf("of the move one is told %q", got)
	}
	if got := Eval[string](b, "location.search"); !strings.Contains(got, "signal%21=demo_request+30d") {
		t.Errorf("after it one is at %s", got)
	}
	b.Submit(".toast form button")
}
