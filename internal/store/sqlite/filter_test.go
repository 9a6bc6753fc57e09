package sqlite

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"galena/internal/lead"
)

// A filter knows all that was put in, and little else.
func TestFilter(t *testing.T) {
	t.Parallel()
	for _, of := range kinds {
		const keys = 20_000
		f := make(filter, filterSize(keys))
		random := rand.New(rand.NewPCG(5, uint64(of)))
		at := func(i int) key {
			if of == byLead {
				return leadKey(lead.ID(i), random.Int64())
			}
			hash := lead.HashMessage(fmt.Sprint(i))
			return messageKey(hash, random.Int64N(lastSeqOfKey))
		}
		for i := range keys {
			k := at(i)
			f.add(filtered(k))
		}
		wrong := 0
		for i := range 2 * keys {
			k := at(i)
			if may := f.mayHave(filtered(k)); i < keys && !may {
				t.Fatalf("key %d was forgotten", i)
			} else if i >= keys && may {
				wrong++
			}
		}
		if wrong > keys/100 {
			t.Errorf("of %d keys that are not there %d may be, says the filter of kind %d", keys, wrong, of)
		}
	}
}
