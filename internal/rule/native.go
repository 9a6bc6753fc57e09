package rule

import (
	"galena/internal/lead"
)

// frame is what one evaluation reads: an event or a lead. It is passed by value,
// which keeps it off the heap.
type frame struct {
	event *lead.Event
	lead  Lead
	byCEL bool // segments run in CEL, too
}

// predicate is a native piece of a condition.
type predicate interface {
	truth(f frame) Truth
}

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

type constant Truth

func (c constant) truth(frame) Truth { return Truth(c) }

type not struct{ of predicate }

func (n not) truth(f frame) Truth {
	switch n.of.truth(f) {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

type all []predicate

func (a all) truth(f frame) Truth {
	sum := True
	for _, p := range a {
		switch p.truth(f) {
		case False:
			return False
		case Unknown:
			sum = Unknown
		}
	}
	return sum
}

type either []predicate

func (a either) truth(f frame) Truth {
	sum := False
	for _, p := range a {
		switch p.truth(f) {
		case True:
			return True
		case Unknown:
			sum = Unknown
		}
	}
	return sum
}

// atomTest asks the lead for the truth of an atom.
type atomTest struct{ atom *Atom }

func (t atomTest) truth(f frame) Truth { return f.lead.Holds(t.atom) }

// knownTest is known(attribute).
type knownTest struct{ slot int }

func (t knownTest) truth(f frame) Truth {
	v := f.lead.Attribute(t.slot)
	return truthOf(v != nil && v.Kind != lead.Missing)
}

// segmentTest asks whether a segment's condition holds.
type segmentTest struct{ of *Expr }

func (t segmentTest) truth(f frame) Truth {
	if f.byCEL {
		return t.of.byCEL.truth(f)
	}
	return t.of.run.truth(f)
}

// hasTest is has(path). As in CEL, a path that breaks off before its end is
// unknown, except where it breaks off at a plain value, which has no entries.
type hasTest struct{ path path }

func (t hasTest) truth(f frame) Truth {
	last := len(t.path.keys) - 1
	key := t.path.keys[last]
	if last == 0 {
		if contains(t.path.root.sent(f.event), key) {
			return True
		}
		_, ok := t.path.root.derived(f.event, key)
		return truthOf(ok)
	}
	parent := path{root: t.path.root, keys: t.path.keys[:last]}
	v, ok := parent.value(f)
	if !ok {
		if _, derived := parent.text(f); derived {
			return False
		}
		return Unknown
	}
	switch v := v.(type) {
	case map[string]any:
		return truthOf(contains(v, key))
	case []any:
		return Unknown
	}
	return False
}

// nullTest is path == null.
type nullTest struct{ path path }

func (t nullTest) truth(f frame) Truth {
	if v, ok := t.path.value(f); ok {
		return truthOf(v == nil)
	}
	if _, ok := t.path.text(f); ok {
		return False
	}
	return Unknown
}

// boolTest is a truth value by itself.
type boolTest struct{ of source }

func (t boolTest) truth(f frame) Truth {
	b, ok := t.of.boolean(f)
	if !ok {
		return Unknown
	}
	return truthOf(b)
}

// numberTest compares a number with a constant.
type numberTest struct {
	of   source
	op   Op
	with float64
}

func (t numberTest) truth(f frame) Truth {
	n, ok := t.of.number(f)
	if !ok {
		return Unknown
	}
	switch t.op {
	case Equal:
		return truthOf(n == t.with)
	case NotEqual:
		return truthOf(n != t.with)
	}
	if n != n {
		return Unknown // what is no number has no order
	}
	switch t.op {
	case Less:
		return truthOf(n < t.with)
	case LessOrEqual:
		return truthOf(n <= t.with)
	case Greater:
		return truthOf(n > t.with)
	default:
		return truthOf(n >= t.with)
	}
}

// numberInTest is number in [constants].
type numberInTest struct {
	of   source
	list []float64
}

func (t numberInTest) truth(f frame) Truth {
	n, ok := t.of.number(f)
	if !ok {
		return Unknown
	}
	for _, c := range t.list {
		if n == c {
			return True
		}
	}
	return False
}

// momentTest compares a time attribute with a constant. Attributes are
// milliseconds; a constant may lie between two.
type momentTest struct {
	slot    int
	op      Op
	with    int64
	between bool // the constant is later than with by less than a millisecond
}

func (t momentTest) truth(f frame) Truth {
	v := f.lead.Attribute(t.slot)
	if v == nil || v.Kind != lead.Moment {
		return Unknown
	}
	at := int64(v.Num)
	if t.between && at == t.with {
		return truthOf(t.op.Compare(0, 1))
	}
	return truthOf(t.op.Compare(at, t.with))
}

// memberTest is constant in attribute.
type memberTest struct {
	slot int
	text string
}

func (t memberTest) truth(f frame) Truth {
	v := f.lead.Attribute(t.slot)
	if v == nil || v.Kind != lead.List {
		return Unknown
	}
	for _, item := range v.List {
		if item == t.text {
			return True
		}
	}
	return False
}
