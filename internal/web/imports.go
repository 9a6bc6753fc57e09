package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/web/view"
)

const (
	importsShown = 50
	// previewRows is how many rows of a file are shown as what they would become.
	previewRows = 8
	// previewFacts is how many traits of each.
	previewFacts = 6
	// uploadTime is how long a file may take to arrive: the largest at 2 Mbit/s.
	uploadTime = 15 * time.Minute
	// uploadFrame is what a form adds to a file.
	uploadFrame = 64 << 10
)

func (q *request) imports() error { return q.importList(nil) }

func (q *request) importList(problem error) error {
	list, err := q.site.App.Imports(q.Context(), q.place("before"), importsShown)
	if err != nil {
		return err
	}
	p := &view.ImportList{Frame: q.frame("imports", q.t("capture.imports.title")), Change: q.may(access.Capture), MaxMB: intake.MaxUpload >> 20}
	for i := range list {
		p.Imports = append(p.Imports, q.importRow(&list[i]))
	}
	if len(list) == importsShown {
		p.Next = "/imports?before=" + strconv.FormatInt(list[len(list)-1].Number, 10)
	}
	if problem != nil {
		return q.again(problem, func(text string) templ.Component {
			p.Problem = text
			return p.Render()
		})
	}
	return q.show(p.Render())
}

func importPath(number int64) string { return "/imports/" + strconv.FormatInt(number, 10) }

func (q *request) importRow(m *app.Import) view.ImportRow {
	row := view.ImportRow{Path: importPath(m.Number), Name: m.Name, By: m.By, Created: m.Created}
	if m.Result != nil {
		row.Rows, row.Accepted, row.Rejected = m.Result.Rows, m.Result.Accepted, m.Result.Rejected
	}
	switch {
	case q.site.Imports.Interrupted(m, q.site.Clock()):
		row.State, row.Tone = "interrupted", "warn"
	case m.State == app.ImportRuns:
		row.State, row.Tone = "runs", "accent"
	case m.State == app.ImportStopped:
		row.State, row.Tone = "stopped", "warn"
	case m.State == app.ImportFailed:
		row.State, row.Tone = "failed", "bad"
	case m.Undone:
		row.State, row.Tone = "undone", ""
	case m.Result != nil:
		row.State, row.Tone = "done", "good"
	default:
		row.State, row.Tone = "waits", ""
	}
	return row
}

// upload keeps a file that somebody brought.
func (q *request) upload() error {
	// Nobody minds how slow a line is; the server's own limit is for small things.
	control := http.NewResponseController(q.w)
	if err := control.SetReadDeadline(time.Now().Add(uploadTime)); err != nil {
		return err
	}
	if err := control.SetWriteDeadline(time.Now().Add(uploadTime + time.Minute)); err != nil {
		return err
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, intake.MaxUpload+uploadFrame)
	parts, err := q.MultipartReader()
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "The form has no file: choose one first.")
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return q.importList(fault.Wrap(err, fault.Invalid, "The file did not arrive whole. Send it again."))
		}
		if part.FormName() != "file" {
			continue
		}
		m, err := q.site.Imports.Receive(q.Context(), part.FileName(), q.user.Name, part)
		if err != nil {
			return q.importList(err)
		}
		if err := q.site.Staff.Note(q.Context(), q.user, "import.brought", m.Name, strconv.FormatInt(m.Number, 10)); err != nil {
			return err
		}
		return q.goTo(importPath(m.Number))
	}
}

// importPage is the page of an import, and the part of it that tells how far it is.
func (q *request) importPage() error {
	p, err := q.importView("")
	if err != nil {
		return err
	}
	if strings.HasSuffix(q.URL.Path, "/state") {
		if !p.Running { // what can be done next stands outside of the part
			q.w.Header().Set("HX-Refresh", "true")
		}
		return q.show(p.State())
	}
	return q.show(p.Render())
}

func (q *request) importView(problem string) (*view.ImportPage, error) {
	number, err := q.number("number")
	if err != nil {
		return nil, err
	}
	m, err := q.site.App.Import(q.Context(), number)
	if err != nil {
		return nil, err
	}
	now := q.site.Clock()
	source := strconv.FormatInt(lead.SourceOfImport(number), 10)
	p := &view.ImportPage{
		Frame: q.frame("imports", m.Name, view.Crumb{Title: q.t("capture.imports.title"), Path: "/imports"}),
		Row:   q.importRow(m), Mapping: q.mapping(m), Messages: m.Mapping == "",
		Problem: problem, Backfill: m.Backfill, Begun: m.First > 0, Task: string(m.Task),
		Interrupted: q.site.Imports.Interrupted(m, now), Judged: m.Judged,
		Rehearsal: q.countOf(m.Rehearsal), Result: q.countOf(m.Result), Change: q.may(access.Capture),
		RejectsPath: "/rejects?source=" + source, EventsPath: "/events?paused=1&source=" + source,
	}
	p.Running = m.State == app.ImportRuns && !p.Interrupted
	if m.State == app.ImportFailed {
		p.Failure = q.voice.Kept(m.Problem)
	}
	if m.All > 0 {
		p.Percent = int(min(99, 100*m.Done/m.All))
	}
	idle := p.Change && !p.Running
	brings := m.Task == app.TaskImport || m.Task == app.TaskRehearse
	p.CanStop = p.Change && p.Running
	p.CanGoOn = idle && (p.Interrupted || m.State == app.ImportStopped || m.State == app.ImportFailed) && (m.Held || !brings)
	p.CanRun = m.Held && !m.Undone && !(p.CanGoOn && m.Task == app.TaskImport)
	p.CanForget = idle && m.Held
	// What was stopped half-way may have been the wrong file: it can be taken back as well
	// as gone on with.
	p.CanUndo = idle && m.First > 0 && !m.Undone && (!p.CanGoOn || brings)
	p.CanRedo = idle && m.Undone && !p.CanGoOn
	if p.CanRun && !p.Running {
		return p, q.importPreview(p, m, now)
	}
	return p, nil
}

// mapping is the mapping of an import with the comment of a guess in the viewer's language.
func (q *request) mapping(m *app.Import) string {
	comment := intake.NameThePerson
	return strings.Replace(m.Mapping, "# "+comment.String(), "# "+q.voice.Say(comment), 1)
}

// preview adds the first rows of a file as what they would become.
func (q *request) importPreview(p *view.ImportPage, m *app.Import, now lead.Time) error {
	seen, err := q.site.Imports.Preview(q.Context(), m, now, previewRows)
	if fault.KindOf(err) == fault.NotFound {
		p.PreviewProblem, p.CanRun = q.fault(err), false
		return nil
	}
	if err != nil {
		return err
	}
	p.Columns, p.Numbers = seen.Columns, q.numberNotes(seen.Numbers)
	if seen.Problem != nil {
		p.PreviewProblem = q.fault(seen.Problem)
	}
	for i := range seen.Rows {
		p.Preview = append(p.Preview, q.previewRow(&seen.Rows[i]))
	}
	return nil
}

func (q *request) previewRow(r *bulk.Row) view.PreviewRow {
	row := view.PreviewRow{Number: r.Number}
	if r.Reject != nil {
		row.Problem = q.voice.Kept(r.Reject.Message)
		return row
	}
	for i := range r.Events {
		e := &r.Events[i]
		for _, known := range []string{e.Email, e.UserID, e.AnonymousID} {
			if known != "" && row.Who == "" {
				row.Who = known
			}
		}
		if e.Type == lead.Identify {
			for _, name := range slices.Sorted(maps.Keys(e.Traits)) {
				if len(row.Facts) < previewFacts && name != "email" {
					row.Facts = append(row.Facts, view.FactPair{Name: name, Value: fmt.Sprint(e.Traits[name])})
				}
			}
		}
		called := e.Type.String()
		if e.Name != "" {
			called = e.Name
		}
		row.Events = append(row.Events, called)
	}
	return row
}

func (q *request) countOf(r *app.ImportResult) *view.ImportCount {
	if r == nil {
		return nil
	}
	c := &view.ImportCount{Rows: r.Rows, Events: r.Events, Accepted: r.Accepted, Duplicates: r.Duplicates, Rejected: r.Rejected, Balances: r.Balances, Numbers: q.numberNotes(r.Numbers)}
	for _, code := range slices.Sorted(maps.Keys(r.Reasons)) {
		c.Reasons = append(c.Reasons, view.ReasonCount{Code: code, Count: r.Reasons[code]})
	}
	return c
}

// numberNotes are notes on numbers as pages show them.
func (q *request) numberNotes(notes []app.NumberNote) []view.NumberNote {
	var all []view.NumberNote
	for i := range notes {
		n := &notes[i]
		all = append(all, view.NumberNote{Kind: string(n.Kind), Of: n.Of, Text: n.Text, Read: q.voice.Digits(n.Read), Count: n.Count, Way: n.Way()})
	}
	return all
}

// importAgain shows an import another time, with what is wrong.
func (q *request) importAgain(wrong error) error {
	p, err := q.importView(q.fault(wrong))
	if err != nil {
		return err
	}
	if mapping := q.PostFormValue("mapping"); mapping != "" {
		p.Mapping = mapping
	}
	if how := q.PostFormValue("how"); how != "" && !p.Begun {
		p.Backfill = how == "history"
	}
	return q.again(wrong, func(string) templ.Component { return p.Render() })
}

func (q *request) setMapping() error {
	number, err := q.number("number")
	if err != nil {
		return err
	}
	if err := q.useMapping(number); err != nil {
		return q.importAgain(err)
	}
	q.say(q.t("capture.import.mapping_done"), "")
	return q.goTo(importPath(number))
}

// useMapping keeps the mapping that a form brings.
func (q *request) useMapping(number int64) error {
	text := strings.ReplaceAll(q.PostFormValue("mapping"), "\r\n", "\n")
	return q.site.Imports.SetMapping(q.Context(), number, text)
}

func (q *request) startImport() error {
	number, err := q.number("number")
	if err != nil {
		return err
	}
	o := intake.Order{Task: app.ImportTask(q.PostFormValue("task")), Backfill: q.PostFormValue("how") == "history", By: q.user.Name}
	switch o.Task {
	case app.TaskRehearse, app.TaskImport, app.TaskUndo, app.TaskRedo:
	default:
		return fault.New(fault.Invalid, "Nothing is known to be done with an import that is called %.20q.", string(o.Task))
	}
	if q.PostForm.Has("mapping") { // what was changed in it counts, without another button
		if err := q.useMapping(number); err != nil {
			return q.importAgain(err)
		}
	}
	if err := q.site.Imports.Start(q.Context(), number, o); err != nil {
		return q.importAgain(err)
	}
	if o.Task != app.TaskRehearse {
		if err := q.site.Staff.Note(q.Context(), q.user, "import."+string(o.Task), strconv.FormatInt(number, 10), q.PostFormValue("how")); err != nil {
			return err
		}
	}
	return q.goTo(importPath(number))
}

func (q *request) stopImport() error {
	number, err := q.number("number")
	if err != nil {
		return err
	}
	if err := q.site.Imports.Stop(q.Context(), number); err != nil {
		return q.importAgain(err)
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "import.stopped", strconv.FormatInt(number, 10), ""); err != nil {
		return err
	}
	return q.goTo(importPath(number))
}

func (q *request) forgetImport() error {
	number, err := q.number("number")
	if err != nil {
		return err
	}
	if err := q.site.Imports.Forget(q.Context(), number); err != nil {
		return q.importAgain(err)
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "import.file_removed", strconv.FormatInt(number, 10), ""); err != nil {
		return err
	}
	q.say(q.t("capture.import.forgotten"), "")
	return q.goTo("/imports")
}
