package rule

import (
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// The functions min and max, which CEL lacks: of two to four numbers.
const (
	minFunction  = "min"
	maxFunction  = "max"
	mostCompared = 4
)

func extremeFunctions() []cel.EnvOption {
	var options []cel.EnvOption
	for _, name := range []string{minFunction, maxFunction} {
		pick := math.Min
		if name == maxFunction {
			pick = math.Max
		}
		var overloads []cel.FunctionOpt
		for n := 2; n <= mostCompared; n++ {
			for _, of := range []*cel.Type{cel.DoubleType, cel.IntType} {
				args := make([]*cel.Type, n)
				for i := range args {
					args[i] = of
				}
				overloads = append(overloads, cel.Overload(name+"_"+of.String()+"_"+string(rune('0'+n)), args, of))
			}
		}
		overloads = append(overloads, cel.SingletonFunctionBinding(func(args ...ref.Val) ref.Val { return extreme(pick, args) }))
		options = append(options, cel.Function(name, overloads...))
	}
	return options
}

// extreme picks among numbers of one type. Whole numbers that CEL makes (sizes,
// places in texts) are far smaller than those that a double cannot hold.
func extreme(pick func(a, b float64) float64, args []ref.Val) ref.Val {
	whole := true
	best := 0.0
	for i, arg := range args {
		x := 0.0
		switch v := arg.(type) {
		case types.Double:
			x, whole = float64(v), false
		case types.Int:
			x = float64(v)
		default:
			return errUnknown
		}
		if i == 0 {
			best = x
		} else {
			best = pick(best, x)
		}
	}
	if whole {
		return types.Int(best)
	}
	return types.Double(best)
}
