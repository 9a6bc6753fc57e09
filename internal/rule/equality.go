package rule

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// CEL's own == finds values of different kinds unequal. Here such a comparison is
// unknown, so conditions run with these functions in place of CEL's operators.
const (
	equalFunction    = "@equal"
	notEqualFunction = "@not_equal"
	inFunction       = "@within"
	isNullFunction   = "@is_null"
)

// errUnknown is what CEL sees where truth is unknown.
var errUnknown = types.NewErr("unknown").(*types.Err)

func equalityFunctions() []cel.EnvOption {
	a, b := cel.TypeParamType("A"), cel.TypeParamType("B")
	return []cel.EnvOption{
		cel.Function(equalFunction, cel.Overload("@equal_same", []*cel.Type{a, a}, cel.BoolType,
			cel.BinaryBinding(equalValues))),
		cel.Function(notEqualFunction, cel.Overload("@not_equal_same", []*cel.Type{a, a}, cel.BoolType,
			cel.BinaryBinding(func(x, y ref.Val) ref.Val {
				if equal, ok := equalValues(x, y).(types.Bool); ok {
					return !equal
				}
				return errUnknown
			}))),
		cel.Function(inFunction,
			cel.Overload("@within_list", []*cel.Type{a, cel.ListType(a)}, cel.BoolType),
			cel.Overload("@within_map", []*cel.Type{a, cel.MapType(a, b)}, cel.BoolType),
			cel.SingletonBinaryBinding(valueIn)),
		cel.Function(isNullFunction, cel.Overload("@is_null_any", []*cel.Type{cel.DynType}, cel.BoolType,
			cel.UnaryBinding(func(x ref.Val) ref.Val {
				_, null := x.(types.Null)
				return types.Bool(null)
			}))),
		// Bound by precompiled; this binding is for patterns that are not written
		// out, which Compile refuses.
		cel.Function(matchesFunction, cel.MemberOverload("@matches_text", []*cel.Type{cel.StringType, cel.StringType}, cel.BoolType,
			cel.BinaryBinding(func(_, _ ref.Val) ref.Val { return errUnknown }))),
	}
}

// sameKind says whether two values can be equal at all. Null is no kind.
func sameKind(x, y ref.Val) bool {
	if isNumber(x) {
		return isNumber(y)
	}
	switch x.(type) {
	case types.Null, *types.Err, *types.Unknown:
		return false
	case traits.Lister:
		_, ok := y.(traits.Lister)
		return ok
	case traits.Mapper:
		_, ok := y.(traits.Mapper)
		return ok
	}
	return x.Type() == y.Type()
}

func isNumber(x ref.Val) bool {
	switch x.(type) {
	case types.Double, types.Int, types.Uint:
		return true
	}
	return false
}

func equalValues(x, y ref.Val) ref.Val {
	if !sameKind(x, y) {
		return errUnknown
	}
	if equal, ok := x.Equal(y).(types.Bool); ok {
		return equal
	}
	return errUnknown
}

// valueIn is true if any item equals x, else unknown if any cannot be compared
// with it. In a map it asks for the key.
func valueIn(x, of ref.Val) ref.Val {
	switch of := of.(type) {
	case traits.Mapper:
		_, found := of.Find(x)
		return types.Bool(found)
	case traits.Lister:
		answer := ref.Val(types.False)
		for items := of.Iterator(); items.HasNext() == types.True; {
			switch equalValues(x, items.Next()) {
			case types.True:
				return types.True
			case errUnknown:
				answer = errUnknown
			}
		}
		return answer
	}
	return errUnknown
}
