package web

import (
	"cmp"
	"fmt"
	"strings"

	"galena/internal/app"
)

// maxName is how many letters of a name are shown where it names somebody; whatever
// is known is among the facts, whole.
const maxName = 120

func clipped(name string) string {
	letters := 0
	for i := range name {
		if letters++; letters > maxName {
			return name[:i] + "…"
		}
	}
	return name
}

// shownName is a name that leads somewhere, and so can be seen and clicked.
func shownName(name string) string {
	if !seen(name) {
		return fmt.Sprintf("%+q", name)
	}
	return clipped(name)
}

// nameOf is what to call a lead: the name, the address, whatever is known and can
// be seen.
func nameOf(l *app.Lead) string {
	text := func(name string) string { return strings.TrimSpace(l.Attributes[name].String()) }
	names := []string{text("name"), text("full_name"), strings.TrimSpace(text("first_name") + " " + text("last_name"))}
	for _, known := range [][]string{l.Emails, l.Phones, l.UserIDs} {
		names = append(names, known[:min(1, len(known))]...)
	}
	for _, name := range names {
		if seen(name) {
			return clipped(name)
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
