package tracking

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"galena/internal/lead"
)

// pixelTypes are what an image may say. That somebody is somebody else is not
// among it: whoever can make a mail or a page load an image could say so.
var pixelTypes = map[string]lead.Type{"track": lead.Track, "page": lead.Page}

// blankGIF is one transparent point.
const blankGIF = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + // a screen of two colours
	"!\xf9\x04\x01\x00\x00\x00\x00" + // the first is transparent
	",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

// image is answered whatever became of the event: a broken picture in a mail
// helps nobody.
type image struct{}

func (image) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "image/gif")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.WriteHeader(http.StatusOK)
	w.Write([]byte(blankGIF)) // whoever went away is not told
}

// pixel takes an event from the address of an image. Asking with HEAD, as those
// do who check links, is no event.
func (h *handler) pixel(_ http.ResponseWriter, r *http.Request) answer {
	as, ok := pixelTypes[r.PathValue("type")]
	if !ok || r.Method != http.MethodGet {
		return image{}
	}
	begun := time.Now()
	message, err := pixelMessage(r.URL.Query(), h.limits)
	from, a := h.admit(r, message, door{as: as})
	switch {
	case a != nil:
	case from.Origin != lead.Browser:
		h.log.WarnContext(r.Context(), "a pixel with a secret key was not taken; the key is public now, so make another, and use a browser key in images", "key", from.Source)
		a = keyMayNotSend
	case from.Objects: // it tells what somebody did who was not asked
		a = success{Suppressed: 1}
	case err != nil:
		h.keep(r.Context(), err.Reject(0, []byte(r.URL.RawQuery), from))
		a = err.failure(http.StatusBadRequest)
	default:
		a = h.take(r.Context(), message, from, door{as: as})
	}
	h.passed(a, time.Since(begun)) // the only place where it can be seen
	return image{}
}

// pixelMessage is the message that an image's address carries: JSON in base64, or
// a parameter for each member, with dots before the names of inner members.
func pixelMessage(query url.Values, limits Limits) ([]byte, *Refusal) {
	if data := query.Get("data"); data != "" {
		// Both alphabets, and what a plus becomes in a query.
		data = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/", " ", "+").Replace(data), "=")
		message, err := base64.RawStdEncoding.DecodeString(data)
		if err != nil {
			return nil, refuse(CodeInvalidJSON, "data is not base64")
		}
		return message, nil
	}
	top := branch{}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name == "writeKey" || name == "data" {
			continue
		}
		if strings.Count(name, ".") >= limits.Depth {
			return nil, refuse(CodeTooDeep, "a parameter's name has more than %d dots", limits.Depth)
		}
		if !top.set(strings.Split(name, "."), query.Get(name)) {
			return nil, refuse(CodeInvalidField, "the parameter %.80s is inside of another that is a text", name)
		}
	}
	return top.append(nil), nil
}

// branch is an object whose members are texts and branches.
type branch map[string]any

func (b branch) set(path []string, text string) bool {
	if len(path) == 1 {
		b[path[0]] = text // in the order of names, no branch is there yet
		return true
	}
	if b[path[0]] == nil {
		b[path[0]] = branch{}
	}
	inner, ok := b[path[0]].(branch)
	return ok && inner.set(path[1:], text)
}

func (b branch) append(to []byte) []byte {
	to = append(to, '{')
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if to[len(to)-1] != '{' {
			to = append(to, ',')
		}
		to = append(appendQuoted(to, name), ':')
		switch v := b[name].(type) {
		case string:
			to = appendQuoted(to, v)
		case branch:
			to = v.append(to)
		}
	}
	return append(to, '}')
}

// appendQuoted writes a text as JSON. What is no Unicode stays as it is, for mend
// to find and tell.
func appendQuoted(to []byte, s string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c < ' ':
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}
