package generate

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// vocabulary are the signals that a playbook may have. Those after a union are
// its parts or unrelated; a union's parts come with it.
var vocabulary = []struct{ name, yaml string }{
	{"asked", `{event: [Asked, Asked Again], label: asked}`},
	{"bought", `{event: Bought, where: properties.n >= 3}`},
	{"priced", `{type: page, where: 'page.path.startsWith("/pricing")'}`},
	{"read", `{type: [page, screen], name: [Guide, Home]}`},
	{"told", `{type: identify}`},
	{"grouped", `{type: [group, track]}`},
	{"keen", `{any: [asked, priced]}`},
	{"warm", `{any: [keen, bought]}`},
}

// draft is a playbook in the making.
type draft struct {
	*world
	Options
	strings.Builder
	signals []string
	scores  []string // dimensions and totals written so far
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
	d.dimensions(t)
	d.stages(t)
	d.exclusions(t)
	return d.String()
}

func (d *draft) vocabulary(t *rapid.T) {
	d.line("signals:")
	chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 2, 4, rapid.ID[int]).Draw(t, "signals")
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
	}
}

func (d *draft) dimensions(t *rapid.T) {
	d.line("scores:")
	names := []string{"fit", "interest", "pull"}[:rapid.IntRange(1, 3).Draw(t, "dimensions")]
	for _, name := range names {
		d.line("  %s:", name)
		d.clamp(t, "    ")
		if oneIn(t, 2, "score decays") {
			d.line("    decay: {half_life: %s}", d.halfLife(t))
		}
		d.line("    rules:")
		for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
			d.rule(t, fmt.Sprintf("%s_%d", name, i))
		}
		d.scores = append(d.scores, name)
	}
	if oneIn(t, 2, "no total") {
		return
	}
	d.line("totals:")
	for i := range rapid.IntRange(1, 2).Draw(t, "totals") {
		total := fmt.Sprintf("total_%d", i)
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
	band := rapid.SampledFrom(bands).Draw(t, "band")
	if band.ceiling != "" {
		d.line("%scap: %s", indent, band.ceiling)
	}
	if band.floor != "" {
		d.line("%sfloor: %s", indent, band.floor)
	}
}

func (d *draft) rule(t *rapid.T, name string) {
	points := rapid.SampledFrom([]string{"1", "2", "5", "10", "-1", "-5", "-10", "0.5", "0.001", "-0.003", "15.25", "-7.777"}).Draw(t, "points")
	d.line("      - name: %s", name)
	d.line("        points: %s", points)
	switch rapid.SampledFrom([]string{"on", "when", "silence", "on"}).Draw(t, "kind") {
	case "when":
		d.line("        when: '%s'", d.aboutPerson(t, d.SelfReference))
		return
	case "on":
		d.line("        on: [%s]", strings.Join(some(t, d.signals, "on"), ", "))
		d.limit(t, 3)
	case "silence":
		d.line("        silence: %s", d.duration(t, "silence"))
		d.line("        of: [%s]", strings.Join(some(t, d.signals, "of"), ", "))
		d.limit(t, 2)
	}
	if oneIn(t, 3, "minimum") {
		d.line("        minimum: %d", rapid.IntRange(1, 3).Draw(t, "minimum"))
	}
	switch rapid.IntRange(1, 5).Draw(t, "decay") {
	case 1:
		d.line("        decay: none")
	case 2, 3:
		d.line("        decay: {half_life: %s}", d.halfLife(t))
	}
	d.clamp(t, "        ")
}

// halfLife is a multiple of the scale, or one that no duration is a multiple of.
func (d *draft) halfLife(t *rapid.T) string {
	return fmt.Sprintf("%dms", rapid.SampledFrom([]int64{d.scale, 2 * d.scale, 5 * d.scale, d.scale/2 + 1, d.scale/3 + 1}).Draw(t, "half-life"))
}

func (d *draft) limit(t *rapid.T, oneInN int) {
	if !oneIn(t, oneInN, "limit") {
		return
	}
	n := rapid.IntRange(1, 3).Draw(t, "limit n")
	limit := rapid.SampledFrom([]string{
		"once",
		fmt.Sprint(n),
		fmt.Sprintf("%d per day", n),
		fmt.Sprintf("%d per week", n),
		fmt.Sprintf("%d per month", n),
		fmt.Sprintf("%d per %s", n, d.duration(t, "span")),
	}).Draw(t, "limit")
	d.line("        limit: %s", limit)
}

func (d *draft) stages(t *rapid.T) {
	d.line("stages:")
	names := []string{"Lead", "MQL", "SAL"}[:rapid.IntRange(1, 3).Draw(t, "stages")]
	roles := []string{"identified", "qualified", "accepted"}
	for i, name := range names {
		d.line("  - {name: %s, role: %s, when: '%s'}", name, roles[i], d.aboutLead(t))
	}
}

func (d *draft) exclusions(t *rapid.T) {
	n := max(rapid.IntRange(-2, 2).Draw(t, "exclusions"), 0)
	if n == 0 {
		return
	}
	d.line("exclusions:")
	for i := range n {
		d.line("  out_%d: {label: out, when: '%s'}", i, d.aboutPerson(t, d.SelfReference))
	}
}

// some is a sublist of at least one, in an order of its own.
func some(t *rapid.T, all []string, label string) []string {
	order := rapid.Permutation(all).Draw(t, label)
	return order[:rapid.IntRange(1, min(3, len(order))).Draw(t, label+" length")]
}
