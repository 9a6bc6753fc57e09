package web

import (
	"cmp"
	"strings"

	"galena/internal/app"
)

// nameOf is what to call a lead: the name, the address, whatever is known.
func nameOf(l *app.Lead) string {
	text := func(name string) string { return strings.TrimSpace(l.Attributes[name].String()) }
	if name := cmp.Or(text("name"), strings.TrimSpace(text("first_name")+" "+text("last_name"))); name != "" {
		return name
	}
	for _, known := range [][]string{l.Emails, l.Phones, l.UserIDs} {
		if len(known) > 0 {
			return known[0]
		}
	}
	return l.ID.String()
}

// jobOf says what a lead does and where, as far as it is known.
func jobOf(l *app.Lead) string {
	return jobWords(l.Attributes["title"].String(), cmp.Or(l.Attributes["company"].String(), l.Account))
}

func jobWords(title, company string) string {
	if title != "" && company != "" {
		return title + " · " + company
	}
	return cmp.Or(title, company)
}
