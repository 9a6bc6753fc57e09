package playbook

import (
	"fmt"
	"slices"
	"strings"

	"galena/internal/phrase"
)

// Change is one difference between two playbooks. Section, Kind and What are in
// English, and keys of what In says; Name, Was and Is are in the language that Diff
// was asked for.
type Change struct {
	// Section is that of the agreement, see Describe.
	Section string `json:"section"`
	// Kind and Name say of what: "rule", "interest: pricing_visit".
	Kind string `json:"kind"`
	Name string `json:"name"`
	// What is the aspect that differs, or "added", "removed", "renamed", "order".
	What string `json:"what"`
	// Was and Is are in words, "" where there is nothing or where words would be
	// too many; "yes" where the aspect is a statement that holds.
	Was string `json:"was"`
	Is  string `json:"is"`
}

// What may have become of a thing as a whole.
const (
	added   = "added"
	removed = "removed"
	renamed = "renamed"
	order   = "order"
)

// orders are the kinds of things whose order matters.
var orders = map[string]string{
	"persona": "the order of the personas is %s, was %s", "stage": "the order of the stages is %s, was %s", "exit": "the order of the exits is %s, was %s",
	"exclusion": "the order of the exclusions is %s, was %s", "route": "the order of the routes is %s, was %s", "question": "the order of the questions is %s, was %s",
}

// String is a line for people, in English: Mark and In.
func (c Change) String() string { return string(c.Mark()) + " " + c.In(nil) }

// Mark says whether something came (+), went (-), or is otherwise (~).
func (c Change) Mark() byte {
	switch c.What {
	case added:
		return '+'
	case removed:
		return '-'
	}
	return '~'
}

// In says it in the language that Diff was asked for.
func (c Change) In(t phrase.Tongue) string {
	kind := t.Term(c.Kind)
	thing := strings.TrimSpace(kind + " " + c.Name)
	switch c.What {
	case added:
		return strings.TrimSuffix(thing+": "+c.Is, ": ")
	case removed:
		return thing
	case renamed:
		return t.Say("%s %s is now called %s", kind, c.Was, c.Is)
	case order:
		return t.Say(orders[c.Kind], c.Is, c.Was)
	}
	what := t.Term(c.What)
	switch {
	case statements[c.What] && c.Was == "":
		return t.Say("%s: now %s", thing, what)
	case statements[c.What]:
		return t.Say("%s: no longer %s", thing, what)
	case c.Was == "" && c.Is == "":
		return t.Say("%s: other %s", thing, what)
	case c.Was == "":
		return t.Say("%s: %s %s; there was none", thing, what, c.Is)
	case c.Is == "":
		return t.Say("%s: no %s any more; it was %s", thing, what, c.Was)
	}
	return t.Say("%s: %s %s, was %s", thing, what, c.Is, c.Was)
}

// Diff says in words what differs between two playbooks, section by section as
// the agreement has them; nothing if they mean the same, however they are written.
// What bears another name is another thing, unless all else about it is the same
// and so about no other.
func Diff(old, changed *Document, in phrase.Tongue) []Change {
	d := differ{words: wordsFor(changed, in)}
	before, after := catalogue{wordsFor(old, in), old}, catalogue{d.words, changed}
	for _, section := range sections {
		d.section = section.title
		d.compare(section.kind, section.list(before), section.list(after), section.ordered)
	}
	return d.changes
}

// item is a thing with a name, and all that is said about it.
type item struct {
	name    string
	aspects []aspect
	// kind is another than its section's.
	kind string
	// nameless says that the name is made of what the thing says, so that another
	// name is another thing.
	nameless bool
	// sequence are parts without names, in an order that matters; each is one of
	// parts.
	sequence []string
	parts    string
}

// aspect is one thing that is said about an item; "" if nothing is. One that is
// opaque is compared and not shown.
type aspect struct {
	what, text string
	opaque     bool
}

func (i *item) say(what, text string) { i.aspects = append(i.aspects, aspect{what: what, text: text}) }

// told puts all that is said about an item into one line.
func (w words) told(i *item) string {
	var told []string
	for _, a := range i.aspects {
		switch {
		case a.text == "" || a.opaque:
		case statements[a.what]:
			told = append(told, w.term(a.what))
		default:
			told = append(told, w.term(a.what)+" "+a.text)
		}
	}
	return strings.Join(told, "; ")
}

type differ struct {
	words
	section string
	changes []Change
}

func (d *differ) add(c Change) {
	c.Section = d.section
	d.changes = append(d.changes, c)
}

// compare tells what became of the items of a section: first what went, then what
// is there, in its order.
func (d *differ) compare(kind string, old, changed []item, ordered bool) {
	d.tellApart(old)
	d.tellApart(changed)
	before, after := byName(old), byName(changed)
	names := renames(old, changed, before, after)
	kindOf := func(i *item) string {
		if i.kind != "" {
			return i.kind
		}
		return kind
	}
	for i := range old {
		if name := old[i].name; after[name] == nil && names[name] == "" {
			d.add(Change{Kind: kindOf(&old[i]), Name: name, What: removed})
		}
	}
	for i := range changed {
		is := &changed[i]
		was := before[is.name]
		if was == nil {
			if from := nameBefore(names, is.name); from != "" {
				d.add(Change{Kind: kindOf(is), Name: is.name, What: renamed, Was: from, Is: is.name})
			} else {
				told := d.told(is)
				if ordered {
					before := ""
					if i > 0 {
						before = changed[i-1].name
					}
					told = strings.TrimPrefix(told+"; "+d.comesAfter(before), "; ")
				}
				d.add(Change{Kind: kindOf(is), Name: is.name, What: added, Is: told})
				d.sequence(is.parts, is.name, nil, is.sequence)
			}
			continue
		}
		d.aspects(kindOf(is), was, is)
		d.sequence(is.parts, is.name, was.sequence, is.sequence)
	}
	if ordered {
		d.order(kind, old, changed, before, after, names)
	}
}

// tellApart numbers things of one name; not all names are those of one thing only.
func (w words) tellApart(items []item) {
	met := map[string]int{}
	for i := range items {
		name := items[i].name
		if met[name]++; met[name] > 1 {
			items[i].name = fmt.Sprintf("%s (%s)", name, w.ordinal(int64(met[name])))
		}
	}
}

func byName(items []item) map[string]*item {
	found := make(map[string]*item, len(items))
	for i := range items {
		found[items[i].name] = &items[i]
	}
	return found
}

// renames finds the new names of items that went, where just one came that is the
// same in all else.
func renames(old, changed []item, before, after map[string]*item) map[string]string {
	went, came := map[string][]string{}, map[string][]string{}
	for i := range old {
		if after[old[i].name] == nil && !old[i].nameless {
			went[old[i].identity()] = append(went[old[i].identity()], old[i].name)
		}
	}
	for i := range changed {
		if before[changed[i].name] == nil && !changed[i].nameless {
			came[changed[i].identity()] = append(came[changed[i].identity()], changed[i].name)
		}
	}
	names := map[string]string{}
	for what, from := range went {
		if to := came[what]; len(from) == 1 && len(to) == 1 {
			names[from[0]] = to[0]
		}
	}
	return names
}

// identity is all that is said about an item but its name.
func (i *item) identity() string { return fmt.Sprintf("%q %+v %q", i.kind, i.aspects, i.sequence) }

func nameBefore(names map[string]string, now string) string {
	for from, to := range names {
		if to == now {
			return from
		}
	}
	return ""
}

// aspects compares what is said about one item; both say the same things in the
// same order, as far as they say them.
func (d *differ) aspects(kind string, was, is *item) {
	text := func(i *item, what string) (aspect, bool) {
		at := slices.IndexFunc(i.aspects, func(a aspect) bool { return a.what == what })
		if at < 0 {
			return aspect{}, false
		}
		return i.aspects[at], true
	}
	differs := func(what string) {
		a, _ := text(was, what)
		b, _ := text(is, what)
		if a.text == b.text {
			return
		}
		c := Change{Kind: kind, Name: is.name, What: what, Was: a.text, Is: b.text}
		if a.opaque || b.opaque {
			c.Was, c.Is = "", ""
		}
		d.add(c)
	}
	for _, a := range was.aspects {
		if _, said := text(is, a.what); !said {
			differs(a.what)
		}
	}
	for _, a := range is.aspects {
		differs(a.what)
	}
}

// order tells whether what both have, under whatever names, stands in another
// order.
func (d *differ) order(kind string, old, changed []item, before, after map[string]*item, names map[string]string) {
	var was, is []string
	for _, i := range old {
		switch now := names[i.name]; {
		case now != "":
			was = append(was, now)
		case after[i.name] != nil:
			was = append(was, i.name)
		}
	}
	for _, i := range changed {
		if before[i.name] != nil || nameBefore(names, i.name) != "" {
			is = append(is, i.name)
		}
	}
	if !slices.Equal(was, is) {
		d.add(Change{Kind: kind, What: order, Was: strings.Join(was, ", "), Is: strings.Join(is, ", ")})
	}
}
