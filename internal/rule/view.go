package rule

import (
	"maps"
	"net/url"
	"strings"

	"galena/internal/lead"
)

// root is a map that the scope of an event can read.
type root uint8

const (
	propertiesRoot root = iota
	traitsRoot
	contextRoot
	pageRoot
	campaignRoot
)

var roots = map[string]root{
	"properties": propertiesRoot,
	"traits":     traitsRoot,
	"context":    contextRoot,
	"page":       pageRoot,
	"campaign":   campaignRoot,
}

// sent is the map that the event carries; nil if it has none.
func (r root) sent(e *lead.Event) map[string]any {
	switch r {
	case propertiesRoot:
		return e.Properties
	case traitsRoot:
		return e.Traits
	case contextRoot:
		return e.Context
	case pageRoot:
		if e.Type == lead.Page {
			return e.Properties
		}
		m, _ := e.Context["page"].(map[string]any)
		return m
	default:
		m, _ := e.Context["campaign"].(map[string]any)
		return m
	}
}

// derived is an entry that is not sent but follows from the page's address. It
// is apart from sent so that reading it puts no text in an interface.
func (r root) derived(e *lead.Event, key string) (string, bool) {
	switch {
	case r == pageRoot && key == "path":
		if m := pageRoot.sent(e); !contains(m, key) {
			return pathOf(address(m))
		}
	case r == campaignRoot && campaignRoot.sent(e) == nil:
		for _, k := range campaignKeys {
			if k.name == key {
				return queryParameter(address(pageRoot.sent(e)), k.parameter)
			}
		}
	}
	return "", false
}

// whole is all of a root, as CEL sees it.
func (r root) whole(e *lead.Event) map[string]any {
	m := r.sent(e)
	var added map[string]any
	add := func(key string) {
		if text, ok := r.derived(e, key); ok {
			if added == nil {
				added = maps.Clone(m)
			}
			if added == nil {
				added = map[string]any{}
			}
			added[key] = text
		}
	}
	switch r {
	case pageRoot:
		add("path")
	case campaignRoot:
		for _, k := range campaignKeys {
			add(k.name)
		}
	}
	if added != nil {
		return added
	}
	return m
}

func contains(m map[string]any, key string) bool {
	_, ok := m[key]
	return ok
}

func address(page map[string]any) string {
	text, _ := page["url"].(string)
	return text
}

// pathOf is the path of an address, as a browser tells it: with its escapes, and
// "/" for the empty one.
func pathOf(address string) (string, bool) {
	rest := address
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	if _, after, ok := strings.Cut(rest, "://"); ok {
		slash := strings.IndexByte(after, '/')
		if slash < 0 {
			return "/", after != ""
		}
		return after[slash:], true
	}
	return rest, strings.HasPrefix(rest, "/")
}

var campaignKeys = []struct{ name, parameter string }{
	{"source", "utm_source"},
	{"medium", "utm_medium"},
	{"name", "utm_campaign"},
	{"term", "utm_term"},
	{"content", "utm_content"},
}

// queryParameter is the first value of a parameter in an address; an empty one
// is none.
func queryParameter(address, name string) (string, bool) {
	if i := strings.IndexByte(address, '#'); i >= 0 {
		address = address[:i]
	}
	_, query, _ := strings.Cut(address, "?")
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		if key != name {
			continue
		}
		if strings.ContainsAny(value, "%+") {
			if decoded, err := url.QueryUnescape(value); err == nil {
				value = decoded
			}
		}
		return value, value != ""
	}
	return "", false
}

// CampaignOf and PageOf are what conditions read of an event as campaign and page.
// The event must be open; what is returned is not to be changed.
func CampaignOf(e *lead.Event) map[string]any { return campaignRoot.whole(e) }
func PageOf(e *lead.Event) map[string]any     { return pageRoot.whole(e) }
