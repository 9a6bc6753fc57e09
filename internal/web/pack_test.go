package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"galena/internal/access"
)

// A browser that takes gzip gets the same page as one that does not.
func TestPagesArePacked(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	plain := h.ask("GET", "/leads", h.tokens[access.Viewer], nil)
	packed := h.ask("GET", "/leads", h.tokens[access.Viewer], nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip") })
	if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("The encodings are %q and %q.", plain.Header().Get("Content-Encoding"), packed.Header().Get("Content-Encoding"))
	}
	if 2*packed.Body.Len() > plain.Body.Len() {
		t.Errorf("%d bytes became %d.", plain.Body.Len(), packed.Body.Len())
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != plain.Body.String() {
		t.Errorf("Unpacked it is another page (%v):\n%s", err, text)
	}
}
