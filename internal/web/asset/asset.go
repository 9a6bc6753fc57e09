// Package asset holds what pages load beside their HTML: styles, script, icons
// and a font, made by make assets and served under names that change with the
// content. It knows no page.
package asset

import (
	"embed"
	"encoding/json"
	"net/http"
	"path"
	"strings"
)

//go:embed all:built
var files embed.FS

// names tells which file stands for which name.
var names = func() map[string]string {
	found := map[string]string{}
	if text, err := files.ReadFile("built/names.json"); err == nil {
		_ = json.Unmarshal(text, &found) // of our own making
	}
	return found
}()

// Prefix is where Handler serves.
const Prefix = "/assets/"

// Built says whether make assets was run before the program was compiled.
// Without it pages have their words and nothing else.
func Built() bool { return len(names) > 0 }

// Path is the address of a file by its plain name, such as app.css.
func Path(name string) string { return Prefix + names[name] }

// types are those of what is built; the system's own table differs by machine.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
}

// Handler serves the files, for ever: another content has another name.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		content, err := files.ReadFile("built/" + name)
		if err != nil || r.URL.Path != Prefix+name || strings.HasSuffix(name, ".json") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".gz") {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", types[path.Ext(name)])
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Encoding")
		if packed, err := files.ReadFile("built/" + name + ".gz"); err == nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			content = packed
		}
		_, _ = w.Write(content) // the peer may be gone
	})
}
