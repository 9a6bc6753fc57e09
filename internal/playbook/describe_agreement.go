package playbook

import (
	"fmt"
	"strings"
)

// agreement writes what is agreed beside scores and stages.
func (w *agreement) agreement() {
	d := w.d
	if d.Handoff == nil && len(d.Tracks) == 0 && d.Attribution == nil && len(d.Goals) == 0 && len(d.Costs) == 0 && d.Review.Text == "" {
		return
	}
	w.line("## What else is agreed")
	w.line("This version of Galena checks what follows and writes it down here; people see to it that it is kept.")
	w.handoff()
	w.nurture()
	w.attribution()
	w.money()
	if d.Review.Text != "" {
		w.line("This agreement is looked at again on %s.", d.Review.Text)
	}
}

func (w *agreement) handoff() {
	h := w.d.Handoff
	if h == nil {
		return
	}
	w.line("### The handoff to sales")
	w.line("Who enters %s is handed to sales.", stagesInWords(h.On, "or"))
	w.item("")
	if h.OwnerFirst {
		w.item("- The owner of the lead's account goes before all routes.")
	}
	for _, r := range h.Routes {
		whom := "Whoever is left"
		if r.When.Text != "" {
			whom = "Whoever meets " + code(r.When.Text)
			if clause, ok := w.words.condition(r.When.Text); ok {
				whom = "Whoever " + prose(clause)
			}
		}
		name := ""
		if r.Name.Text != "" {
			name = " (" + prose(r.Name.Text) + ")"
		}
		w.item("- %s%s goes to %s.", whom, name, targetInWords(r.To))
	}
	if h.Fallback != nil {
		w.item("- %s", fallbackInWords(h))
	}
	if h.Capacity > 0 {
		w.item("- Nobody has more than %d open at a time.", h.Capacity)
	}
	if h.Wait > 0 {
		w.item("- Routing waits at most %s for what is still missing.", spanInWords(h.Wait))
	}
	w.promises(h)
	if len(h.Context) > 0 {
		var told []string
		for _, c := range h.Context {
			told = append(told, prose(w.words.label(c.Text)))
		}
		w.line("Sales is told: %s.", strings.Join(told, "; "))
	}
	if len(h.Questions) > 0 {
		w.line("Sales asks, and records the answers:")
		w.item("")
		for _, q := range h.Questions {
			w.item("- %s%s", prose(q.Ask), answerInWords(&q))
		}
	}
	if len(h.Rejects) > 0 {
		var reasons []string
		for _, r := range h.Rejects {
			reasons = append(reasons, "“"+prose(r.Text)+"”")
		}
		w.line("Sales may reject for one of the reasons %s.", enumerate(reasons, "or"))
	}
}

// promises writes the clocks and the ladder of a handoff.
func (w *agreement) promises(h *Handoff) {
	time := ""
	if h.Hours != nil {
		time = "in working time "
		w.line("Sales works %s%s.", hoursInWords(h.Hours), holidaysInWords(h.Holidays))
	}
	var promises []string
	if h.AcceptWithin > 0 {
		promises = append(promises, "accepts or rejects within "+spanInWords(h.AcceptWithin))
	}
	if h.ReachWithin > 0 {
		promises = append(promises, "first reaches out within "+spanInWords(h.ReachWithin))
	}
	if len(promises) > 0 {
		w.line("Sales %s, %sfrom the %s.", enumerate(promises, "and"), time, h.Clock)
	}
	if len(promises) == 2 {
		w.line("Accepting stops only the first of the two clocks.")
	}
	if len(h.Ladder) == 0 {
		return
	}
	w.line("What happens when that is not kept:")
	w.item("")
	for _, r := range h.Ladder {
		deed := map[string]string{"remind": "whose it is gets a reminder", "escalate": "it is escalated", "reassign": "it goes to somebody else"}[r.Do]
		if r.To != "" {
			deed += ", to " + prose(r.To)
		}
		w.item("- after %s %s", spanInWords(r.After), deed)
	}
}

func fallbackInWords(h *Handoff) string {
	who := "All go"
	if len(h.Routes) > 0 || h.OwnerFirst {
		who = "Whoever fits nowhere, or for whom nobody has room, goes"
	}
	return who + " to " + targetInWords(*h.Fallback) + "."
}

func holidaysInWords(days []Date) string {
	if len(days) == 0 {
		return ""
	}
	var all []string
	for _, d := range days {
		all = append(all, d.Text)
	}
	return ", but not on " + enumerate(all, "and")
}

func hoursInWords(h *Hours) string {
	var days []string
	for _, d := range h.Days {
		days = append(days, strings.ToUpper(d[:1])+d[1:])
	}
	return fmt.Sprintf("%s from %s to %s", enumerate(days, "and"), clockInWords(h.From), clockInWords(h.To))
}

func clockInWords(ms int64) string {
	minutes := ms / 60_000
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

func targetInWords(t Target) string {
	switch {
	case t.Owner != "":
		return prose(t.Owner)
	case t.Team != "":
		return "the team " + prose(t.Team)
	case t.Queue != "":
		return "the queue " + prose(t.Queue)
	}
	var people []string
	for _, s := range t.Robin {
		people = append(people, fmt.Sprintf("%s (%d)", prose(s.Who.Text), s.Weight))
	}
	return enumerate(people, "and") + " in turn, by these weights"
}

func answerInWords(q *Question) string {
	var told []string
	if len(q.Choices) > 0 {
		told = append(told, "one of "+prose(strings.Join(q.Choices, ", ")))
	}
	if q.Required {
		told = append(told, "needed")
	}
	if len(told) == 0 {
		return ""
	}
	return " (" + strings.Join(told, "; ") + ")"
}

func stagesInWords(stages []Word, last string) string {
	var names []string
	for _, s := range stages {
		names = append(names, "**"+prose(s.Text)+"**")
	}
	return enumerate(names, last)
}

func (w *agreement) nurture() {
	for i := range w.d.Tracks {
		t := &w.d.Tracks[i]
		w.line("### Nurture: %s (%s)", prose(t.Label), code(t.Name.Text))
		w.line("It takes in whoever meets %s.", code(t.Enrol.Text))
		if t.Exit.Text != "" {
			w.line("It lets go whoever meets %s.", code(t.Exit.Text))
		}
		if t.Hours != nil {
			w.line("It sends %s.", hoursInWords(t.Hours))
		}
		if t.Limit.N > 0 {
			w.line("It sends to one person %s.", limitInWords(t.Limit, 1))
		}
		w.item("")
		w.steps(t.Steps, "")
	}
}

func (w *agreement) steps(steps []Step, indent string) {
	for i := range steps {
		s := &steps[i]
		w.item("%s%d. %s", indent, i+1, w.step(s))
		if s.Kind != "branch" {
			continue
		}
		w.steps(s.Then, indent+"   ")
		if len(s.Else) > 0 {
			w.item("")
			w.item("%s   Otherwise:", indent)
			w.item("")
			w.steps(s.Else, indent+"   ")
		}
	}
}

func (w *agreement) step(s *Step) string {
	switch s.Kind {
	case "send":
		return "send “" + prose(s.What) + "”"
	case "wait":
		return "wait " + spanInWords(s.Span)
	case "wait_for":
		return fmt.Sprintf("wait until the lead %s, at most %s", prose(w.words.deed(s.For.Text)), spanInWords(s.Span))
	case "notify":
		return fmt.Sprintf("tell %s: “%s”", prose(s.What), prose(s.Text))
	case "update":
		var sets []string
		for _, set := range s.Sets {
			sets = append(sets, fmt.Sprintf("%s to %s", prose(w.words.label(set.Name.Text)), code(fmt.Sprint(set.Value))))
		}
		return "set " + enumerate(sets, "and")
	case "webhook":
		return "call " + code(s.What)
	case "branch":
		return "if the lead meets " + code(s.When.Text) + ":"
	}
	return "leave the track"
}

func (w *agreement) attribution() {
	a := w.d.Attribution
	if a == nil {
		return
	}
	w.line("### Credit")
	var touches []string
	for _, t := range a.Touches {
		touches = append(touches, prose(w.words.label(t.Text)))
	}
	age := ""
	if a.Window > 0 {
		age = fmt.Sprintf(", no older than %s", spanInWords(a.Window))
	}
	w.line("Touches are: %s%s.", strings.Join(touches, "; "), age)
	w.item("")
	for i := range a.Models {
		m := &a.Models[i]
		how := strings.ReplaceAll(m.Kind.Text, "_", " ")
		if m.Half > 0 {
			how += ", half after " + spanInWords(m.Half)
		}
		for _, share := range m.Weights {
			how += fmt.Sprintf(", %s %d%%", prose(share.At.Text), share.Share)
		}
		w.item("- **%s** (%s) for reaching %s", prose(m.Label), how, stagesInWords(m.Anchors, "and"))
	}
}

func (w *agreement) money() {
	if len(w.d.Goals) > 0 {
		w.line("### Goals")
		w.item("")
		for i := range w.d.Goals {
			g := &w.d.Goals[i]
			var what []string
			if g.Revenue != nil {
				what = append(what, g.Revenue.String())
			}
			if g.Count > 0 {
				what = append(what, fmt.Sprintf("%d leads in %s", g.Count, prose(g.Stage.Text)))
			}
			w.item("- **%s**, %s to %s: %s", prose(g.Name.Text), g.From.Text, g.To.Text, enumerate(what, "and"))
		}
	}
	if len(w.d.Costs) == 0 {
		return
	}
	w.line("### Costs")
	var rows [][]string
	for i := range w.d.Costs {
		c := &w.d.Costs[i]
		amount, until := c.Amount.String(), "on"
		if c.Per != "" {
			amount += " per " + c.Per
		}
		if c.To.Text != "" {
			until = "to " + c.To.Text
		}
		var of []string
		for _, part := range []string{c.Source, c.Medium, c.Campaign, c.Vendor} {
			if part != "" {
				of = append(of, prose(part))
			}
		}
		rows = append(rows, []string{prose(c.Name.Text), amount, strings.Join(of, ", "), "from " + c.From.Text + " " + until})
	}
	w.table([]string{"For", "Money", "Of", "When"}, rows)
}
