package rule

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"

	"galena/internal/lead"
)

// Env compiles the conditions of one scope. Safe for concurrent use.
type Env struct {
	scope   scope
	symbols map[string]symbol
	names   []string // what can be meant by an unknown name, sorted
	ageless map[string]bool
	cel     *cel.Env
	// broken is set when CEL refuses the catalogue; Compile then reports it.
	broken error
}

// Variables that stand in CEL for what it cannot know: the truths that are
// computed before, @0, @1, …, and one for what was wrong, so that a mistake is
// told once.
const wrongVariable = "@wrong"

// maxTruths is more truths than a text of MaxText can hold ("known(a)||" each, and
// each segment once).
const maxTruths = MaxText/10 + 1 + MaxSegments

func truthVariable(i int) string { return "@" + strconv.Itoa(i) }

// language is the CEL that both scopes share.
var language = sync.OnceValues(func() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.StdLib(),
		ext.Strings(ext.StringsVersion(0)),
		cel.CrossTypeNumericComparisons(true),
		cel.Variable(wrongVariable, cel.DynType),
	}
	for i := range maxTruths {
		options = append(options, cel.Variable(truthVariable(i), cel.BoolType))
	}
	options = append(options, extremeFunctions()...)
	return cel.NewCustomEnv(append(options, equalityFunctions()...)...)
})

// ForEvents is the scope of a signal's `where`.
func ForEvents() *Env {
	e := &Env{scope: inEvents, names: slices.Clone(eventNames)}
	e.extend(eventVariables()...)
	return e
}

// ForBoth is the scope of points that are computed when something occurs: they
// read the event as the `where` of a signal does, and the attributes and segments
// of the lead whose it is, that event included. Fields of a catalogue cannot bear
// the names of an event's parts: those are Reserved.
func ForBoth(c Catalogue) *Env {
	e := &Env{scope: inBoth, symbols: c.symbols(), names: slices.Clone(eventNames)}
	variables := eventVariables()
	for _, f := range c.Fields {
		variables = append(variables, cel.Variable(f.Name, celTypes[f.Kind]))
		e.names = append(e.names, f.Name)
	}
	for _, s := range c.Segments {
		e.names = append(e.names, s.Name)
	}
	e.extend(variables...)
	return e
}

func eventVariables() []cel.EnvOption {
	dynMap := cel.MapType(cel.StringType, cel.DynType)
	return []cel.EnvOption{
		cel.Variable("type", cel.StringType),
		cel.Variable("name", cel.StringType),
		cel.Variable("properties", dynMap),
		cel.Variable("traits", dynMap),
		cel.Variable("context", dynMap),
		cel.Variable("page", dynMap),
		cel.Variable("campaign", dynMap),
	}
}

// ForLeads is the scope of rules, stages and exclusions. The catalogue's names
// must be unique and none of them Reserved.
func ForLeads(c Catalogue) *Env {
	e := &Env{scope: inLeads, symbols: c.symbols(), names: []string{inStage}, ageless: map[string]bool{}}
	var variables []cel.EnvOption
	for _, f := range c.Fields {
		e.ageless[f.Name] = f.Ageless
		variables = append(variables, cel.Variable(f.Name, celTypes[f.Kind]))
	}
	for name := range e.symbols {
		e.names = append(e.names, name)
	}
	e.extend(variables...)
	return e
}

// celTypes are the types of attributes. One of no kind is never anything.
var celTypes = [...]*cel.Type{
	lead.Missing: cel.DynType,
	lead.Text:    cel.StringType,
	lead.Number:  cel.DoubleType,
	lead.Bool:    cel.BoolType,
	lead.Moment:  cel.TimestampType,
	lead.List:    cel.ListType(cel.StringType),
}

func (e *Env) extend(variables ...cel.EnvOption) {
	for _, f := range functions {
		if e.scope.sees(f) {
			e.names = append(e.names, f.name)
		}
	}
	slices.Sort(e.names)
	base, err := language()
	if err == nil {
		e.cel, err = base.Extend(variables...)
	}
	if err != nil {
		e.broken = fmt.Errorf("names of conditions: %w", err)
	}
}
