package playbook

import (
	"fmt"
	"slices"
)

func (w *agreement) stages() {
	if len(w.d.Stages) == 0 {
		return
	}
	w.heading("The stages")
	goesBack := slices.ContainsFunc(w.d.Stages, func(s StageDecl) bool { return s.Back || s.BackWhen.Text != "" })
	if goesBack {
		w.tell("A lead enters the furthest stage whose criterion it meets, and goes back where it is said.")
	} else {
		w.tell("A lead enters the furthest stage whose criterion it meets, and never goes back.")
	}
	w.indent = "   "
	for i, s := range w.d.Stages {
		w.line(fmt.Sprintf("%d. %s", i+1, w.way(s.Name.Text, s.Role.Text, s.Label)))
		if s.ByHand {
			w.under("Only people put leads into it.")
		}
		w.criterion("A lead enters it when it %s.", "Criterion: %s", s.When)
		w.criterion("A lead also enters it, whatever else is asked for, when it %s.", "Fast track: %s", s.FastTrack)
		switch to := prose(s.BackTo.Text); {
		case s.Back && to != "":
			w.under("A lead goes back to **%s** when that no longer holds.", to)
		case s.Back:
			w.under("A lead goes back to the furthest stage before it whose criterion it meets when that no longer holds.")
		}
		if clause, ok := w.condition(s.BackWhen.Text); ok && s.BackWhen.Text != "" {
			if to := prose(s.BackTo.Text); to != "" {
				w.under("A lead goes back to **%s** when it %s.", to, prose(clause))
			} else {
				w.under("A lead goes back to the furthest stage before it whose criterion it meets when it %s.", prose(clause))
			}
		}
		if s.BackWhen.Text != "" {
			w.under("Back: %s", code(s.BackWhen.Text))
		}
		if s.Side {
			w.under("It is a side entrance: who goes past it is not counted as having been in it.")
		}
	}
	w.tell("People may put a lead into any stage. It stays there until the criterion of another turns true anew.")
}

// way heads what is said of a stage or a way out.
func (w *agreement) way(name, role, label string) string {
	head := w.say("**%s** (role %s)", prose(name), role)
	if label != name {
		head += ": " + prose(label)
	}
	return head
}

// under writes a paragraph of an item, as far in as its marker is wide.
func (w *agreement) under(english string, args ...any) { w.line(w.indent + w.say(english, args...)) }

// criterion shows a condition in words, where it has any, and as it is.
func (w *agreement) criterion(said, shown string, when Condition) {
	if when.Text == "" {
		return
	}
	if clause, ok := w.condition(when.Text); ok {
		w.under(said, prose(clause))
	}
	w.under(shown, code(when.Text))
}

func (w *agreement) exits() {
	if len(w.d.Exits) > 0 {
		w.heading("The ways out")
		w.tell("Who has left comes back, in a new cycle, by a criterion that turns true after that; an old score is not enough.")
	}
	w.indent = "  "
	for _, x := range w.d.Exits {
		w.line("- " + w.way(x.Name.Text, x.Role.Text, x.Label))
		if x.ByHand {
			w.under("Only people put leads into it.")
		}
		w.criterion("A lead leaves when it %s.", "Condition: %s", x.When)
		if len(x.Reasons) > 0 {
			w.under("A person names one of the reasons %s.", w.anyOf(w.quotedProse(x.Reasons)))
		}
		switch {
		case x.Final:
			w.under("Nothing but a person leads back.")
		case x.CoolDown > 0:
			w.under("No criterion leads back within %s.", w.spanAfter(x.CoolDown))
		}
	}
	if len(w.d.HandRaise) > 0 {
		var deeds []string
		for _, s := range w.d.HandRaise {
			deeds = append(deeds, prose(w.deed(s.Text)))
		}
		w.tell("Who %s is not kept waiting: a hold and a cool-down end with it, and every criterion counts.", w.anyOf(deeds))
	}
}

// expectedPath tells what an example must come to on the lead's way.
func (w *agreement) expectedPath(x *Expectation) []string {
	var told []string
	if x.Cycle != nil {
		told = append(told, w.say("it is in cycle %d", *x.Cycle))
	}
	if x.Reason != nil && x.Reason.Text != "" {
		told = append(told, w.say("the reason is %s", w.quoted(prose(x.Reason.Text))))
	}
	if x.Reason != nil && x.Reason.Text == "" {
		told = append(told, w.say("there is no reason for it"))
	}
	if len(x.Entered) > 0 {
		var names []string
		for _, e := range x.Entered {
			names = append(names, prose(e.Text))
		}
		told = append(told, w.say("it entered %s, in this order", w.allOf(names)))
	}
	return told
}
