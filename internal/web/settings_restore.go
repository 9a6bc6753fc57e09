package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"galena/internal/fault"
	"galena/internal/staff"
	"galena/internal/web/view"
)

// A backup is restored by an admin, in the settings, or by whoever holds the code
// that sets the workspace up.

// bringForm is where a backup is brought.
func (q *request) bringForm(path, code string) *view.Bring {
	return &view.Bring{Path: path, Code: code, Most: q.site.Restore.Room()}
}

// bring takes a backup in.
func (q *request) bring() error {
	id, _, err := q.receive(func(string) error { return nil })
	if err != nil {
		return q.again(err, func(problem string) templ.Component { return q.backups(problem).Render() })
	}
	return q.goTo("/settings/backup/" + id)
}

func (q *request) bringFirstPage() error {
	code, err := q.mayFound(q.FormValue("code"))
	if err != nil {
		return err
	}
	return q.show(q.firstBring(code, ""))
}

// mayFound makes sure that somebody may set the workspace up, by a backup too.
func (q *request) mayFound(code string) (string, error) {
	if q.site.Restore == nil {
		return "", errNoRestore
	}
	return code, q.site.Staff.CheckCode(q.Context(), code)
}

func (q *request) firstBring(code, problem string) templ.Component {
	p := &view.FirstBring{Frame: q.frame("", q.t("restore.title")), Problem: problem, Bring: q.bringForm("/setup/restore", code), Back: "/setup?code=" + url.QueryEscape(code)}
	return p.Render()
}

func (q *request) bringFirst() error {
	id, code, err := q.receive(func(code string) error {
		_, err := q.mayFound(code)
		return err
	})
	if err != nil {
		if code == "" { // it may be anybody
			return err
		}
		return q.again(err, func(problem string) templ.Component { return q.firstBring(code, problem) })
	}
	return q.goTo("/setup/restore/" + id + "?code=" + url.QueryEscape(code))
}

var (
	errNoRestore = fault.New(fault.Conflict, "A backup is not restored through the pages of this server; galena restore does it.")
	errNoFile    = fault.New(fault.Invalid, "The form has no file: choose one first.")
)

// maxCode bounds what is read of a code before it is known to be one.
const maxCode = 100

// receive reads a form that brings a backup: a code, where one is asked for, which
// comes first, and the file. admit says whether whoever shows the code may; code is
// "" until then.
func (q *request) receive(admit func(code string) error) (id, code string, err error) {
	if q.site.Restore == nil {
		return "", "", errNoRestore
	}
	// How long it takes is nobody's business as long as something comes.
	control := http.NewResponseController(q.w)
	if err := control.SetWriteDeadline(time.Time{}); err != nil {
		return "", "", err
	}
	parts, err := q.MultipartReader()
	if err != nil {
		return "", "", fault.Wrap(err, fault.Invalid, "The form has no file: choose one first.")
	}
	shown := ""
	part, err := parts.NextPart()
	if err == nil && part.FormName() == "code" {
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(part, maxCode)); err == nil {
			shown = string(text)
			if err := admit(shown); err != nil {
				return "", "", err
			}
			part, err = parts.NextPart()
		}
	} else if err := admit(""); err != nil {
		return "", "", err
	}
	if err != nil {
		return "", shown, fault.Wrap(err, fault.Invalid, "The file did not arrive whole. Send it again.")
	}
	if part.FormName() != "file" || part.FileName() == "" {
		return "", shown, errNoFile
	}
	id, err = q.site.Restore.Receive(q.Context(), part.FileName(), q.ContentLength, patient{part, control})
	return id, shown, err
}

// patient reads as long as the other side sends something.
type patient struct {
	*multipart.Part
	control *http.ResponseController
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.control.SetReadDeadline(time.Now().Add(stepTime)); err != nil {
		return 0, err
	}
	return p.Part.Read(b)
}

// incomingPage is a backup that was brought: what it holds, beside what is there.
func (q *request) incomingPage() error { return q.incoming("/settings/backup/", "", "") }

func (q *request) incomingFirst() error {
	code, err := q.mayFound(q.FormValue("code"))
	if err != nil {
		return err
	}
	return q.incoming("/setup/restore/", code, "")
}

// incoming shows a backup that was brought by one of the two ways.
func (q *request) incoming(path, code, problem string) error {
	p, err := q.arrived(path, code, problem)
	if err != nil {
		return err
	}
	if q.partial() {
		if !p.Checking { // what can be done stands outside of the part
			q.w.Header().Set("HX-Refresh", "true")
		}
		return q.show(p.Wait())
	}
	return q.show(p.Render())
}

func (q *request) arrived(path, code, problem string) (*view.Arrived, error) {
	if q.site.Restore == nil {
		return nil, errNoRestore
	}
	in, there := q.site.Restore.Incoming(q.PathValue("id"))
	if !there {
		return nil, ErrNoBackup
	}
	p := &view.Arrived{Name: in.Name, Size: in.Size, Checking: in.Checking, Path: path + in.ID, Code: code, Problem: problem}
	if code == "" {
		p.Settings = q.settings("backup", "")
	} else {
		p.Frame = q.frame("", q.t("restore.title"))
		p.Path += "?code=" + url.QueryEscape(code)
	}
	p.Post, p.Forget = path+in.ID, path+in.ID+"/forget"
	if in.Problem != nil {
		p.Wrong = q.fault(in.Problem)
	}
	if in.Checking || in.Problem != nil {
		return p, nil
	}
	p.Made, p.Program, p.Holds = in.Made, in.Program, held(&in.Holds)
	now, err := q.site.Present(q.Context())
	p.Now = held(&now)
	return p, err
}

func held(c *Contents) view.Contents {
	return view.Contents{Company: c.Company, Events: int(c.Events), Leads: int(c.Leads), Version: c.Version, Playbook: c.Playbook,
		Users: c.Users, Keys: c.Keys, Admins: c.Admins}
}

// restore begins to put a backup in the place of the workspace.
func (q *request) restore() error {
	// The browser may be somebody else's by now.
	if err := q.site.Staff.Confirm(q.Context(), q.user.ID, q.PostFormValue("password"), q.visit()); err != nil {
		return q.unconfirmed(err, "/settings/backup/", "")
	}
	return q.begin(q.user, "/settings/backup/", "")
}

func (q *request) restoreFirst() error {
	code, err := q.mayFound(q.PostFormValue("code"))
	if err != nil {
		return err
	}
	return q.begin(nil, "/setup/restore/", code)
}

func (q *request) begin(by *staff.User, path, code string) error {
	if q.site.Restore == nil {
		return errNoRestore
	}
	if q.PostFormValue("sure") == "" {
		return q.unconfirmed(fault.New(fault.Invalid, "Say that everything here may be replaced."), path, code)
	}
	token, err := q.site.Restore.Begin(q.PathValue("id"), by)
	if err != nil {
		return q.unconfirmed(err, path, code)
	}
	return q.goTo(RestoringPath + "?" + url.Values{"of": {token}, "lang": {q.voice.Lang}}.Encode())
}

// unconfirmed shows a backup again, with why it is not restored.
func (q *request) unconfirmed(err error, path, code string) error {
	p, gone := q.arrived(path, code, "")
	if gone != nil {
		return gone
	}
	return q.again(err, func(problem string) templ.Component {
		p.Problem = problem
		return p.Render()
	})
}

func (q *request) forget() error {
	if q.site.Restore == nil {
		return errNoRestore
	}
	q.site.Restore.Forget(q.PathValue("id"))
	return q.goTo("/settings/backup")
}

func (q *request) forgetFirst() error {
	code, err := q.mayFound(q.PostFormValue("code"))
	if err != nil {
		return err
	}
	q.site.Restore.Forget(q.PathValue("id"))
	return q.goTo("/setup/restore?code=" + url.QueryEscape(code))
}
