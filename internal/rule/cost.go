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
	itemPerUnit = 16   // items of a list likewise
	// deepEqual is added for comparing lists and maps, whose depth no size tells.
	deepEqual = 100
)

// CallCost implements CEL's estimator; nil leaves a call to CEL's own prices.
func (prices) CallCost(function, _ string, args []ref.Val, _ ref.Val) *uint64 {
	if function == operators.Add {
		return nil // joining texts makes new ones, which CEL prices dearly
	}
	cost := uint64(1)
	for i, arg := range args {
		switch arg := arg.(type) {
		case types.String:
			cost += uint64(len(arg)) / textPerUnit
		case traits.Lister, traits.Mapper:
			if size, ok := arg.(traits.Sizer).Size().(types.Int); ok && function == inFunction {
				cost += uint64(size) / itemPerUnit
			}
			if i == 0 && (function == equalFunction || function == notEqualFunction) {
				cost += deepEqual
			}
		}
	}
	return &cost
}
