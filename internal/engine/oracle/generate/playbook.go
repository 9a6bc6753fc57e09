package generate

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// vocabulary are the signals that a playbook may have, each with events that may
// be it. Unions come last, and with their parts.
var vocabulary = []struct {
	name, yaml string
	sorts      []sort
}{
	{"asked", `{event: [Asked, Asked Again], label: asked}`, []sort{{lead.Track, "Asked"}, {lead.Track, "Asked Again"}}},
	{"bought", `{event: Bought, where: properties.n >= 3}`, []sort{{lead.Track, "Bought"}}},
	{"priced", `{type: page, where: 'page.path.startsWith("/pricing")'}`, []sort{{lead.Page, "Pricing"}, {lead.Page, "Guide"}}},
	{"read", `{type: [page, screen], name: [Guide, Home]}`, []sort{{lead.Page, "Guide"}, {lead.Screen, "Guide"}}},
	{"told", `{type: identify}`, []sort{{lead.Identify, ""}}},
	{"grouped", `{type: [group, track]}`, []sort{{lead.Group, ""}, {lead.Track, "Guide"}}},
	{"keen", `{any: [asked, priced]}`, nil},
	{"warm", `{any: [keen, bought]}`, nil},
}

// draft is a playbook in the making.
type draft struct {
	*world
	Options
	strings.Builder
	signals []string
	// segments are those written so far that conditions may ask for.
	segments []string
	scores   []string // dimensions and totals written so far
	read     []string // those and all that follow
	apart    bool     // what is written may not read the way through the funnel
}

func (d *draft) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// playbook writes a playbook.
func (w *world) playbook(t *rapid.T, o Options) string {
	d := &draft{world: w, Options: o}
	d.line("galena: 1")
	d.line("name: random")
	d.line("time_zone: %s", w.zone)
	d.line("attributes:")
	d.line("  title: {type: text, from: [title, jobTitle]}")
	d.line("  employees: {type: number, from: company.employees}")
	d.line("  vip: bool")
	d.line("  tags: list")
	d.line("  tier: {type: text, from: [account.tier, tier]}")
	d.vocabulary(t)
	d.people(t)
	d.dimensions(t)
	d.stages(t)
	d.exits(t)
	d.exclusions(t)
	d.grade(t)
	return d.String()
}

func (d *draft) vocabulary(t *rapid.T) {
	d.line("signals:")
	chosen := shuffled(t, []int{0, 1, 2, 3, 4, 5})[:between(t, 2, 4, "signals")]
	if oneIn(t, 2, "union") {
		chosen = append(chosen, 0, 2, 6)
		if oneIn(t, 2, "union of a union") {
			chosen = append(chosen, 1, 7)
		}
	}
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	if oneIn(t, 2, "upside down") {
		slices.Reverse(chosen)
	}
	for _, i := range chosen {
		d.line("  %s: %s", vocabulary[i].name, vocabulary[i].yaml)
		d.signals = append(d.signals, vocabulary[i].name)
		d.wanted = append(d.wanted, vocabulary[i].sorts...)
	}
}

func (d *draft) people(t *rapid.T) {
	var names []string
	d.line("segments:")
	for i := range between(t, 0, 2, "segments") {
		name := fmt.Sprintf("segment_%d", i)
		d.line("  %s: {when: '%s'}", name, d.aboutPerson(t))
		names = append(names, name)
	}
	d.segments = names
	personas := between(t, -1, 2, "personas")
	if personas <= 0 {
		return
	}
	d.line("personas:")
	for i := range personas {
		name := fmt.Sprintf("persona_%d", i)
		d.segments = nil // neither kind is made of the other
		d.line("  %s: {label: is of a kind, description: 'A kind.', when: '%s'}", name, d.aboutPerson(t))
		names = append(names, name, fmt.Sprintf("persona == %q", name))
	}
	d.segments = names
}

func (d *draft) dimensions(t *rapid.T) {
	d.line("scores:")
	names := []string{"fit", "interest", "pull"}[:between(t, 1, 3, "dimensions")]
	totals := []string{"total_0", "total_1"}[:between(t, 0, 2, "totals")]
	d.read = slices.Concat(names, totals)
	for _, name := range names {
		d.line("  %s:", name)
		if oneIn(t, 6, "score stops") {
			d.line("    stop: %s", d.stop(t))
		}
		if oneIn(t, 3, "each cycle") {
			d.line("    each_cycle: true")
		}
		d.clamp(t, "    ")
		if oneIn(t, 3, "balance") {
			d.line("    balance: {decay: %s}", d.decay(t))
		}
		if oneIn(t, 2, "score decays") {
			d.line("    decay: %s", d.decay(t))
		}
		d.line("    rules:")
		for i := range between(t, 1, 4, "rules") {
			d.rule(t, fmt.Sprintf("%s_%d", name, i))
		}
		d.scores = append(d.scores, name)
	}
	d.line("totals:")
	for _, total := range totals {
		d.line("  %s:", total)
		d.line("    sum: [%s]", strings.Join(some(t, names, "sum"), ", "))
		d.clamp(t, "    ")
		d.scores = append(d.scores, total)
	}
}

// bands are caps and floors, "" for none.
var bands = []struct{ ceiling, floor string }{
	{}, {}, {}, {}, {ceiling: "5"}, {ceiling: "12"}, {ceiling: "4.999"}, {floor: "0"}, {floor: "-2"}, {floor: "-10"},
	{"30", "0"}, {"0", "-10"}, {"1", "-0.001"}, {"12", "3"}, {"-1", "-7"},
}

func (d *draft) clamp(t *rapid.T, indent string) {
	band := among(t, bands, "band")
	if band.ceiling != "" {
		d.line("%scap: %s", indent, band.ceiling)
	}
	if band.floor != "" {
		d.line("%sfloor: %s", indent, band.floor)
	}
}

func (d *draft) rule(t *rapid.T, name string) {
	d.line("      - name: %s", name)
	kind := among(t, []string{"on", "when", "silence", "on", "reset"}, "kind")
	if kind == "reset" {
		d.reset(t)
		return
	}
	d.points(t, kind)
	switch kind {
	case "when":
		d.line("        when: '%s'", d.aboutPerson(t))
		return
	case "on":
		d.line("        on: [%s]", strings.Join(some(t, d.signals, "on"), ", "))
		d.met(t)
		d.limit(t, 3)
	case "silence":
		d.silence(t)
		d.limit(t, 2)
	}
	if oneIn(t, 3, "minimum") {
		d.line("        minimum: %d", between(t, 1, 3, "minimum"))
	}
	switch between(t, 1, 6, "stop") {
	case 1:
		d.line("        stop: none")
	case 2, 3:
		d.line("        stop: %s", d.stop(t))
	}
	switch between(t, 1, 5, "decay") {
	case 1:
		d.line("        decay: none")
	case 2, 3:
		d.line("        decay: %s", d.decay(t))
	}
	d.clamp(t, "        ")
}

// stop is a stop that is soon reached.
func (d *draft) stop(t *rapid.T) string {
	above := among(t, []string{"0", "5", "-1", "9.999", "-5", "2"}, "above")
	return fmt.Sprintf("{score: %s, above: %s}", among(t, d.read, "stops by"), above)
}

// decay is a manner of fading, the smooth one most often.
func (d *draft) decay(t *rapid.T) string {
	every := d.halfLife(t)
	switch between(t, 1, 8, "manner") {
	case 1, 2:
		// The least loss makes many steps, but of none of the points too many.
		return fmt.Sprintf("{linear: %s, every: %s}", among(t, []string{"1", "0.5", "4", "100", "0.11"}, "loss"), every)
	case 3, 4:
		return fmt.Sprintf("{percent: %d, every: %s}", among(t, []int{25, 50, 10, 99, 33}, "percent"), every)
	case 5:
		return fmt.Sprintf("{expires: %s}", every)
	}
	return fmt.Sprintf("{half_life: %s}", every)
}

// halfLife is a multiple of the scale, or one that no duration is a multiple of.
func (d *draft) halfLife(t *rapid.T) string {
	halfLife := among(t, []int64{d.scale, 2 * d.scale, 5 * d.scale, d.scale/2 + 1, d.scale/3 + 1}, "half-life")
	return fmt.Sprintf("%dms", max(d.stretched(halfLife), lead.Minute+1))
}

func (d *draft) stretched(ms int64) int64 { return ms * max(d.Stretch, 1) }

func (d *draft) limit(t *rapid.T, oneInN int) {
	if !oneIn(t, oneInN, "limit") {
		return
	}
	n := between(t, 1, 3, "limit n")
	limit := among(t, []string{
		"once",
		fmt.Sprint(n),
		fmt.Sprintf("%d per day", n),
		fmt.Sprintf("%d per week", n),
		fmt.Sprintf("%d per month", n),
		fmt.Sprintf("%d per %s", n, d.duration(t, "span")),
	}, "limit")
	d.line("        limit: %s", limit)
}

func (d *draft) exclusions(t *rapid.T) {
	n := max(between(t, -2, 2, "exclusions"), 0)
	if n == 0 {
		return
	}
	d.line("exclusions:")
	for i := range n {
		d.line("  out_%d: {label: out, when: '%s'}", i, d.aboutPerson(t))
	}
}

func (d *draft) grade(t *rapid.T) {
	if oneIn(t, 2, "no grade") {
		return
	}
	d.line("grade:")
	if oneIn(t, 3, "numbers") {
		d.line("  numbers: {score: %s, 1: 10, 2: 4.999, 4: 0, 5: -5}", among(t, d.scores, "numbered"))
	}
	d.line("  letters: {score: %s, A: 5, C: 1}", among(t, d.scores, "lettered"))
}

// some is a sublist of at least one, in an order of its own.
func some(t *rapid.T, all []string, label string) []string {
	return shuffled(t, all)[:between(t, 1, min(3, len(all)), label)]
}
