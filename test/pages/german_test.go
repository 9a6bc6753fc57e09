package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"galena/internal/app"
	"galena/internal/playbook"
)

// english are the sentences that a catalogue translates, without their places.
func english(t *testing.T, catalogue string) []string {
	t.Helper()
	text, err := os.ReadFile("../../internal/web/words/said/de/" + catalogue + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]string
	if err := yaml.Unmarshal(text, &said); err != nil {
		t.Fatal(err)
	}
	const words = 3 // what is shorter may be said in German, too
	var all []string
	for sentence, own := range said {
		for _, piece := range regexp.MustCompile("%[^a-zA-Z]*[a-zA-Z]|[*`]+").Split(sentence, -1) {
			if piece = strings.TrimSpace(piece); len(strings.Fields(piece)) >= words && !strings.Contains(own, piece) {
				all = append(all, piece)
			}
		}
	}
	if len(all) < 10 {
		t.Fatalf("%s has only %d sentences", catalogue, len(all))
	}
	return all
}

// Who reads German reads the agreement, what changes in it, what the doctor finds and
// what is wrong with a form in German.
func TestInGerman(t *testing.T) {
	t.Parallel()
	// What the playbooks call their things stays as it is written.
	labels := ""
	for _, name := range []string{app.DefaultPlaybook, "gitlab-2021"} {
		source, _ := playbook.Shipped(name)
		labels += string(source)
	}
	c := Serve(t, filepath.Join(t.TempDir(), "data"), true)
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			speak := func(role string) {
				b.Enter(role)
				b.Go("/settings/you")
				b.Fill("#language", "de")
				b.Submit("main form button.primary")
			}
			germanOnly := func(catalogue, want string) {
				t.Helper()
				text := Eval[string](b, `(() => {
					const main = document.querySelector('main').cloneNode(true)
					main.querySelectorAll('code, pre').forEach(e => e.remove())
					return main.textContent.replace(/\s+/g, ' ')
				})()`)
				if !strings.Contains(text, want) {
					t.Errorf("nobody reads %q in %.3000s", want, text)
				}
				for _, piece := range english(t, catalogue) {
					if strings.Contains(text, piece) && !strings.Contains(labels, piece) {
						t.Errorf("one reads %q", piece)
					}
				}
			}
			speak("marketing")
			b.Go("/playbook")
			b.Look("german-playbook")
			germanOnly("agreement", "Ein Lead kommt in die weiteste Stufe, deren Kriterium er erfüllt")
			b.Go("/playbook/structure")
			lost := Eval[[]string](b, `fetch('/playbook').then(r => r.text()).then(html => {
				const page = new DOMParser().parseFromString(html, 'text/html')
				return [...document.querySelectorAll('a.structure-part')].map(a => a.hash.slice(1)).filter(id => !page.getElementById(id))
			})`)
			if len(lost) > 0 {
				t.Errorf("the structure leads to places that are not there: %q", lost)
			}

			draft := b.Draft("GitLab "+screen.Name, "gitlab-2021")
			b.Go(draft + "/publish")
			b.Look("german-changes")
			germanOnly("agreement", "Was es wert ist")

			draft = b.Draft("Fehler "+screen.Name, "")
			b.Go(draft)
			Eval[bool](b, `(() => {
				const form = document.querySelector('#text').form
				document.querySelector('#text').value = 'galena: 1\nnam: X\ntime_zone: Berlin\nscores:\n  fit:\n    decay: 30d\n    rules:\n      - {name: a, when: titel == 5, points: 5}\n'
				HTMLFormElement.prototype.submit.call(form)
				return true
			})()`)
			b.Wait("document.querySelector('.mistakes')")
			b.Look("german-mistakes")
			b.Wait("document.querySelector('.editor-host')?.shadowRoot.querySelector('.cm-content')")
			if search := Eval[string](b, `(() => {
				const root = document.querySelector('.editor-host').shadowRoot
				root.querySelector('.cm-content').dispatchEvent(new KeyboardEvent('keydown', { key: 'f', keyCode: 70, ctrlKey: true, bubbles: true, cancelable: true }))
				return root.querySelector('.cm-search input[name=search]')?.placeholder ?? ''
			})()`); search != "Suchen" {
				t.Errorf("the editor searches by %q", search)
			}
			germanOnly("problems", "das ist kein Verfall")
			germanOnly("conditions", "titel gibt es hier nicht")

			draft = b.Draft("Zeilen "+screen.Name, "")
			b.Go(draft + "/dials")
			b.Fill("[name='stages[2].when#2']", "viele")
			b.Submit("form[action$='/dials'] button.primary")
			b.Forgive("422")
			if got := b.Text("[role=alert]"); !strings.Contains(got, `lässt sich nicht auf "viele" setzen. Schreiben Sie eine Zahl wie 60.`) {
				t.Errorf("of what is no number one reads %q", got)
			}
			b.Go(draft + "/condition?path=stages%5B2%5D.when")
			b.Click("button[value=group]")
			b.Wait("document.querySelector('[name=\"about.4\"]')")
			b.Fill("[name='about.4']", "same:pricing_visit")
			b.Wait("document.querySelector('[name=\"other.4\"]')")
			b.Fill("[name='other.4']", "demo_request")
			b.Fill("[name='of.4']", "page.path")
			b.Click("button[value='add.3']")
			b.Wait("document.querySelector('[name=\"about.5\"]')")
			b.Fill("[name='about.5']", "value:reachable")
			b.Wait("document.querySelector('#condition-said').innerText.includes('&& (same(pricing_visit, demo_request, page.path) || reachable)')")
			b.Look("german-condition-group")

			if i == 0 {
				b = Open(t, c.Base, screen)
				speak("admin")
				b.Go("/settings/about")
				b.Submit(`form[action$="/doctor"] button`)
				b.Look("german-doctor")
				germanOnly("doctor", "Auf diesem Ordner läuft ein galena")
			}
		})
	}
}
