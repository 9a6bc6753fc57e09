package pages

import (
	"net/url"
	"strings"
	"testing"

	"galena/internal/kit/cluster"
)

// The main path on PostgreSQL: set up, the first event, its lead, acts on it, a
// version of the playbook, an import.
func TestOnPostgres(t *testing.T) {
	t.Parallel()
	c, welcome := ServeEmpty(t, cluster.URL(t))
	b := Open(t, c.Base, Screens[0])
	b.Go(welcome)
	for field, text := range map[string]string{"#name": "Ada Lovelace", "#email": "ada@engine.example", "#password": "a difference engine", "#company": "Analytical Engines"} {
		b.Fill(field, text)
	}
	b.Submit("form button.primary")
	sendFirst(b, c.Base)
	b.Wait(`document.querySelector('#arrival h2')?.innerText.startsWith('Got it')`)
	b.Submit("#arrival a.primary")
	lead := Eval[string](b, "location.pathname")
	name := b.Text("h1")

	b.Fill("#note", "Called, next year.")
	b.Submit(".note-form button")
	if got := b.Text(".timeline"); !strings.Contains(got, "Called, next year.") {
		t.Errorf("the timeline tells %s", got)
	}
	b.Go(lead + "/stage")
	b.Fill("#f-stage", "Recycled")
	b.Fill("#f-reason", "no budget")
	b.Submit(".lead-form button.primary")
	if got := b.Text(".path [aria-current]"); !strings.HasPrefix(got, "Recycled") {
		t.Errorf("the lead is in %q", got)
	}
	b.until("fetch('/leads?sort=-score').then(r => r.text()).then(html => html.includes('data-row'))")
	b.Go("/leads?sort=-score&q=" + url.QueryEscape(name))
	if got := b.Text("tbody a[data-row]"); got == "" {
		t.Errorf("looking for %q one reads %s", name, b.Text("main"))
	}

	draft := b.Draft("MQL at 70", "")
	b.Go(draft + "/dials")
	b.Fill("[name='stages[2].when#2']", "65")
	b.Submit("form[action$='/dials'] button.primary")
	b.Go(draft + "/proof")
	b.Submit("#preview button.primary")
	b.Wait("document.querySelector('#preview table')")
	b.Go(draft + "/publish")
	b.Fill("#note", "Too many leads were qualified")
	b.Submit("form[action$='/publish'] button.primary")
	if got := b.Text("aside"); !strings.Contains(got, "Too many leads were qualified") {
		t.Errorf("of the version in force one reads %q", got)
	}
	b.Wait("document.querySelector('#sweep')?.innerText.includes('All leads follow')")

	b.Go("/imports")
	choose(b, "fair.csv", "E-mail,Job title,Employees\neve@ferry.example,Head of Growth,60\nno address,,\n")
	b.Submit("form[enctype] button.primary")
	b.Click(`input[value="live"]`)
	b.Submit(`button[value="import"]`)
	b.Wait(`document.querySelector('#state .badge.good')?.innerText === 'Imported'`)
	b.until("fetch('/leads?sort=-score').then(r => r.text()).then(html => html.includes('eve@ferry.example'))")
	b.Go("/rejects")
	if got := b.Text("main"); !strings.Contains(got, "bad_email") {
		t.Errorf("of what was refused one reads %s", got)
	}
}
