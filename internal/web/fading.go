package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
)

// How the points of a draft fade: all of it, and one decay as a form with its curve.

// inherited is the word for the decay of a rule that has its score's.
const inherited = "inherit"

// decayWords are the words that forms have for the kinds of decay.
var decayWords = []string{playbook.Lasting: "lasting", playbook.Halving: "half_life", playbook.Linear: "linear", playbook.Shrinking: "percent", playbook.Expiring: "expires"}

func fadingPath(d *app.Draft, path string) string {
	return "/playbook/drafts/" + d.ID + "/decay?" + url.Values{"path": {path}}.Encode()
}

func (q *request) fadings() error {
	d, all, err := q.draft()
	if err != nil {
		return err
	}
	p := &view.Fadings{Frame: q.draftFrame(d), Draft: q.formDraft(d, len(all))}
	doc, _, _ := playbook.Load(d.Source, 0)
	for _, f := range doc.Fadings() {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Of != f.Of {
			p.Groups = append(p.Groups, view.FadingGroup{Of: f.Of})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.All = append(g.All, view.FadingAt{Label: f.Label, Own: f.Own || f.Label == "", Words: q.decay(f.Decay), Path: fadingPath(d, f.Path)})
	}
	return q.show(p.Render())
}

// openFading is the decay that an address names, with its form.
type openFading struct {
	draft  *app.Draft
	fading *playbook.Fading
	score  playbook.Decay // the score's
	view   *view.Fading
}

func (q *request) openFading() (*openFading, error) {
	d, versions, err := q.draft()
	if err != nil {
		return nil, err
	}
	doc, _, _ := playbook.Load(d.Source, 0)
	all := doc.Fadings()
	i := slices.IndexFunc(all, func(f playbook.Fading) bool { return f.Path == q.URL.Query().Get("path") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "The draft has no such decay now, or its text has errors. Look at its text.")
	}
	o := &openFading{draft: d, fading: &all[i]}
	for _, s := range doc.Scores {
		if strings.HasPrefix(o.fading.Path+".", "scores."+s.Name.Text+".") {
			o.score = s.Decay
		}
	}
	f := o.fading
	o.view = &view.Fading{Frame: q.draftFrame(d), Draft: q.formDraft(d, len(versions)), Action: fadingPath(d, f.Path), Of: f.Of, Label: f.Label}
	o.view.Frame.Crumbs = append(o.view.Frame.Crumbs, view.Crumb{Title: d.Name, Path: o.view.Draft.Path("fading")})
	o.view.Frame.Title = cmp.Or(f.Label, f.Of)
	return o, nil
}

func (q *request) fadingPage() error {
	o, err := q.openFading()
	if err != nil {
		return err
	}
	word := decayWords[o.fading.Decay.Kind]
	if o.fading.Label != "" && !o.fading.Own {
		word = inherited
	}
	m := playbook.MannerOf(o.fading.Decay)
	q.fillFading(o, word, m)
	return q.showFading(http.StatusOK, o)
}

// fillFading puts a decay into the form and draws it.
func (q *request) fillFading(o *openFading, word string, m playbook.Manner) {
	v := o.view
	words := decayWords
	if o.fading.Label != "" {
		words = append([]string{inherited}, words...)
	}
	for _, w := range words {
		v.Kinds = append(v.Kinds, view.Option{Value: w, Label: q.t("fading.kind." + w), Chosen: w == word})
	}
	v.Kind, v.Span, v.Loss = word, m.Span, m.Loss
	decay := o.score
	if word != inherited {
		var err error
		if decay, err = meant(m).Decay(); err != nil {
			v.NoCurve = q.t("fading.no_curve", q.fault(err))
			return
		}
	}
	v.Words = q.decay(decay)
	if v.Curve = q.curveOf(decay, o.fading.Points); v.Curve == nil {
		v.NoCurve = q.t("fading.no_curve", q.t("fading.too_slow"))
	}
}

// A curve is drawn of so many places, and told at up to so many.
const (
	curvePlaces = 240
	curveMarks  = 5
)

// examplePoints are drawn where a rule gives no number that is written.
const examplePoints = 10_000

// curveOf draws what is left of points; nil of points that last, or that fade longer
// than a playbook may say.
func (q *request) curveOf(d playbook.Decay, p lead.Points) *view.DecayCurve {
	if p == 0 {
		p = examplePoints
	}
	if d.Kind == playbook.Lasting || d.Kind == playbook.Linear && d.Periods(p) > playbook.MaxPeriods {
		return nil
	}
	// As many periods as show where it goes, and evenly many from mark to mark.
	periods := int64(curveMarks - 1)
	if d.Kind == playbook.Linear || d.Kind == playbook.Shrinking {
		for engine.Worth(p, d, periods*d.Every).Abs()*20 > p.Abs() {
			periods += curveMarks - 1
		}
	}
	span := periods * d.Every
	c := &view.DecayCurve{Points: q.voice.PointsExactly(p, false)}
	heights := make([]float64, curvePlaces+1)
	for i := range heights {
		heights[i] = float64(engine.Worth(p, d, int64(float64(span)*float64(i)/curvePlaces)).Abs()) / float64(p.Abs())
	}
	for i := range int64(curveMarks) {
		age := periods * i / (curveMarks - 1) * d.Every
		left := engine.Worth(p, d, age)
		c.Marks = append(c.Marks, view.DecayMark{After: q.dativeSpan(age), Worth: q.voice.PointsExactly(left, false), X: float64(i) / (curveMarks - 1), Y: float64(left.Abs()) / float64(p.Abs())})
	}
	c.Draw(heights)
	return c
}

// meant is what somebody writes, as playbooks have it.
func meant(m playbook.Manner) playbook.Manner {
	m.Span = rule.MeantSpan(m.Span)
	if m.Kind == playbook.Shrinking {
		m.Loss = strings.TrimSpace(strings.TrimSuffix(m.Loss, "%"))
	}
	return m
}

func (q *request) setFading() error {
	o, err := q.openFading()
	if err != nil {
		return err
	}
	word := q.PostFormValue("kind")
	typed := playbook.Manner{Span: strings.TrimSpace(q.PostFormValue("span")), Loss: strings.TrimSpace(q.PostFormValue("loss"))}
	kind := slices.Index(decayWords, word)
	switch {
	case kind >= 0:
		typed.Kind = playbook.DecayKind(kind)
	case word != inherited || o.fading.Label == "":
		return fault.New(fault.Invalid, "There is no decay %q.", word)
	}
	if q.PostFormValue("do") != "save" {
		if q.PostFormValue("kind") != q.PostFormValue("was") { // fields that nobody has seen
			typed.Span, typed.Loss = cmp.Or(typed.Span, "30d"), cmp.Or(typed.Loss, "5")
		}
		q.fillFading(o, word, typed)
		return q.showFading(http.StatusOK, o)
	}
	m := meant(typed)
	to := &m
	if word == inherited {
		to = nil
	}
	source, err := playbook.Fade(o.draft.Source, o.fading.Path, to)
	if err == nil {
		err = q.keepDraft(o.draft, source)
	}
	if err == nil {
		return q.goTo(o.view.Draft.Path("fading"))
	}
	q.fillFading(o, word, typed)
	if m, ok := errors.AsType[*playbook.Misset](err); ok {
		switch m.Path {
		case playbook.MannerSpan:
			o.view.SpanProblem = q.fault(err)
		case playbook.MannerLoss:
			o.view.LossProblem = q.fault(err)
		}
	}
	return q.again(err, func(problem string) templ.Component {
		o.view.Problem = problem
		return o.view.Render()
	})
}

func (q *request) showFading(status int, o *openFading) error {
	if q.partial() {
		return q.showAs(status, o.view.Part())
	}
	return q.showAs(status, o.view.Render())
}
