package pages

import (
	"fmt"
	"strings"
	"testing"
)

// The table of leads: search, filters, order, columns, views, the board, and what
// is done to several at once.
func TestLeadList(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/leads")
			b.Wait("document.querySelector('#leads a[data-row]')")
			b.Look("leads")
			if !Eval[bool](b, "[...document.querySelectorAll('#leads td.number')].every(cell => cell.getBoundingClientRect().right <= innerWidth)") {
				t.Error("a score stands beyond the edge of the screen")
			}
			first := b.Text("#leads a[data-row]")

			b.Fill("#search", first[:strings.IndexAny(first, ".@ ")])
			Eval[bool](b, "document.querySelector('form.find').requestSubmit() ?? true")
			b.Wait("location.search.includes('q=')")
			b.Wait("document.querySelector('#leads a[data-row]')")

			// The list follows what is typed, keeps its other filters and gives the focus to
			// nobody else; it keeps itself current afterwards, too.
			b.Go("/leads?stage=SQL&sort=-last_seen")
			Eval[bool](b, "window.staying = true")
			b.Type("#search", "zzzz")
			b.Wait("document.querySelector('#leads .empty') && location.search.includes('q=zzzz')")
			if !Eval[bool](b, "window.staying && document.activeElement.id === 'search' && location.search.includes('stage=SQL')") {
				t.Errorf("having typed one is at %s", Eval[string](b, "location.href"))
			}
			if got := Eval[string](b, "document.getElementById('leads').getAttribute('hx-get')"); !strings.Contains(got, "q=zzzz") {
				t.Errorf("the list is looked at again by %s", got)
			}

			b.Go("/leads?kind=lead&stage=SQL&score%3E=40&sort=-last_seen")
			b.Look("leads-filtered")
			if got := b.Text("#content > .row.wrap > .chip"); !strings.Contains(got, "Stage is SQL") && !strings.Contains(got, "Score at least 40") {
				t.Errorf("the first filter is told as %q", got)
			}
			if Eval[bool](b, "[...document.querySelectorAll('#leads tbody .badge')].some(e => e.innerText !== 'SQL')") {
				t.Error("a list of SQLs has others, too")
			}
			// Of several values of one field any is enough.
			b.Go("/leads?kind=lead&stage=SQL&stage=MQL&country=DE&country=FR")
			b.Look("leads-any")
			if got := b.Text("#content > .row.wrap"); !strings.Contains(got, "or MQL") || !strings.Contains(got, "or FR") {
				t.Errorf("several values are told as %q", got)
			}
			stages := Eval[string](b, "[...new Set([...document.querySelectorAll('#leads tbody .badge')].map(e => e.innerText))].sort().join()")
			if stages != "MQL,SQL" {
				t.Errorf("a list of MQLs and SQLs has %q", stages)
			}
			b.Go("/leads?q=nobody+is+called+this")
			b.Look("leads-none")
			b.Go("/leads?colour=red")
			if !strings.Contains(b.Text("[role=alert]"), "colour") {
				t.Errorf("of a field that is none one reads %q", b.Text("[role=alert]"))
			}
			if got := b.Text("#leads"); strings.Contains(got, "first event") {
				t.Errorf("where a filter is wrong one is told %q", got)
			}

			b.Go("/leads/board")
			b.Look("board")
			if got := Eval[int](b, "document.querySelectorAll('.lane').length"); got != 6 {
				t.Errorf("the board has %d stages", got)
			}
			// It keeps itself current, and leads back to all of the table.
			Eval[bool](b, "document.querySelector('.lane').id = 'old'; document.querySelector('#board').dataset.live = 0; true")
			b.Wait("!document.getElementById('old') && document.querySelectorAll('.lane').length === 6")
			if got := Eval[string](b, "document.querySelector('.head .group a').search"); strings.Contains(got, "limit") {
				t.Errorf("the table is at %s", got)
			}
		})
	}
}

// A view is kept, found again and forgotten; columns are chosen; leads are put into
// a stage together and back.
func TestLeadListActs(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.Enter("marketing")
	b.Go("/leads?kind=lead&stage=Engaged")
	b.Wait("document.querySelector('#leads a[data-row]')")
	b.Click("details:has(#view-name) > summary")
	b.Fill("#view-name", "Warm ones")
	b.Submit("form[action='/leads/views'] button.primary")
	if got := b.Text(".toast"); !strings.Contains(got, "saved") {
		t.Errorf("of the view one is told %q", got)
	}
	b.Go("/leads")
	b.Click("details:has(#view-name) > summary")
	b.Submit("details:has(#view-name) a.menu-item")
	if !strings.Contains(Eval[string](b, "location.search"), "stage=Engaged") {
		t.Errorf("the view leads to %s", Eval[string](b, "location.href"))
	}
	b.Click("details:has(#view-name) > summary")
	b.Submit("form[action='/leads/views/drop'] button")

	b.Click("details:has([name=column]) > summary")
	b.Click("input[name=column][value='attribute.industry']")
	b.Submit("form[action='/leads/columns'] button.primary")
	if got := b.Text("#leads thead"); !strings.Contains(got, "industry") {
		t.Errorf("the columns are %q", got)
	}

	was := Eval[int](b, "document.querySelectorAll('#leads tbody tr').length")
	b.Click("#leads tbody tr:first-child input[data-choose]")
	b.Wait("!document.querySelector('[data-chosen]').hidden")
	b.Shot("leads-chosen")
	b.Fill("#bulk-stage", "MQL")
	b.Submit("button[value=stage]")
	if got := b.Text(".toast"); !strings.Contains(got, "1 lead was put into MQL") {
		t.Errorf("of the move one is told %q", got)
	}
	b.Submit(".toast form button")
	if got := b.Text(".toast"); !strings.Contains(got, "back where") {
		t.Errorf("of the undoing one is told %q", got)
	}
	// The list follows the log within a moment.
	b.until(fmt.Sprintf("fetch(location.href).then(r => r.text()).then(html => html.split(' data-choose ').length === %d)", was+1))
}
