package rule

import (
	"strconv"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"galena/internal/lead"
)

// activation shows CEL the variables of one evaluation. A name that it does not
// know is an error to CEL, which is how CEL says unknown.
type activation struct {
	x *Expr
	f frame
}

// Parent is CEL's: there is none.
func (*activation) Parent() cel.Activation { return nil }

// ResolveName is CEL's way to ask for a variable.
func (a *activation) ResolveName(name string) (any, bool) {
	if name[0] == '@' {
		i, err := strconv.Atoi(name[1:])
		if err != nil || i >= len(a.x.truths) {
			return nil, false
		}
		switch a.x.truths[i].truth(a.f) {
		case True:
			return types.True, true
		case False:
			return types.False, true
		}
		return nil, false
	}
	if a.f.event != nil {
		if v, ok := eventVariable(a.f.event, name); ok || a.f.lead == nil {
			return v, ok
		}
	}
	return leadVariable(a.f.lead.Attribute(a.x.env.symbols[name].slot), a.x.env.symbols[name].kind)
}

func eventVariable(e *lead.Event, name string) (any, bool) {
	switch name {
	case "type":
		return types.String(e.Type.String()), true
	case "name":
		return types.String(e.Name), true
	}
	r, ok := roots[name]
	if !ok {
		return nil, false
	}
	if m := r.whole(e); m != nil {
		return m, true
	}
	return map[string]any{}, true
}

func leadVariable(v *lead.Value, kind lead.Kind) (any, bool) {
	if v == nil || v.Kind != kind {
		return nil, false
	}
	switch kind {
	case lead.Text:
		return types.String(v.Text), true
	case lead.Number:
		return types.Double(v.Num), true
	case lead.Bool:
		return types.Bool(v.Num != 0), true
	case lead.Moment:
		return types.Timestamp{Time: time.UnixMilli(int64(v.Num)).UTC()}, true
	case lead.List:
		return types.NewStringList(types.DefaultTypeAdapter, v.List), true
	}
	return nil, false
}

// celTest is a part of a condition that runs in CEL.
type celTest struct {
	x       *Expr
	program cel.Program
}

func (t celTest) truth(f frame) Truth {
	result, _, err := t.program.Eval(&activation{x: t.x, f: f})
	if err != nil {
		return Unknown
	}
	switch result {
	case types.True:
		return True
	case types.False:
		return False
	}
	return Unknown
}
