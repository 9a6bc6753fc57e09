package playbook

import (
	"fmt"
	"slices"
	"strings"
)

func (w *agreement) stages() {
	if len(w.d.Stages) == 0 {
		return
	}
	w.line("## The stages")
	goesBack := slices.ContainsFunc(w.d.Stages, func(s StageDecl) bool { return s.Back || s.BackWhen.Text != "" })
	if goesBack {
		w.line("A lead enters the furthest stage whose criterion it meets, and goes back where it is said.")
	} else {
		w.line("A lead enters the furthest stage whose criterion it meets, and never goes back.")
	}
	for i, s := range w.d.Stages {
		var about string
		if s.Label != s.Name.Text {
			about = ": " + prose(s.Label)
		}
		w.line("%d. **%s** (role %s)%s", i+1, prose(s.Name.Text), s.Role.Text, about)
		if s.ByHand {
			w.line("   Only people put leads into it.")
		}
		w.criterion("A lead enters it when it", "Criterion", s.When)
		w.criterion("A lead also enters it, whatever else is asked for, when it", "Fast track", s.FastTrack)
		to := "the furthest stage before it whose criterion it meets"
		if s.BackTo.Text != "" {
			to = "**" + prose(s.BackTo.Text) + "**"
		}
		if s.Back {
			w.line("   A lead goes back to %s when that no longer holds.", to)
		}
		w.criterion(fmt.Sprintf("A lead goes back to %s when it", to), "Back", s.BackWhen)
		if s.Side {
			w.line("   It is a side entrance: who goes past it is not counted as having been in it.")
		}
	}
	w.line("People may put a lead into any stage. It stays there until the criterion of another turns true anew.")
}

// criterion shows a condition in words, where it has any, and as it is.
func (w *agreement) criterion(said, name string, when Condition) {
	if when.Text == "" {
		return
	}
	if clause, ok := w.words.condition(when.Text); ok {
		w.line("   %s %s.", said, prose(clause))
	}
	w.line("   %s: %s", name, code(when.Text))
}

func (w *agreement) exits() {
	if len(w.d.Exits) > 0 {
		w.line("## The ways out")
		w.line("Who has left comes back, in a new cycle, by a criterion that turns true after that; an old score is not enough.")
	}
	for _, x := range w.d.Exits {
		var about string
		if x.Label != x.Name.Text {
			about = ": " + prose(x.Label)
		}
		w.line("- **%s** (role %s)%s", prose(x.Name.Text), x.Role.Text, about)
		if x.ByHand {
			w.line("  Only people put leads into it.")
		}
		w.criterion("A lead leaves when it", "Condition", x.When)
		if len(x.Reasons) > 0 {
			var reasons []string
			for _, r := range x.Reasons {
				reasons = append(reasons, "“"+prose(r.Text)+"”")
			}
			w.line("  A person names one of the reasons %s.", enumerate(reasons, "or"))
		}
		switch {
		case x.Final:
			w.line("  Nothing but a person leads back.")
		case x.CoolDown > 0:
			w.line("  No criterion leads back within %s.", spanInWords(x.CoolDown))
		}
	}
	if len(w.d.HandRaise) > 0 {
		var deeds []string
		for _, s := range w.d.HandRaise {
			deeds = append(deeds, prose(w.words.deed(s.Text)))
		}
		w.line("Who %s is not kept waiting: a hold and a cool-down end with it, and every criterion counts.", strings.Join(deeds, " or "))
	}
}

// expectedPath tells what an example must come to on the lead's way.
func expectedPath(x *Expectation) []string {
	var told []string
	if x.Cycle != nil {
		told = append(told, fmt.Sprintf("it is in cycle %d", *x.Cycle))
	}
	if x.Reason != nil && x.Reason.Text != "" {
		told = append(told, "the reason is “"+prose(x.Reason.Text)+"”")
	}
	if x.Reason != nil && x.Reason.Text == "" {
		told = append(told, "there is no reason for it")
	}
	if len(x.Entered) > 0 {
		var names []string
		for _, e := range x.Entered {
			names = append(names, prose(e.Text))
		}
		told = append(told, "it entered "+enumerate(names, "and")+", in this order")
	}
	return told
}
