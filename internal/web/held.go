package web

import (
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
		for _, v := range values {
			if shown := heldLabel(name) != ""; shown && len(v) > len(h.Typed.Value) || h.Typed.Value == "" && v != "" {
				h.Typed = view.HeldField{Name: name, Value: v}
			}
			h.Fields = append(h.Fields, view.HeldField{Name: name, Value: v})
		}
	}
	if h.To == "" || h.Typed.Value == "" || len(h.Form) > maxHeld {
		return nil
	}
	slices.SortStableFunc(h.Fields, func(a, b view.HeldField) int { return cmp.Compare(a.Name, b.Name) })
	return h
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
	p := &view.GiveBack{Frame: q.frame("", q.t("door.held.title")), Held: h, Next: next, Label: q.heldName(h.Typed.Name)}
	for _, f := range h.Fields {
		if f != h.Typed && f.Value != "" && heldLabel(f.Name) != "" {
			p.Shown = append(p.Shown, view.HeldField{Name: q.heldName(f.Name), Value: f.Value})
		}
	}
	return q.show(p.Render())
}

// heldLabels are the fields in which people write, by their names in forms, with the
// texts that call them so. Others, such as the revision of a draft, are the page's own.
var heldLabels = map[string]string{
	"base_url": "settings.company.base_url", "currency": "door.setup.currency", "email": "door.setup.email", "language": "settings.you.language",
	"loss": "fading.loss.linear", "mapping": "capture.import.mapping_label", "name": "playbook.draft_name", "note": "playbook.note", "points": "playbook.dial.points",
	"purpose": "lead.form.purpose", "reason": "lead.form.reason", "role": "settings.user.role", "score": "playbook.score", "span": "fading.span.linear",
	"stage": "lead.form.stage", "text": "door.held.typed", "theme": "frame.theme.label", "zone": "door.setup.zone",
}

// heldRows are the fields of a condition's rows, which have the row's number behind them.
var heldRows = map[string]string{
	"about": "condition.about", "cel": "condition.cel", "of": "condition.of", "other": "condition.other", "place": "condition.place", "value": "condition.value", "window": "condition.window",
}

// heldLabel is the text that calls a field so, "" of one in which nobody writes. Values of
// a playbook are called by where they stand in it, and attributes by their names.
func heldLabel(name string) string {
	row, _, numbered := strings.Cut(name, ".")
	switch {
	case heldLabels[name] != "":
		return heldLabels[name]
	case numbered && heldRows[row] != "":
		return heldRows[row]
	case slices.ContainsFunc([]string{"scores.", "stages[", "totals.", "grade.", heldAttribute}, func(p string) bool { return strings.HasPrefix(name, p) }):
		return name
	}
	return ""
}

// heldAttribute is what stands before the names of attributes in forms.
const heldAttribute = "a-"

// heldName is what a field is called for who wrote in it.
func (q *request) heldName(name string) string {
	row, n, numbered := strings.Cut(name, ".")
	label := heldLabel(name)
	switch {
	case label == "":
		return q.t("door.held.typed")
	case label == name:
		return strings.TrimPrefix(name, heldAttribute)
	case numbered && heldRows[row] == label:
		at, _ := strconv.Atoi(n) // 0 is the first, as good as any of none
		return q.t(label, at+1)
	}
	return q.t(label)
}
