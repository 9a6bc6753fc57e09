package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/phrase"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
)

// Playbooks that are being written: beginning one, its text, throwing it away.

// maxDraftForm bounds what a form with a draft's text sends: each of its bytes may
// be written as three.
const maxDraftForm = 3*app.MaxDraft + 64<<10

func (q *request) writing() app.Writing { return app.Writing{ID: q.user.ID, Name: q.user.Name} }

func (q *request) drafts() error {
	p, err := q.draftsView()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) draftsView() (*view.Drafts, error) {
	all, err := q.site.App.Drafts(q.Context())
	if err != nil {
		return nil, err
	}
	versions, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return nil, err
	}
	p := &view.Drafts{Frame: q.frame("playbook", q.t("playbook.drafts"), q.playbookCrumb()), Name: q.PostFormValue("name")}
	for _, d := range all {
		p.All = append(p.All, draftView(d, len(versions)))
	}
	chosen := q.PostFormValue("source")
	for i := len(versions); i >= 1; i-- {
		o := view.Option{Value: strconv.Itoa(i), Label: q.t("playbook.version", i)}
		o.Chosen = o.Value == chosen
		p.Sources = append(p.Sources, o)
	}
	for _, name := range playbook.ShippedNames() {
		p.Sources = append(p.Sources, view.Option{Value: name, Label: q.t("playbook.shipped", name), Chosen: name == chosen})
	}
	return p, nil
}

func draftView(d *app.Draft, inForce int) view.Draft {
	return view.Draft{ID: d.ID, Name: d.Name, Owner: d.OwnerName, Base: d.Base, InForce: inForce, Revision: d.Revision, Saved: d.Saved, SavedBy: d.SavedBy,
		Signed: signatureViews(d.Signed)}
}

// formDraft is a draft as a form shows it. A form that is shown another time keeps the
// revision from which it was sent: its values are of that one, and sent once more they
// must not take the place of what somebody else saved meanwhile.
func (q *request) formDraft(d *app.Draft, inForce int) view.Draft {
	v := draftView(d, inForce)
	if q.Method == http.MethodPost {
		v.Revision = q.revision()
	}
	return v
}

// beginDraft makes a draft of a file, a version or a shipped playbook.
func (q *request) beginDraft() error {
	file, err := q.draftFile()
	if err != nil {
		return err
	}
	source := file
	if source == nil {
		if source, err = q.sourceNamed(q.PostFormValue("source")); err != nil {
			return err
		}
	}
	d, err := q.site.App.BeginDraft(q.Context(), q.writing(), q.PostFormValue("name"), source)
	if err != nil {
		p, broken := q.draftsView()
		if broken != nil {
			return broken
		}
		return q.again(err, func(problem string) templ.Component {
			p.Problem = problem
			return p.Render()
		})
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "draft.begun", d.Name, ""); err != nil {
		return err
	}
	return q.goTo("/playbook/drafts/" + d.ID)
}

// draftFile reads the file that a form brings, nil if it brings none.
func (q *request) draftFile() ([]byte, error) {
	q.Body = http.MaxBytesReader(q.w, q.Body, maxDraftForm)
	f, _, err := q.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, err
		}
		return nil, fault.Wrap(err, fault.Invalid, "The file did not arrive. Choose it again.")
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if len(content) == 0 {
		return nil, err // as browsers send the field of no file
	}
	return content, err
}

// sourceNamed is the text of a version by its number, or of a shipped playbook by
// its name.
func (q *request) sourceNamed(name string) ([]byte, error) {
	if source, ok := playbook.Shipped(name); ok {
		return source, nil
	}
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return nil, err
	}
	v, err := versionNamed(all, name)
	if err != nil {
		return nil, err
	}
	return v.Source, nil
}

// draft finds the draft that the address names, and which version is in force.
func (q *request) draft() (*app.Draft, []app.Playbook, error) {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return nil, nil, err
	}
	all, err := q.site.App.Playbooks(q.Context())
	return d, all, err
}

func (q *request) draftFrame(d *app.Draft) *view.Frame {
	f := q.frame("playbook", d.Name, q.playbookCrumb(), view.Crumb{Title: q.t("playbook.drafts"), Path: "/playbook/drafts"})
	return f
}

func (q *request) draftPage() error {
	d, all, err := q.draft()
	if err != nil {
		return err
	}
	p := &view.Editor{Frame: q.draftFrame(d), Draft: draftView(d, len(all)), Text: string(d.Source), State: q.editorState(d, d.Source)}
	p.Frame.Wide = true
	p.Draft.Dropping = q.FormValue("drop") != ""
	return q.show(p.Render())
}

// language tells the editor what can be written in a playbook: the schema, and the
// words of conditions that no playbook declares.
func (q *request) language() error {
	type function struct {
		Name     string `json:"name"`
		Usage    string `json:"usage"`
		Help     string `json:"help"`
		Member   bool   `json:"member"`
		OfLeads  bool   `json:"of_leads"`
		OfEvents bool   `json:"of_events"`
	}
	type attribute struct {
		Label  string `json:"label"`
		Detail string `json:"detail"`
	}
	in := q.voice.Tongue()
	words := struct {
		Schema     jsontext.Value `json:"schema"`
		Functions  []function     `json:"functions"`
		Attributes []attribute    `json:"attributes"`
		Events     []string       `json:"events"`
	}{Schema: playbook.Schema(in), Events: rule.EventNames()}
	for _, f := range rule.Functions() {
		f.Help = in.Term(f.Help)
		words.Functions = append(words.Functions, function(f))
	}
	for _, a := range playbook.BuiltIn() {
		words.Attributes = append(words.Attributes, attribute{a.Name, in.Term(a.Label)})
	}
	text, err := json.Marshal(words)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json")
	_, _ = q.w.Write(text) // the peer may be gone
	return nil
}

// editorState says of a text, which may not be the draft's, what is wrong with it.
func (q *request) editorState(d *app.Draft, source []byte) view.EditorState {
	c := app.Check(source)
	s := view.EditorState{Draft: draftView(d, d.Base), Tests: len(c.Tests), Failed: c.Failed()}
	s.Problems, s.Errors = mistakes(c.Problems, q.voice.Tongue())
	return s
}

// revision is that of the draft which a form changes; 0 if it names none, which no
// draft has.
func (q *request) revision() int64 {
	n, _ := strconv.ParseInt(q.PostFormValue("revision"), 10, 64)
	return n
}

// keepDraft saves the text of a draft that a form has changed a part of.
func (q *request) keepDraft(d *app.Draft, source []byte) error {
	_, err := q.site.App.SaveDraft(q.Context(), q.writing(), d.ID, q.revision(), source)
	if err == nil {
		q.say(q.t("playbook.dials_saved"), "")
	}
	return err
}

// mistakes shows problems, and counts those that keep a playbook from being used.
func mistakes(problems []playbook.Problem, in phrase.Tongue) (all []view.Mistake, errors int) {
	for _, p := range problems {
		m := view.Mistake{Line: p.Line, Column: p.Column, Message: p.Message.In(in), Found: p.Found.In(in), Expected: p.Expected.In(in), Suggestion: p.Suggestion.In(in), Meant: p.Meant(),
			Warning: p.Severity == playbook.Warning}
		if !m.Warning {
			errors++
		}
		all = append(all, m)
	}
	return all, errors
}

// saveDraft keeps what somebody wrote, and says what is wrong with it: to a script
// that saves while they write, or as a page.
func (q *request) saveDraft() error {
	q.Body = http.MaxBytesReader(q.w, q.Body, maxDraftForm)
	if err := q.ParseForm(); err != nil {
		return err
	}
	d, all, err := q.draft()
	if err != nil {
		return err
	}
	revision := q.revision()
	source := app.Typed(q.PostFormValue("text"), d.Source)
	saved, err := q.site.App.SaveDraft(q.Context(), q.writing(), d.ID, revision, source)
	if err == nil {
		if q.partial() {
			state := q.editorState(saved, saved.Source)
			return q.show(state.Render())
		}
		return q.goTo("/playbook/drafts/" + d.ID)
	}
	state := q.editorState(d, source)
	state.Draft.Revision = revision
	form := func(problem string) templ.Component {
		state.Problem = problem
		if q.partial() {
			return state.Render()
		}
		p := &view.Editor{Frame: q.draftFrame(d), Draft: draftView(d, len(all)), Text: string(source), State: state}
		p.Frame.Wide = true
		return p.Render()
	}
	if fault.KindOf(err) == fault.Conflict { // the script saves no more by itself
		return q.showAs(http.StatusConflict, form(q.fault(err)))
	}
	return q.again(err, form)
}

// draftYAML gives the text of a draft to the byte.
func (q *request) draftYAML() error {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	return q.file("playbook-draft.yaml", d.Source)
}

// uploadDraft replaces the text of a draft by a file's.
func (q *request) uploadDraft() error {
	content, err := q.draftFile()
	if err != nil {
		return err
	}
	revision := q.revision()
	back := "/playbook/drafts/" + q.PathValue("draft")
	d, err := q.site.App.SaveDraft(q.Context(), q.writing(), q.PathValue("draft"), revision, content)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.TooLarge:
		if err != nil {
			q.warn(err)
			return q.goTo(back)
		}
	}
	if err != nil {
		return err
	}
	q.say(q.t("playbook.uploaded", d.Name), "")
	return q.goTo(back)
}

func (q *request) dropDraft() error {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	if err := q.site.App.DropDraft(q.Context(), d.ID); err != nil {
		return err
	}
	q.site.Previews.Drop(d.ID)
	if err := q.site.Staff.Note(q.Context(), q.user, "draft.dropped", d.Name, ""); err != nil {
		return err
	}
	q.say(q.t("playbook.dropped", d.Name), "")
	return q.goTo("/playbook/drafts")
}

// draftPublishPage shows what a draft changes and who agreed to it.
func (q *request) draftPublishPage() error {
	p, err := q.publishView()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) publishView() (*view.PublishDraft, error) {
	d, all, err := q.draft()
	if err != nil {
		return nil, err
	}
	c := app.Check(d.Source)
	p := &view.PublishDraft{Frame: q.draftFrame(d), Draft: draftView(d, len(all)), Tests: len(c.Tests), Failed: c.Failed(), Note: q.PostFormValue("note"), Apply: q.PostFormValue("apply") != ""}
	_, p.Errors = mistakes(c.Problems, q.voice.Tongue())
	if c.Plan != nil {
		if p.Changes, err = q.changes(all[len(all)-1].Source, d.Source); err != nil {
			return nil, err
		}
		p.Publishable = c.Publishable() && !p.Changes.Same
	}
	preview := q.site.Previews.Of(d.ID, d.Source)
	p.Previewed = preview != nil && preview.Report != nil && preview.Version == len(all)
	for _, side := range app.SignRoles {
		s := view.Side{Side: side, May: q.may(signs[side])}
		for _, by := range d.Signed {
			if by.Role == side {
				s.By = by.Name
				s.May = s.May && by.Name != q.user.Name
			}
		}
		p.Sides = append(p.Sides, s)
	}
	return p, nil
}

// signs is what somebody must be allowed to do to agree for a side.
var signs = map[string]access.Act{"marketing": access.SignMarketing, "sales": access.SignSales}

func (q *request) signDraft() error {
	side := q.PostFormValue("side")
	if !q.may(signs[side]) {
		return fault.New(fault.Denied, "Your role may not agree for %s.", strings.TrimSpace(side))
	}
	revision := q.revision()
	d, err := q.site.App.SignDraft(q.Context(), q.writing(), q.PathValue("draft"), revision, side)
	if fault.KindOf(err) == fault.Conflict {
		q.warn(err)
		return q.goTo("/playbook/drafts/" + q.PathValue("draft") + "/publish")
	}
	if err != nil {
		return err
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "draft.signed", d.Name, side); err != nil {
		return err
	}
	return q.goTo("/playbook/drafts/" + d.ID + "/publish")
}

func (q *request) publishDraft() error {
	id := q.PathValue("draft")
	d, err := q.site.App.Draft(q.Context(), id)
	if err != nil {
		return err
	}
	revision := q.revision()
	base, _ := strconv.Atoi(q.PostFormValue("base"))
	note, err := q.publishNote()
	var done app.Published
	if err == nil {
		done, err = q.site.App.PublishDraft(q.Context(), q.writing(), id, revision, base, note, q.PostFormValue("apply") != "")
	}
	if err != nil {
		p, broken := q.publishView()
		if broken != nil {
			return broken
		}
		if d.Revision == revision {
			err = q.publishing(err)
		}
		return q.again(err, func(problem string) templ.Component {
			p.Problem = problem
			return p.Render()
		})
	}
	q.site.Previews.Drop(id)
	if err := q.site.Staff.Note(q.Context(), q.user, "playbook.published", fmt.Sprintf("version %d", done.Version), note); err != nil {
		return err
	}
	q.say(q.t("playbook.published", done.Version), "")
	return q.goTo("/playbook")
}
