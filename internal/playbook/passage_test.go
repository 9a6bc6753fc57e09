package playbook

import (
	"bytes"
	"hash/fnv"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
	"galena/internal/rule"
)

const conditioned = "\ufeff# a comment\r\n" + `galena: 1
name: N
time_zone: UTC
attributes: {title: text, industry: text}
signals:
  visit: {event: Visit, where: 'page.path == "/a"'} # plain
  late:
    event: Late # at night
    label: came late
  both: {any: [visit, late]}
segments:
  big: {when: &shared title == "x"}
scores:
  keen:
    rules:
      # the first
      - {on: visit, points: 15}
      - when: &x title == "VP" # named, but asked by nobody else
        name: again
        points: 5
      - on: [visit, late]
        name: twice
        when: "count(visit) >= 1"
        points: 1
  fit:
    rules: [{name: x, when: "title.contains(\"CEO\")", points: 3}]
exclusions:
  rival: {when: *shared}
stages:
  - name: A
    role: identified
    when: >- # folded
      stage != "B" &&
      keen > 5.5

    # what follows
  - name: B
    role: qualified
    when: |
      keen > 9
    fast_track: identified
    back_when: reachable
      && keen < 1
    label: Bee
`

// Each condition is set, added and taken out by itself, and not a byte beside it.
func TestRewrite(t *testing.T) {
	t.Parallel()
	doc, _ := mustLoad(t, []byte(conditioned))
	var paths []string
	for _, p := range doc.Passages() {
		paths = append(paths, p.Path)
	}
	if want := []string{"signals.visit.where", "signals.late.where", "scores.keen.rules[0].when", "scores.keen.rules[2].when", "scores.fit.rules[0].when",
		"stages[0].when", "stages[1].when", "stages[1].fast_track", "stages[1].back_when"}; !slices.Equal(paths, want) {
		t.Fatalf("the conditions are %q, want %q", paths, want)
	}
	for _, test := range []struct{ path, condition, from, to string }{
		{"signals.visit.where", `page.path == "/it's"`, `'page.path == "/a"'`, `page.path == "/it's"`},
		{"signals.visit.where", `properties.x >= 5`, `'page.path == "/a"'`, `'properties.x >= 5'`},
		{"signals.visit.where", "", `, where: 'page.path == "/a"'`, ""},
		{"signals.late.where", `type == "track"`, "# at night\n", "# at night\r\n    where: type == \"track\"\n"},
		{"signals.late.where", `name == "a # b" && type == "c: d"`, "# at night\n", "# at night\r\n    where: 'name == \"a # b\" && type == \"c: d\"'\n"},
		{"scores.keen.rules[0].when", `title in ["a", "b"]`, "{on: visit, points", "{on: visit, when: 'title in [\"a\", \"b\"]', points"},
		{"scores.keen.rules[2].when", "count(visit, 3d) >= 2", "count(visit) >= 1", "count(visit, 3d) >= 2"},
		{"scores.keen.rules[2].when", `title == "x"`, `"count(visit) >= 1"`, `title == "x"`},
		{"scores.keen.rules[2].when", "", "        when: \"count(visit) >= 1\"\n", ""},
		{"scores.fit.rules[0].when", `title == "a, b"`, `"title.contains(\"CEO\")"`, `'title == "a, b"'`},
		{"stages[0].when", "keen > 6", "stage != \"B\" &&\n      keen > 5.5", "keen > 6"},
		{"stages[1].when", "keen > 10", "keen > 9", "keen > 10"},
		{"stages[1].fast_track", "!identified", "fast_track: identified", "fast_track: '!identified'"},
		{"stages[1].fast_track", "", "    fast_track: identified\n", ""},
		{"stages[1].back_when", "keen < 2", "reachable\n      && keen < 1", "keen < 2"},
	} {
		got, err := Rewrite([]byte(conditioned), test.path, test.condition)
		rewritten(t, test, got, err, conditioned, test.from, test.to)
	}
	for path, condition := range map[string]string{
		"stages[0].when": "", "stages[1].when": "keen > many", "signals.both.where": "true", "signals.visit.where": "a\n&& b", "segments.big.when": "true",
	} {
		got, err := Rewrite([]byte(conditioned), path, condition)
		refused(t, path+" at "+condition, got, err)
	}
	got, err := Rewrite([]byte("galena: 2"), "stages[0].when", "true")
	refused(t, "another format", got, err)
}

// Whatever a condition says, it is what the text then says.
func TestRewriteHoldsAnyCondition(t *testing.T) {
	t.Parallel()
	source := []byte(strings.ReplaceAll(conditioned, "\ufeff", ""))
	doc, _ := mustLoad(t, source)
	var paths []string
	for _, p := range doc.Passages() {
		if p.Text != "" && !p.OfEvent() {
			paths = append(paths, p.Path)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom(paths).Draw(t, "path")
		value := rapid.StringMatching(`[a-z"'\\ ,&|(){}\[\]é😀#:%@>-]{0,12}`).Draw(t, "value")
		condition, err := rule.Rows{Rows: []rule.Row{{Name: "title", How: rule.IsNot, Values: []rule.Literal{{Text: value}}}}}.Write()
		if err != nil {
			t.Fatal(err)
		}
		changed, err := Rewrite(source, path, condition)
		if err != nil {
			t.Fatal(err)
		}
		after, _, _ := Load(changed, 0)
		for _, p := range after.Passages() {
			if p.Path == path && p.Text != condition {
				t.Fatalf("%s is %q, want %q in\n%s", path, p.Text, condition, changed)
			}
		}
	})
}

// someone has values drawn from those that conditions ask for.
type someone struct {
	fields []rule.Field
	pool   []string
	luck   uint32
}

func (s *someone) draw(of string) uint32 {
	h := fnv.New32a()
	h.Write([]byte{byte(s.luck), byte(s.luck >> 8), byte(s.luck >> 16), byte(s.luck >> 24)})
	h.Write([]byte(of))
	return h.Sum32() >> 3
}

func (s *someone) Attribute(slot int) *lead.Value {
	f := s.fields[slot]
	luck := s.draw(f.Name)
	text := s.pool[int(luck)%len(s.pool)]
	switch {
	case luck%7 == 0:
		return &lead.Value{}
	case f.Kind == lead.List:
		return &lead.Value{Kind: f.Kind, List: []string{text}}
	}
	return &lead.Value{Kind: f.Kind, Text: text, Num: float64(luck % 120)}
}

func (s *someone) Holds(a *rule.Atom) rule.Truth {
	return rule.Truth(s.draw(strings.Join([]string{string(rune(a.Kind)), string(rune(a.Slot)), string(rune(a.Op)), string(rune(a.N % 5000)), string(rune(a.Window / lead.Hour)), a.Path}, " ")) % 3)
}

// event is one with such values.
func (s *someone) event(body map[string]any) *lead.Event {
	return &lead.Event{Type: lead.Page, Name: s.pool[int(s.draw("name"))%len(s.pool)], Properties: body, Traits: body}
}

// Every condition of every shipped playbook keeps its meaning as rows.
func TestShippedConditionsAsRows(t *testing.T) {
	t.Parallel()
	asked, simple := 0, 0
	for _, name := range ShippedNames() {
		source, _ := Shipped(name)
		doc, plan := mustLoad(t, source)
		leads, events := rule.ForLeads(plan.Catalogue), rule.ForEvents()
		for _, p := range doc.Passages() {
			if p.Text == "" {
				continue
			}
			env := leads
			if p.OfEvent() {
				env = events
			}
			rows, ok := rule.ReadRows(p.Text)
			if !ok {
				t.Errorf("%s %s: %s has no rows", name, p.Path, p.Text)
				continue
			}
			written, err := rows.Write()
			if err != nil {
				t.Errorf("%s: %v", p.Text, err)
				continue
			}
			pool := []string{"something else"}
			keys := map[string]any{}
			for _, r := range rows.Rows {
				asked++
				if r.About != rule.Otherwise {
					simple++
				}
				for _, v := range r.Values {
					pool = append(pool, v.Text)
				}
				if place, ok := strings.CutPrefix(r.Name, "properties."); ok {
					keys[place] = nil
				}
			}
			was, _ := env.Compile(p.Text)
			is, problems := env.Compile(written)
			if is == nil {
				t.Errorf("%s became %s: %v", p.Text, written, problems)
				continue
			}
			for luck := range uint32(200) {
				s := &someone{fields: plan.Catalogue.Fields, pool: pool, luck: luck}
				if !p.OfEvent() {
					if got, want := is.OnLead(s), was.OnLead(s); got != want {
						t.Errorf("%s is %v, and %s %v", written, got, p.Text, want)
					}
					continue
				}
				body := map[string]any{"path": pool[int(s.draw("path"))%len(pool)]}
				for key := range keys {
					switch drawn := s.draw(key); drawn % 3 {
					case 0:
						body[key] = pool[int(drawn)%len(pool)]
					case 1:
						body[key] = float64(drawn % 12)
					case 2:
						body[key] = drawn%2 == 0
					}
				}
				e := s.event(body)
				if got, want := is.OnEvent(e), was.OnEvent(e); got != want {
					t.Errorf("%s is %v, and %s %v of %+v", written, got, p.Text, want, body)
				}
			}
			if name != "default" && name != "property-groups" {
				continue // which take seconds
			}
			// In the document, too, and back again to the byte.
			changed, err := Rewrite(source, p.Path, written)
			if err != nil {
				t.Errorf("%s %s: %v", name, p.Path, err)
				continue
			}
			if back, err := Rewrite(changed, p.Path, p.Text); strings.Contains(p.Text, "\n") == (err == nil) || err == nil && p.value.Style == 0 && !bytes.Equal(back, source) {
				t.Errorf("%s %s does not come back: %v", name, p.Path, err)
			}
		}
	}
	if simple*10 < asked*9 {
		t.Errorf("of %d questions only %d are rows", asked, simple)
	}
	t.Logf("%d of %d questions are rows", simple, asked)
}
