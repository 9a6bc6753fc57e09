package generate

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

var stageNames = []string{"Lead", "MQL", "SAL", "SQL"}

func (d *draft) stages(t *rapid.T) {
	d.line("stages:")
	names := stageNames[:among(t, []int{3, 2, 1, 4}, "stages")]
	roles := []string{"identified", "qualified", "accepted", "sales-qualified"}
	if d.renames {
		names, roles = otherStages(t)
	}
	for i, name := range names {
		d.line("  - name: %s", name)
		d.line("    role: %s", roles[i])
		d.criteria(t)
		if i > 0 {
			d.back(t, names[:i])
		}
	}
	d.places = append(d.places, names...)
}

// criteria writes a stage's.
func (d *draft) criteria(t *rapid.T) {
	switch between(t, 1, 12, "criteria") {
	case 1:
		d.line("    by_hand: true")
		return
	case 2:
		d.line("    fast_track: '%s'", d.aboutLead(t))
		return
	case 3, 4:
		d.line("    fast_track: '%s'", d.aboutLead(t))
	}
	d.line("    when: '%s'", d.aboutLead(t))
}

// back says of every other stage when leads go back.
func (d *draft) back(t *rapid.T, earlier []string) {
	switch between(t, 1, 6, "back") {
	case 1, 2:
		if strings.HasSuffix(d.String(), "by_hand: true\n") {
			return
		}
		d.line("    back: true")
	case 3:
		d.line("    back_when: '%s'", join(t, d.atom))
	default:
		return
	}
	if oneIn(t, 3, "back to") {
		d.line("    back_to: %s", among(t, earlier, "earlier"))
	}
}

func (d *draft) exits(t *rapid.T) {
	if oneIn(t, 3, "hand raise") {
		d.line("hand_raise: [%s]", among(t, d.signals, "hand raised"))
	}
	names := []string{"Recycled", "Out"}[:max(between(t, -1, 2, "exits"), 0)]
	if len(names) == 0 {
		return
	}
	d.line("exits:")
	for i, name := range names {
		d.line("  - name: %s", name)
		d.line("    role: %s", []string{"recycled", "disqualified"}[i])
		if oneIn(t, 4, "by hand") {
			d.line("    by_hand: true")
		} else {
			// Most leave a stage: otherwise nobody would ever be in one.
			d.line("    when: '%s'", among(t, []string{
				fmt.Sprintf("in_stage > %s && (%s)", d.duration(t, "stay"), join(t, d.atom)),
				fmt.Sprintf("stage == \"%s\" && (%s)", among(t, stageNames, "left"), join(t, d.atom)),
				d.aboutLead(t),
			}, "leaves when"))
		}
		switch between(t, 1, 4, "comes back") {
		case 1:
			d.line("    final: true")
		case 2, 3:
			d.line("    cool_down: %s", d.duration(t, "cool-down"))
		}
	}
	d.places = append(d.places, names...)
}

// passage is a part of a stage's condition that reads the lead's way so far.
func passage(t *rapid.T) string {
	name := among(t, append([]string{"Recycled"}, stageNames...), "place")
	return negate(t, among(t, []string{
		fmt.Sprintf("stage == %q", name),
		fmt.Sprintf("stage in [\"MQL\", %q]", name),
		fmt.Sprintf("previous_stage == %q", name),
		fmt.Sprintf("%q in past_stages", name),
		"cycle >= 2",
		"cycle < 2",
		"known(stage)",
		"known(previous_stage)",
	}, "passage"))
}

// act makes an event of a person who puts the lead somewhere, or of a company that
// tells its people what is known of it.
func (w *world) act(t *rapid.T) lead.Event {
	if oneIn(t, 3, "of the company") {
		return accountNews(t)
	}
	place := among(t, append([]string{"nowhere"}, w.places...), "put into")
	body := map[string]any{"properties": map[string]any{
		lead.ActStageName: place, lead.ActReason: among(t, []any{"no budget", "", nil, 7}, "reason"), lead.ActAuthor: "ann",
	}}
	e := lead.Event{Type: lead.Act, Name: among(t, []string{lead.ActStage, lead.ActStage, lead.ActStage, "another act"}, "act")}
	return opened(e, body)
}

func accountNews(t *rapid.T) lead.Event {
	body := map[string]any{"properties": map[string]any{
		"account": among(t, []any{"g1", "g1", "g2", "corp.example", "", nil}, "company that tells"), "change": 1,
		"traits": sometimes(t, map[string][]any{"tier": {"pro", "free", nil, 7, true, []any{"pro"}}, "title": {"VP"}, "vip": {true}}),
	}}
	if oneIn(t, 3, "foreign traits of the company") {
		// The company's are in the act's properties only.
		body["traits"] = map[string]any{"tier": "pro", "title": "VP"}
	}
	return opened(lead.Event{Type: lead.Act, Name: lead.ActAccount}, body)
}
