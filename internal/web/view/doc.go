// Package view renders the pages: templ components, and the structs shaped like
// what they show. A component formats and arranges; it computes nothing of the
// field, reads no store and knows no app. Texts come from package words, by key.
//
// The files *_templ.go are made by go generate.
package view

//go:generate go tool -modfile=../../../tools/go.mod templ generate -lazy

import (
	"context"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/lead"
	"galena/internal/web/asset"
	"galena/internal/web/words"
)

// Frame is what surrounds a page.
type Frame struct {
	Title string
	// Part is which entry of the navigation the page belongs to.
	Part   string
	Crumbs []Crumb
	Wide   bool // the content takes the whole width
	Signed *Signed
	// Company is whose workspace it is.
	Company string
	Theme   string
	// Sheets are styles that the page needs beside app.css, Scripts likewise.
	Sheets, Scripts []string
	Toast           *Toast
	// Query is what the search field holds.
	Query string
	// Narrows has searching narrow down the list that the page shows, while somebody
	// types; Kept is what else the list is asked for.
	Narrows bool
	Kept    []Option
}

// Signed is who looks at the page; nil for a page before the door.
type Signed struct {
	Name, Email string
	Role        access.Role
}

// May says whether the viewer may do something.
func (f *Frame) May(a access.Act) bool { return f.Signed != nil && f.Signed.Role.May(a) }

// Crumb is a page above the present one.
type Crumb struct{ Title, Path string }

// Toast says what became of what was just done.
type Toast struct {
	Text string
	Bad  bool
	// Undo is where a form takes it back; "" where that cannot be done.
	Undo string
}

// Option is one of a list to choose from.
type Option struct {
	Value, Label, Help string
	Chosen             bool
}

// T is a text by its key.
func T(ctx context.Context, key string, args ...any) string { return words.Of(ctx).T(key, args...) }

// N is a text that counts.
func N(ctx context.Context, key string, n int, args ...any) string {
	return words.Of(ctx).N(key, n, args...)
}

func iconAddress(name string) string { return asset.Path("icons.svg") + "#" + name }

// initials are one or two letters for somebody without a picture.
func initials(name string) string {
	var letters []rune
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		letters = append(letters, unicode.ToUpper([]rune(word)[0]))
		if len(letters) == 2 {
			break
		}
	}
	if len(letters) == 0 {
		return "?"
	}
	return string(letters)
}

// iso is a moment for machines.
func iso(t lead.Time) string { return t.String() }

// current marks a link to where one is.
func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// wrong marks a field with which something is wrong that wrongly says, and goes there.
func wrong(field, problem string) templ.Attributes {
	if problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": wrongID(field), "autofocus": true}
}

func wrongID(field string) string { return "wrong-" + field }

// count writes how many there are, with a mark where counting ended early.
func count(ctx context.Context, n int, more bool) string {
	text := words.Of(ctx).Number(n)
	if more {
		text += "+"
	}
	return text
}
