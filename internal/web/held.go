package web

import (
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"galena/internal/web/view"
)

// maxHeld bounds what is kept of a form, in bytes as it is written in an address.
// It is sent once more with the sign-in, where each of its marks may take three, and
// must be less than maxForm then.
const maxHeld = 256 << 10

// heldForm is a form that somebody sent whose session had ended: what they typed goes
// to the page where one signs in, and comes back from it. It is kept in these pages
// alone, and sent only when they press a button again, signed in as whoever they are.
// Nil where there is nothing typed to keep, and of forms with passwords.
func (q *request) heldForm() *view.Held {
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")) // scripts add the writing
	if q.Method != http.MethodPost || err != nil || kind != "application/x-www-form-urlencoded" {
		return nil
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, maxForm)
	if q.ParseForm() != nil {
		return nil
	}
	return heldOf(q.URL.RequestURI(), q.PostForm)
}

func heldOf(to string, form url.Values) *view.Held {
	h := &view.Held{To: local(to, ""), Form: form.Encode()}
	for name, values := range form {
		if name == "password" {
			return nil
		}
		h.Typed = cmp.Or(longer(h.Typed, values), h.Typed)
		for _, v := range values {
			h.Fields = append(h.Fields, view.HeldField{Name: name, Value: v})
		}
	}
	if h.To == "" || h.Typed == "" || len(h.Form) > maxHeld {
		return nil
	}
	slices.SortStableFunc(h.Fields, func(a, b view.HeldField) int { return cmp.Compare(a.Name, b.Name) })
	return h
}

// longer is the longest of values, if it is longer than another text.
func longer(than string, values []string) (found string) {
	for _, v := range values {
		if len(v) > len(than) {
			found, than = v, v
		}
	}
	return found
}

// heldAgain is the form that came along with a sign-in, nil if none did.
func (q *request) heldAgain() *view.Held {
	form, err := url.ParseQuery(q.PostFormValue("held"))
	if err != nil || len(form) == 0 {
		return nil
	}
	return heldOf(q.PostFormValue("held_to"), form)
}

// giveBack shows who has just signed in what they were about to send.
func (q *request) giveBack(h *view.Held, next string) error {
	p := &view.GiveBack{Frame: q.frame("", q.t("door.held.title")), Held: h, Next: next}
	return q.show(p.Render())
}
