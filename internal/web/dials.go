package web

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
)

// The common parts of a draft as forms. Each changes the text in its place.

// How much of what was seen a page shows.
const (
	maxSeenShown = 40
	maxSample    = 4000 // bytes
)

func (q *request) dials() error {
	p, err := q.dialsView()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) dialsView() (*view.Dials, error) {
	d, all, err := q.draft()
	if err != nil {
		return nil, err
	}
	seen, err := q.site.App.Seen(q.Context())
	if err != nil {
		return nil, err
	}
	p := &view.Dials{Frame: q.draftFrame(d), Draft: q.formDraft(d, len(all)), Events: seen.Events}
	var dials []view.Dial
	doc, _, _ := playbook.Load(d.Source, 0)
	for _, dial := range doc.Dials() {
		dials = append(dials, view.Dial{Path: dial.Path, Kind: string(dial.Kind), Of: dial.Of, Label: dial.Label, Value: dial.Value})
	}
	p.Groups = view.GroupDials(dials)
	if doc != nil {
		for _, s := range doc.Scores {
			p.Scores = append(p.Scores, view.Option{Value: s.Name.Text, Label: s.Label})
		}
		slices.Reverse(p.Scores) // what people do is mostly in the last
	}
	for _, n := range seen.Names[:min(len(seen.Names), maxSeenShown)] {
		sample := jsontext.Value(n.Sample)
		if err := sample.Indent(); err != nil || len(sample) > maxSample {
			sample = nil
		}
		p.Seen = append(p.Seen, view.SeenEvent{Type: n.Type.String(), Name: n.Name, Count: n.Count, Sample: string(sample), Signals: n.Signals})
	}
	return p, nil
}

// turnDials sets whatever differs from what the draft says.
func (q *request) turnDials() error {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	source := d.Source
	doc, _, _ := playbook.Load(d.Source, 0)
	for _, dial := range doc.Dials() {
		value, sent := q.PostForm[dial.Path]
		if !sent {
			continue
		}
		typed := strings.TrimSpace(value[0])
		if dial.Kind == playbook.DialHalfLife {
			typed = rule.MeantSpan(typed)
		}
		if typed != dial.Value {
			if source, err = playbook.Turn(source, dial.Path, typed); err != nil {
				return q.dialsAgain(err, dial.Path)
			}
		}
	}
	return q.keepDials(d, source)
}

// addRule adds a rule for an event that was seen.
func (q *request) addRule() error {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	kind, ok := lead.TypeNamed(q.PostFormValue("type"))
	if !ok {
		return fault.New(fault.Invalid, "%q is no type of events.", q.PostFormValue("type"))
	}
	n := playbook.Novelty{Type: kind, Name: q.PostFormValue("name"), Score: q.PostFormValue("score"), Points: q.PostFormValue("points")}
	if doc, _, _ := playbook.Load(d.Source, 0); doc != nil {
		n.Signal = app.SignalNamed(doc, kind, n.Name)
	}
	source, err := playbook.AddRule(d.Source, n)
	if err != nil {
		return q.dialsAgain(err, "")
	}
	return q.keepDials(d, source)
}

func (q *request) keepDials(d *app.Draft, source []byte) error {
	if err := q.keepDraft(d, source); err != nil {
		return q.dialsAgain(err, "")
	}
	return q.goTo("/playbook/drafts/" + d.ID + "/dials")
}

// dialsAgain shows the form as it was typed, with what is wrong, and beside which dial;
// "" is none.
func (q *request) dialsAgain(err error, at string) error {
	p, broken := q.dialsView()
	if broken != nil {
		return broken
	}
	for i := range p.Groups { // as typed
		for j := range p.Groups[i].Rows {
			for k := range p.Groups[i].Rows[j].Dials {
				dial := &p.Groups[i].Rows[j].Dials[k]
				if value, sent := q.PostForm[dial.Path]; sent {
					dial.Value = value[0]
				}
				if dial.Path == at {
					dial.Problem = q.fault(err)
				}
			}
		}
	}
	return q.again(err, func(problem string) templ.Component {
		p.Problem = problem
		return p.Render()
	})
}
