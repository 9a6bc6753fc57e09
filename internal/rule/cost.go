package rule

import (
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// prices tells CEL what calls cost. They are linear in what is read and cheap
// enough that a condition of native shapes never reaches MaxCost, however dense
// its text: so that running it in CEL gives the same truth.
type prices struct{}

const (
	textPerUnit = 1024 // bytes looked at for one unit
	itemPerUnit = 16   // items of a list or map likewise
	// cutPerUnit is for functions that take a text apart, character by character,
	// and make another: none of the native shapes has them.
	cutPerUnit = 128
)

var cutting = map[string]bool{
	"substring": true, "charAt": true, "indexOf": true, "lastIndexOf": true, "trim": true,
}

// CallCost implements CEL's estimator; nil leaves a call to CEL's own prices.
func (prices) CallCost(function, _ string, args []ref.Val, _ ref.Val) *uint64 {
	if function == operators.Add {
		return nil // joining texts makes new ones, which CEL prices dearly
	}
	perUnit := uint64(textPerUnit)
	if cutting[function] {
		perUnit = cutPerUnit
	}
	cost := uint64(1)
	for _, arg := range args {
		switch arg := arg.(type) {
		case types.String:
			cost += uint64(len(arg)) / perUnit
		case traits.Lister, traits.Mapper:
			switch function {
			case inFunction:
				if size, ok := arg.(traits.Sizer).Size().(types.Int); ok {
					cost += uint64(size) / itemPerUnit
				}
			case equalFunction, notEqualFunction:
				cost += leaves(arg.Value()) / itemPerUnit
			}
		}
	}
	return &cost
}

// leaves counts what a comparison of lists and maps may have to look at.
func leaves(v any) uint64 {
	n := uint64(1)
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += leaves(item)
		}
	case map[string]any:
		for _, item := range v {
			n += leaves(item)
		}
	case string:
		n += uint64(len(v)) / (textPerUnit / itemPerUnit)
	}
	return n
}
