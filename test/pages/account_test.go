package pages

import "testing"

// Companies: the list, its search, one of them with its people.
func TestAccounts(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("sales")
			b.Go("/accounts")
			b.Look("accounts")
			first := b.Text("#accounts a[data-row]")
			if first == "" {
				t.Fatal("no company is listed")
			}
			b.Fill("#find", "no such company")
			b.Wait("document.querySelector('#accounts .empty')")
			b.Fill("#find", first)
			b.Wait("document.querySelectorAll('#accounts a[data-row]').length === 1")
			b.Submit("#accounts a[data-row]")
			if got := b.Text("h1"); got != first {
				t.Errorf("the page of %s is of %q", first, got)
			}
			if b.Text(".timeline") == "" || !b.Has("td a[data-row]") {
				t.Error("the company has no people, or they did nothing")
			}
			b.Look("account")
			b.Go("/account?name=nobody.example")
			b.Forgive("404")
			b.Look("account-missing")
		})
	}
}
