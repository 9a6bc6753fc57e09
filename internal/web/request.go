package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-json-experiment/json"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/staff"
	"galena/internal/web/view"
	"galena/internal/web/words"
)

// request is one request with all that a handler asks about it.
type request struct {
	*http.Request
	site    *Site
	w       http.ResponseWriter
	route   Route
	user    *staff.User    // nil before the door
	session *staff.Session // likewise
	company staff.Company
	voice   *words.Voice
}

// t is a text by its key.
func (q *request) t(key string, args ...any) string { return q.voice.T(key, args...) }

// fault is what may be shown of an error, in the language of whoever reads where that
// is known, with numbers and moments as they are written there.
func (q *request) fault(err error) string { return q.voice.Say(fault.Said(err)) }

// partial says that htmx asks for a part of a page, which it puts into the one
// that is there.
func (q *request) partial() bool {
	return q.Header.Get("HX-Request") == "true" && q.Header.Get("HX-Request-Type") != "full" && q.Header.Get("HX-Boosted") != "true"
}

// show answers with a component.
func (q *request) show(c templ.Component) error { return q.showAs(http.StatusOK, c) }

func (q *request) showAs(status int, c templ.Component) error {
	var page bytes.Buffer
	if err := c.Render(view.WithTones(words.With(q.Context(), q.voice), q.tones()), &page); err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "HX-Request, HX-Request-Type, Cookie, Accept-Language, Accept-Encoding")
	// The peer may be gone; there is nobody to tell.
	err := q.packed(status, func(w io.Writer) error {
		_, err := w.Write(visible(page.Bytes()))
		return err
	})
	if err != nil && q.Context().Err() == nil {
		q.site.Logger.Debug("a page was not written", "path", q.route.Pattern, "error", err)
	}
	return nil
}

// tones are the colours of the stages of the playbook in force; none while a backup
// takes the place of the workspace.
func (q *request) tones() view.Tones {
	if q.site.App == nil {
		return nil
	}
	stages := q.site.App.Plan().Stages
	rungs := make([]view.Rung, len(stages))
	for i := range stages {
		rungs[i] = view.Rung{Name: stages[i].Name, Role: stages[i].Role, Exit: stages[i].Exit}
	}
	return view.TonesOf(rungs)
}

// again shows a form another time, with what is wrong with it. What is nobody's
// fault but ours goes on as an error.
func (q *request) again(err error, form func(problem string) templ.Component) error {
	status := http.StatusUnprocessableEntity
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.TooLarge:
	case fault.Denied:
		status = http.StatusForbidden
	case fault.Busy:
		status = http.StatusTooManyRequests
		q.w.Header().Set("Retry-After", "30")
	default:
		return err
	}
	return q.showAs(status, form(q.fault(err)))
}

// goTo sends the browser to another page of ours.
func (q *request) goTo(path string) error {
	http.Redirect(q.w, q.Request, path, http.StatusSeeOther)
	return nil
}

// local is a path of ours that a request names, or another where it names none:
// nothing that leaves this server, whatever a browser makes of backslashes.
func local(path, otherwise string) string {
	if len(path) > 2000 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return otherwise
	}
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\r\n\t") {
		return otherwise
	}
	return path
}

// toDoor sends somebody who is not signed in to where one signs in.
func (q *request) toDoor() {
	to := "/signin"
	switch founded, err := q.site.Staff.Founded(q.Context()); {
	case err != nil:
		q.fail(err)
		return
	case q.site.Demo:
		to = "/demo"
	case !founded:
		to = "/setup"
	}
	next := q.URL
	if q.Method != http.MethodGet || q.partial() { // back to the page that asked
		next, _ = url.Parse(q.Referer())
		if next != nil && next.Host != q.Host {
			next = nil
		}
	}
	scripted := q.Header.Get("HX-Request") == "true" // also for the whole page, of which it chooses
	if to == "/signin" {
		back := ""
		if next != nil && next.Path != "" && next.Path != "/" {
			back = next.RequestURI()
			to += "?next=" + url.QueryEscape(back)
		}
		if held := q.heldForm(); held != nil && scripted { // the whole form comes, as without a script
			q.w.Header().Set("HX-Reswap", "none")
			q.w.Header().Set("HX-Trigger", "session-ended")
			q.w.WriteHeader(http.StatusUnauthorized)
			return
		} else if held != nil {
			p := &view.SignIn{Frame: q.frame("", q.t("door.signin.title")), Next: back, Held: held}
			_ = q.showAs(http.StatusUnauthorized, p.Render())
			return
		}
	}
	if scripted { // the whole page goes, not the part
		q.w.Header().Set("HX-Redirect", to)
		q.w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_ = q.goTo(to)
}

// nowhere is where no page is.
func (q *request) nowhere() error {
	return fault.New(fault.NotFound, "There is no page %s.", q.URL.Path)
}

// fail answers with what went wrong. Causes are logged, and never shown.
func (q *request) fail(err error) {
	if q.Context().Err() != nil {
		return // nobody waits any more
	}
	q.speak()
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		err = fault.Wrap(err, fault.TooLarge, "That is too much at once: at most %d kB can be sent here.", large.Limit>>10)
	}
	status, title, help := http.StatusInternalServerError, "frame.error.internal", q.t("frame.error.internal_help")
	ways := q.waysOut()
	switch fault.KindOf(err) {
	case fault.NotFound:
		status, title, help = http.StatusNotFound, "frame.error.missing", q.t("frame.error.missing_help")
		if q.route.Pattern != "/" {
			title, help = "frame.error.gone", q.fault(err)
		}
	case fault.Denied:
		status, title, help = http.StatusForbidden, "frame.error.title", q.fault(err)
	case fault.Invalid:
		status, title, help = http.StatusUnprocessableEntity, "frame.error.title", q.fault(err)
	case fault.Conflict:
		status, title, help = http.StatusConflict, "frame.error.title", q.fault(err)
	case fault.TooLarge:
		status, title, help = http.StatusRequestEntityTooLarge, "frame.error.title", q.fault(err)
	case fault.Busy:
		status, title, help = http.StatusServiceUnavailable, "frame.error.busy", q.fault(err)
		q.w.Header().Set("Retry-After", "5")
	default:
		q.site.Logger.Error("a page failed", "path", q.route.Pattern, "error", err)
	}
	f := q.frame("", q.t(title))
	_ = q.showAs(status, view.Failure(f, help, ways...))
}

// refuse answers whoever's role may not do what the route does: what that is, whose
// it is, and who gives roles.
func (q *request) refuse() {
	users, err := q.site.Staff.Users(q.Context())
	if err != nil {
		q.fail(err)
		return
	}
	var roles, admins []string
	for _, r := range access.Roles {
		if r.May(q.route.Act) {
			roles = append(roles, q.t("frame.role."+string(r)))
		}
	}
	for _, u := range users {
		if u.Role == access.Admin && !u.Disabled {
			admins = append(admins, u.Name)
		}
	}
	help := q.t("frame.error.denied_help", q.t("settings.acts."+view.ActKey(string(q.route.Act))), strings.Join(roles, ", "),
		q.t("frame.role."+string(q.user.Role)), strings.Join(admins, ", "))
	_ = q.showAs(http.StatusForbidden, view.Failure(q.frame("", q.t("frame.error.denied")), help,
		view.Crumb{Title: q.t("settings.user.what_roles_may"), Path: "/settings/roles"}, view.Crumb{Title: q.t("frame.error.back"), Path: "/"}))
}

// speak finds a language for who has not been found out about.
func (q *request) speak() {
	if q.voice == nil {
		q.voice = &words.Voice{Lang: words.Choose("", q.Header.Get("Accept-Language")), Zone: zone("UTC"), Now: q.site.Clock()}
	}
}

// lists are the pages that lead to others, with their names.
var lists = map[string]string{
	"/leads": "frame.leads", "/account": "frame.accounts", "/sources": "frame.sources", "/events": "frame.events", "/rejects": "frame.rejects",
	"/imports": "frame.imports", "/playbook/drafts": "playbook.drafts", "/playbook/versions": "playbook.versions", "/settings/users": "settings.tab.users",
}

// waysOut lead on from a page that there is not: to the list that it would be in, and
// home.
func (q *request) waysOut() []view.Crumb {
	if q.user == nil {
		return []view.Crumb{{Title: q.t("door.signin.title"), Path: "/"}}
	}
	home := view.Crumb{Title: q.t("frame.error.back"), Path: "/"}
	_, path, _ := strings.Cut(q.route.Pattern, " ")
	path, _, _ = strings.Cut(path, "/{")
	name, listed := lists[path]
	if !listed {
		return []view.Crumb{home}
	}
	if path == "/account" {
		path = "/accounts"
	}
	return []view.Crumb{{Title: q.t(name), Path: path}, home}
}

// foreign answers what the page of another site has sent, before anything is read
// of it.
func (s *Site) foreign(w http.ResponseWriter, r *http.Request) {
	q := &request{Request: r, site: s, w: w}
	w.Header().Set("Cache-Control", "no-store")
	q.speak()
	_ = q.showAs(http.StatusForbidden, view.Failure(q.frame("", q.t("frame.error.title")), q.t("frame.error.foreign"), view.Crumb{Title: q.t("frame.error.back"), Path: "/"}))
}

// toastCookie carries to the next page what became of what was done.
const toastCookie = "galena-said"

// say has the next page tell what became of what was done; undo is where a form
// takes it back, "" for nowhere.
func (q *request) say(text, undo string) { q.leave(view.Toast{Text: text, Undo: undo}) }

// warn is say for what did not work.
func (q *request) warn(err error) { q.leave(view.Toast{Text: q.fault(err), Bad: true}) }

func (q *request) leave(t view.Toast) {
	text, err := json.Marshal(t)
	if err != nil || len(text) > 2000 {
		return // it is only said
	}
	http.SetCookie(q.w, &http.Cookie{Name: toastCookie, Value: base64.RawURLEncoding.EncodeToString(text), Path: "/", MaxAge: 60,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: q.secure()})
}

// takeToast reads what the last answer left for this page.
func (q *request) takeToast() *view.Toast {
	if q.partial() || q.Method != http.MethodGet {
		return nil
	}
	c, err := q.Cookie(toastCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(q.w, &http.Cookie{Name: toastCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: q.secure()})
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	var t view.Toast
	if err != nil || json.Unmarshal(text, &t) != nil || t.Text == "" {
		return nil
	}
	t.Undo = local(t.Undo, "")
	return &t
}

// secure says whether the browser came over TLS, to us or to a proxy that we trust.
func (q *request) secure() bool {
	return q.TLS != nil || q.trusted() && q.Header.Get("X-Forwarded-Proto") == "https"
}

func (q *request) trusted() bool {
	peer, err := netip.ParseAddrPort(q.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range q.site.TrustedProxies {
		if p.Contains(peer.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// address is where the browser is, as far as proxies that we trust tell.
func (q *request) address() string {
	peer, err := netip.ParseAddrPort(q.RemoteAddr)
	if err != nil {
		return ""
	}
	at := peer.Addr().Unmap()
	if q.trusted() {
		hops := strings.Split(q.Header.Get("X-Forwarded-For"), ",")
		if hop, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			at = hop.Unmap().WithZone("") // which may be any text
		}
	}
	return at.String()
}

// base is the address of this server as the browser knows it, or as the settings
// say: for texts that people copy, not for links that leave by themselves.
func (q *request) base() string {
	if q.company.BaseURL != "" {
		return q.company.BaseURL
	}
	if q.secure() {
		return "https://" + q.Host
	}
	return "http://" + q.Host
}

// The cookie that carries a session. Over TLS its name binds it to this host.
const (
	plainCookie  = "galena-session"
	secureCookie = "__Host-galena-session"
)

func (q *request) cookieName() string {
	if q.secure() {
		return secureCookie
	}
	return plainCookie
}

// token is what the browser shows of its session.
func (q *request) token() string {
	if c, err := q.Cookie(q.cookieName()); err == nil {
		return c.Value
	}
	return ""
}

// keep gives the browser its session; "" takes it away.
func (q *request) keep(token string) {
	c := &http.Cookie{Name: q.cookieName(), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: q.secure()}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(q.w, c)
}
