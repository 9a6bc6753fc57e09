package web

import (
	"encoding/base64"
	"net/http"
	"strings"

	"galena/internal/lead"
	"galena/internal/web/view"
)

// keysCookie shows the founder's first keys on the page that tells what to do with
// them, and nowhere else: they are not kept on this side.
const (
	keysCookie = "galena-first-keys"
	firstPath  = "/first"
	keysShown  = 15 * 60 // seconds
)

// makeFirstKeys makes a key for browsers and one for servers, and shows them.
func (q *request) makeFirstKeys() error {
	var keys []string
	for _, kind := range []lead.KeyKind{lead.BrowserKey, lead.ServerKey} {
		key, err := q.site.App.CreateKey(q.Context(), kind, q.t("first.key."+string(kind)))
		if err != nil {
			return err
		}
		if err := q.site.Staff.Note(q.Context(), q.user, "key.made", string(kind), q.t("first.key."+string(kind))); err != nil {
			return err
		}
		keys = append(keys, key)
	}
	http.SetCookie(q.w, &http.Cookie{Name: keysCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(strings.Join(keys, " "))), Path: firstPath,
		MaxAge: keysShown, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: q.secure()})
	return q.goTo(firstPath)
}

// firstKeys are the keys that were just made, none if that is long ago.
func (q *request) firstKeys() (browser, server string) {
	c, err := q.Cookie(keysCookie)
	if err != nil {
		return "", ""
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return "", ""
	}
	browser, server, _ = strings.Cut(string(text), " ")
	if !isKey(browser) || !isKey(server) {
		return "", ""
	}
	return browser, server
}

// isKey says whether a text may be a write key: what stands in a script that
// people copy is nothing else.
func isKey(text string) bool {
	return len(text) == 25 && strings.Trim(text, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

func (q *request) firstPage() error {
	p := &view.First{Frame: q.frame("home", q.t("first.title")), Base: q.base()}
	p.BrowserKey, p.ServerKey = q.firstKeys()
	var err error
	if p.Arrival, err = q.lookForFirst(); err != nil {
		return err
	}
	return q.show(p.Render())
}

// arrival is the part of the page that waits.
func (q *request) arrival() error {
	if !q.partial() {
		return q.goTo(firstPath)
	}
	a, err := q.lookForFirst()
	if err != nil {
		return err
	}
	return q.show(a.Render())
}

func (q *request) lookForFirst() (*view.Arrival, error) {
	found, err := q.site.App.Arrival(q.Context())
	if err != nil {
		return nil, err
	}
	a := &view.Arrival{Events: int(found.Events), Rejects: int(found.Rejects)}
	if l := found.Lead; l != nil {
		a.Path, a.Name, a.Job, a.Kind, a.Stage = "/leads/"+l.ID.String(), nameOf(l), jobOf(l), l.Kind, l.Stage
		a.Score = int(found.Score.Rounded())
		for i := range found.Reasons {
			r := &found.Reasons[i]
			a.Reasons = append(a.Reasons, view.Reason{Points: int(r.Points.Rounded()), Words: q.reason(r)})
		}
	}
	return a, nil
}
