package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/playbook"
	"galena/internal/web/view"
)

// The agreement in force, the versions that were, and what differs between two.

func (q *request) playbookPage() error {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return err
	}
	last := all[len(all)-1] // a workspace has one from its beginning
	name, agreement, err := q.agreementOf(last.Source)
	if err != nil {
		return err
	}
	p := &view.Playbook{Frame: q.frame("playbook", q.t("frame.playbook")), Name: name, Version: versionView(&last, true), Agreement: agreement}
	if p.Sweep, err = q.sweep(); err != nil {
		return err
	}
	return q.show(p.Render())
}

// published reads a playbook that was found good when it was published.
func published(source []byte, version int) (*playbook.Document, *playbook.Plan, error) {
	doc, plan, problems := playbook.Load(source, version)
	if plan == nil {
		return nil, nil, fault.New(fault.Internal, "A published playbook cannot be read: %s.", problems[0].Said())
	}
	return doc, plan, nil
}

// agreementOf is the text of a playbook for reading, and what it is called.
func (q *request) agreementOf(source []byte) (name string, a *view.Agreement, err error) {
	doc, _, err := published(source, 0)
	if err != nil {
		return "", nil, err
	}
	in := q.voice.Tongue()
	sections := map[string]string{}
	for _, title := range playbook.Sections() {
		sections[in.Term(title)] = title
	}
	return doc.Name, view.ReadAgreement(playbook.Describe(doc, in), sections), nil
}

func versionView(p *app.Playbook, inForce bool) view.Version {
	v := view.Version{Number: p.Version, From: p.Published, Author: p.Author, Note: p.Note, Applied: p.Apply, InForce: inForce}
	v.Signed = signatureViews(p.Signed)
	return v
}

func signatureViews(signed []app.Signature) []view.Signature {
	var all []view.Signature
	for _, s := range signed {
		all = append(all, view.Signature{Side: s.Role, Name: s.Name, At: s.At})
	}
	return all
}

// playbookStructure draws what leads to what.
func (q *request) playbookStructure() error {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return err
	}
	last := all[len(all)-1]
	document, plan, err := published(last.Source, last.Version)
	if err != nil {
		return err
	}
	seen, err := q.site.App.Seen(q.Context())
	if err != nil {
		return err
	}
	p := &view.Structure{Frame: q.frame("playbook", q.t("playbook.tab.structure"), q.playbookCrumb()), Events: seen.Events, Since: seen.Since}
	o := playbook.Outline(document, plan)
	p.Arrange([3][]view.Part{q.partViews(o.Inputs), q.partViews(o.Scores), q.partViews(o.Stages)}, seen.Signals)
	// What goes behind the column in the middle is drawn first.
	for _, f := range o.Past {
		p.Draw(0, f.From, 2, f.To)
	}
	for _, f := range o.ToScores {
		p.Draw(0, f.From, 1, f.To)
	}
	for _, f := range o.Through {
		p.Draw(1, f.From, 2, f.To)
	}
	return q.show(p.Render())
}

func (q *request) partViews(parts []playbook.Part) []view.Part {
	views := make([]view.Part, len(parts))
	for i, part := range parts {
		views[i] = view.Part{Kind: part.Kind, Name: part.Name, Label: part.Label, Role: part.Role, Of: part.Of}
		if part.Kind == "attribute" {
			views[i].Label = q.attributeLabel(part.Label, part.Name)
		}
		for _, purpose := range part.For {
			views[i].For = append(views[i].For, string(purpose))
		}
		if part.Section != "" {
			views[i].Path = "/playbook#" + view.Anchor(part.Section, part.Group, part.Nth)
		}
	}
	return views
}

func (q *request) sweep() (view.Sweep, error) {
	s, err := q.site.App.Swept(q.Context())
	return view.Sweep{Version: s.Version, Done: int(s.Done), Leads: int(s.Leads), Over: s.Over}, err
}

// sweepPart is how far the sweep is, for the page that shows it.
func (q *request) sweepPart() error {
	if !q.partial() {
		return q.goTo("/playbook")
	}
	s, err := q.sweep()
	if err != nil {
		return err
	}
	return q.show(s.Render())
}

func (q *request) playbookVersions() error {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return err
	}
	p := &view.Versions{Frame: q.frame("playbook", q.t("playbook.versions"), q.playbookCrumb()), All: versionViews(all)}
	return q.show(p.Render())
}

func (q *request) playbookCrumb() view.Crumb {
	return view.Crumb{Title: q.t("frame.playbook"), Path: "/playbook"}
}

// versionViews shows versions, the newest first.
func versionViews(all []app.Playbook) []view.Version {
	views := make([]view.Version, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		views = append(views, versionView(&all[i], i == len(all)-1))
	}
	return views
}

// versionNamed finds a version by what an address calls it.
func versionNamed(all []app.Playbook, text string) (*app.Playbook, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(all) {
		return nil, fault.New(fault.NotFound, "There is no such version of the playbook; the newest is %d.", len(all))
	}
	return &all[n-1], nil
}

func (q *request) playbookVersion() error {
	p, err := q.oneVersion()
	if err != nil {
		return err
	}
	p.Restoring = q.FormValue("restore") != ""
	return q.show(p.Render())
}

func (q *request) oneVersion() (*view.OneVersion, error) {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return nil, err
	}
	v, err := versionNamed(all, q.PathValue("version"))
	if err != nil {
		return nil, err
	}
	p := &view.OneVersion{
		Frame:   q.frame("playbook", q.t("playbook.version", v.Version), q.playbookCrumb(), view.Crumb{Title: q.t("playbook.versions"), Path: "/playbook/versions"}),
		Version: versionView(v, v.Version == len(all)), Before: v.Version - 1,
		InForce: len(all), Note: q.t("playbook.restore_note", v.Version),
	}
	if p.Name, p.Agreement, err = q.agreementOf(v.Source); err != nil {
		return nil, err
	}
	if p.Before > 0 {
		p.Changes, err = q.changes(all[p.Before-1].Source, v.Source)
	}
	return p, err
}

// changes says what differs between two sources, section by section.
func (q *request) changes(old, changed []byte) (*view.Changes, error) {
	in := q.voice.Tongue()
	c, err := app.Compare(old, changed, in)
	if err != nil {
		return nil, err
	}
	v := &view.Changes{Same: c.Same}
	for _, one := range c.Changes {
		title := in.Term(one.Section)
		if n := len(v.Sections); n == 0 || v.Sections[n-1].Title != title {
			v.Sections = append(v.Sections, view.ChangedSection{Title: title})
		}
		section := &v.Sections[len(v.Sections)-1]
		section.Lines = append(section.Lines, view.ChangedLine{Mark: one.Mark(), Text: one.In(in)})
	}
	return v, nil
}

// playbookYAML gives a version as it was published, to the byte.
func (q *request) playbookYAML() error {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return err
	}
	v, err := versionNamed(all, q.PathValue("version"))
	if err != nil {
		return err
	}
	return q.file(fmt.Sprintf("playbook-%d.yaml", v.Version), v.Source)
}

// file answers with YAML to be kept.
func (q *request) file(name string, content []byte) error {
	h := q.w.Header()
	h.Set("Content-Type", "application/yaml; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, _ = q.w.Write(content) // the peer may be gone
	return nil
}

func (q *request) playbookDiff() error {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return err
	}
	from, err := versionNamed(all, q.FormValue("from"))
	if err != nil {
		return err
	}
	to, err := versionNamed(all, q.FormValue("to"))
	if err != nil {
		return err
	}
	title := q.t("playbook.diff", from.Version, to.Version)
	p := &view.Comparison{
		Frame: q.frame("playbook", title, q.playbookCrumb(), view.Crumb{Title: q.t("playbook.versions"), Path: "/playbook/versions"}),
		From:  from.Version, To: to.Version, All: versionViews(all),
	}
	if p.Changes, err = q.changes(from.Source, to.Source); err != nil {
		return err
	}
	return q.show(p.Render())
}

// restorePlaybook publishes the text of an earlier version again, in the place of the
// version that was in force when its form was shown.
func (q *request) restorePlaybook() error {
	all, err := q.site.App.Playbooks(q.Context())
	if err != nil {
		return err
	}
	v, err := versionNamed(all, q.PathValue("version"))
	if err != nil {
		return err
	}
	base, _ := strconv.Atoi(q.PostFormValue("base")) // 0 is no version
	note, err := q.publishNote()
	apply := q.PostFormValue("apply") != ""
	var done app.Published
	if err == nil {
		done, err = q.site.App.Publish(q.Context(), app.Proposal{Source: v.Source, Base: base, Author: q.user.Name, Note: note, Apply: apply})
	}
	if err != nil {
		p, broken := q.oneVersion()
		if broken != nil {
			return broken
		}
		return q.again(q.publishing(err), func(problem string) templ.Component {
			p.Restoring, p.Problem, p.Note, p.Apply = true, problem, note, apply
			return p.Render()
		})
	}
	if !done.New {
		q.say(q.t("playbook.in_force_already", done.Version), "")
		return q.goTo("/playbook")
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "playbook.restored", fmt.Sprintf("version %d as %d", v.Version, done.Version), note); err != nil {
		return err
	}
	q.say(q.t("playbook.published", done.Version), "")
	return q.goTo("/playbook")
}

// publishNote is the note of who publishes a version, which those who look at it later go by.
func (q *request) publishNote() (string, error) {
	note := strings.TrimSpace(q.PostFormValue("note"))
	if note == "" {
		return "", fault.New(fault.Invalid, "Write what changes, and why.")
	}
	return note, nil
}

// publishing says in the pages' words that somebody else published first.
func (q *request) publishing(err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return fault.Wrap(err, fault.Conflict, "%s", q.t("playbook.meanwhile"))
	}
	return err
}
