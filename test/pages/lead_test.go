package pages

import (
	"fmt"
	"strings"
	"testing"
)

// The page of a lead: why it scores, what leads further, what happened.
func TestLead(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			path := Eval[string](b, `document.querySelector('a[data-row]').getAttribute('href')`)
			b.Go(path)
			b.Look("lead")
			if b.Text("#why .why-sum .points") == "" || !b.Has("#why .spark") || !b.Has(".timeline .session") {
				t.Errorf("the page shows %s", b.Text("main"))
			}
			Eval[bool](b, `document.querySelectorAll('details.why-score, details.why-group, details.session').forEach(d => d.open = true) ?? true`)
			Eval[bool](b, `(document.querySelector('.events details').open = true)`)
			b.Look("lead-open")
			// By the slider into the past, and back by a link.
			Eval[bool](b, `(() => { const s = document.querySelector('.why-slide'); s.value = s.max / 2; s.dispatchEvent(new Event('input', {bubbles: true}));
				s.dispatchEvent(new Event('change', {bubbles: true})); return true })()`)
			b.Wait(`document.querySelector('#why.past')`)
			if !strings.Contains(b.Text("#why"), "You are looking at") || !strings.Contains(Eval[string](b, "location.search"), "at=") {
				t.Errorf("a past moment is shown as %q at %s", b.Text("#why"), Eval[string](b, "location.href"))
			}
			b.Look("lead-past")
			b.Submit("#why.past a.button")
			if b.Has("#why.past") {
				t.Error("no way leads back to today")
			}
			// What if.
			Eval[bool](b, `(document.querySelector('#whatif-signal').selectedIndex = 1) > 0`)
			b.Click("#whatif button")
			b.Wait(`document.querySelector('#whatif table')`)
			b.Look("lead-whatif")
			// Older entries come by themselves and by a link.
			if b.Has(".timeline-more a") {
				n := Eval[int](b, `document.querySelectorAll('.timeline > li:not(.timeline-more)').length`)
				b.Click(".timeline-more a")
				b.Wait(fmt.Sprintf(`document.querySelectorAll('.timeline > li:not(.timeline-more)').length > %d`, n))
			}
			b.Go("/leads/lead_7")
			b.Look("lead-other")
		})
	}
}

// What can be done with a lead, who may, and what takes it back.
func TestLeadActs(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	screen := Screens[0]
	b := Open(t, c.Base, screen)
	b.Enter("marketing")
	path := Eval[string](b, `document.querySelector('a[data-row]').getAttribute('href')`)
	b.Go(path)

	// A form in a dialog; what moves within the funnel can be taken back at once.
	stage := b.Text(".path [aria-current]")
	b.Click(".lead-acts summary")
	b.Click(`a[href$="/stage"]`)
	b.Wait(`document.querySelector('dialog[open] #f-stage')`)
	b.Look("lead-dialog")
	b.Fill("dialog #f-stage", "Engaged")
	b.Submit("dialog button.primary")
	if got := b.Text(".path [aria-current]"); !strings.Contains(got, "Engaged") {
		t.Errorf("the lead is in %q", got)
	}
	b.Submit(".toast button") // which goes by itself after seconds
	if got := b.Text(".path [aria-current]"); firstLine(got) != firstLine(stage) {
		t.Errorf("after undoing it is in %q, not in %q", got, stage)
	}

	// The form as a page, which says what is wrong.
	b.Go(path + "/stage")
	b.Fill("#f-stage", "Recycled")
	b.Fill("#f-reason", "because")
	b.Submit(".lead-form button.primary")
	b.Forgive("422")
	b.Look("lead-form-wrong")
	if !strings.Contains(b.Text("[role=alert]"), "no budget") {
		t.Errorf("of a reason that is none one reads %q", b.Text("[role=alert]"))
	}
	b.Fill("#f-reason", "no budget")
	b.Submit(".lead-form button.primary")
	if got := b.Text(".path [aria-current]"); !strings.Contains(got, "Recycled") || b.Has(".toast button") {
		t.Errorf("the lead is in %q", got)
	}
	b.Look("lead-recycled")

	// Points.
	score := b.Text(".lead-score .figure")
	b.Go(path + "/points")
	b.Look("lead-points")
	b.Fill("#f-score", "interest_points")
	b.Fill("#f-points", "−7,5")
	b.Fill("#f-reason", "met at a fair <script>alert(1)</script>")
	b.Submit(".lead-form button.primary")
	if !strings.Contains(b.Text("#why"), "met at a fair <script>") || !strings.Contains(b.Text("#why"), "−7.5") {
		t.Errorf("corrected points are explained as %s", b.Text("#why"))
	}
	b.Submit(".toast button")
	if got := b.Text(".lead-score .figure"); got != score {
		t.Errorf("after undoing the score is %s, not %s", got, score)
	}

	// Attributes.
	b.Go(path + "/attributes")
	b.Look("lead-attributes")
	b.Fill("#f-title", "Chief of \u202eeverything")
	b.Fill("#f-reason", "said so on the phone")
	b.Submit(".lead-form button.primary")
	if !strings.Contains(b.Text(".lead-side"), "everything") || !strings.Contains(b.Text(".timeline"), "Mia Marketing") {
		t.Errorf("known is %s", b.Text(".lead-side"))
	}
	b.Submit(".toast button")
	if strings.Contains(b.Text(".lead-side .facts"), "everything") {
		t.Errorf("after undoing known is %s", b.Text(".lead-side"))
	}

	// Notes.
	b.Fill("#note", "Call her on Monday.")
	b.Submit(".note-form button")
	if !strings.Contains(b.Text(".timeline"), "Call her on Monday.") {
		t.Errorf("the timeline is %s", b.Text(".timeline"))
	}
	b.Submit(".toast button")
	if strings.Contains(b.Text(".timeline"), "Call her on Monday.") {
		t.Error("the note is still there")
	}

	// Verdicts.
	Eval[bool](b, `document.querySelectorAll('details.session').forEach(d => d.open = true) ?? true`)
	b.Click(`.events a[href*="/verdict?"]`)
	b.Wait(`document.querySelector('dialog[open] #f-reason')`)
	b.Fill("dialog #f-reason", "a mail scanner")
	b.Submit("dialog button.primary")
	if !b.Has(".timeline .session .robot") {
		t.Errorf("after the verdict one sees %s", b.Text(".timeline"))
	}
	b.Submit(".toast button")
	if b.Has(".timeline .session .robot") {
		t.Error("the verdict is not taken back")
	}

	// Everything that is kept of the person.
	told := Eval[string](b, `fetch(location.pathname + '/export', {method: 'POST'}).then(r => r.text())`)
	for _, part := range []string{"identifiers", "met at a fair", "explanation", "decisions", "events"} {
		if !strings.Contains(told, part) {
			t.Errorf("what is kept does not tell of %s", part)
		}
	}

	// Merge, and what a merged lead's address leads to.
	b.Go("/leads/lead_3/merge?other=lead_5")
	b.Look("lead-merge")
	b.Fill("#f-reason", "the same person")
	b.Submit(".lead-form button.primary")
	b.Go("/leads/lead_5")
	if got := Eval[string](b, "location.pathname"); got != "/leads/lead_3" {
		t.Errorf("a merged lead is at %s", got)
	}
	b.Click(`.lead-side a[href*="child=lead_5"]`)
	b.Wait(`document.querySelector('dialog[open] #f-reason')`)
	b.Fill("dialog #f-reason", "they are two")
	b.Submit("dialog button.primary")
	b.Go("/leads/lead_5")
	if got := Eval[string](b, "location.pathname"); got != "/leads/lead_5" {
		t.Errorf("after undoing it is at %s", got)
	}

	// Who may not is not shown it, and is refused.
	viewer := Open(t, c.Base, screen)
	viewer.Enter("sales")
	viewer.Go(path)
	viewer.Look("lead-sales")
	if viewer.Has(`a[href$="/merge"]`) || !viewer.Has(`a[href$="/stage"]`) {
		t.Errorf("sales is offered %s", viewer.Text(".lead-acts"))
	}
	viewer.Go(path + "/erase")
	viewer.Forgive("403")
	if !strings.Contains(viewer.Text("main"), "role") {
		t.Errorf("sales reads %s", viewer.Text("main"))
	}

	// Erasing asks for the lead's id.
	admin := Open(t, c.Base, screen)
	admin.Enter("admin")
	admin.Go(path + "/erase")
	admin.Look("lead-erase")
	admin.Fill("#f-typed", "yes")
	admin.Fill("#f-reason", "asked for it")
	admin.Submit(".lead-form button.primary")
	admin.Forgive("422")
	if !strings.Contains(admin.Text("[role=alert]"), "something else") {
		t.Errorf("of the wrong word one reads %q", admin.Text("[role=alert]"))
	}
	admin.Fill("#f-typed", strings.TrimPrefix(path, "/leads/"))
	admin.Submit(".lead-form button.primary")
	admin.Forgive("404")
	admin.Go(path)
	admin.Forgive("404")
	if !strings.Contains(admin.Text("main"), "was erased") {
		t.Errorf("of the erased lead one reads %s", admin.Text("main"))
	}
}

func firstLine(text string) string { line, _, _ := strings.Cut(text, "\n"); return line }
