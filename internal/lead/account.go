package lead

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"
)

// ActAccount is the name of the act by which the company of a lead tells what is
// known of it: see AccountNews. It says something about the person's attributes,
// and nothing that the person did.
const ActAccount = "account changed"

// AccountNews is the body of an ActAccount: all that is known of an account. A
// trait that is null was cleared.
type AccountNews struct {
	Account string         `json:"account"`
	Change  int64          `json:"change"` // number of the account's change, from 1
	Traits  map[string]any `json:"traits"`
}

// AccountNamed is the name of the account that a group id stands for, "" for none;
// it is cut where the attribute is.
func AccountNamed(group string) string {
	v, _ := Convert(group, Text)
	return v.Text
}

// Facts are the traits of an account by their names. They are folded from the group
// calls of all its people: of each trait the word that took effect last counts.
type Facts map[string]Fact

// Fact is the last word on a trait.
type Fact struct {
	// Value is as a group call gave it; nil cleared the trait.
	Value any `json:"value"`
	// Effective and Seq are the place of the word by the fold key.
	Effective Time  `json:"effective"`
	Seq       int64 `json:"seq"`
}

// MaxFacts is how many traits are kept of an account, so that one that is called
// with ever new names stays small; MaxFactBytes is how long they may be together.
const (
	MaxFacts     = 200
	MaxFactBytes = 64 << 10
)

// Hear folds an opened group call that is in the log. Changed says that a value is
// another one now, kept that anything is, late that a later word on any was heard
// before, refused how many new traits found no room. The order in which calls are
// heard does not matter, as long as there is room.
func (f Facts) Hear(e *Event) (changed, kept, late bool, refused int) {
	size := -1
	for _, name := range slices.Sorted(maps.Keys(e.Traits)) {
		value := e.Traits[name]
		was, known := f[name]
		if known && (e.Effective() < was.Effective || e.Effective() == was.Effective && e.Seq < was.Seq) {
			late = true
			continue
		}
		same := known && reflect.DeepEqual(was.Value, value)
		if !same {
			if size < 0 {
				size = f.size()
			}
			more := sizeOf(name, value) - f.sizeOf(name)
			if !known && len(f) >= MaxFacts || more > 0 && size+more > MaxFactBytes {
				refused++
				continue
			}
			size += more
		}
		f[name] = Fact{value, e.Effective(), e.Seq}
		kept = true
		changed = changed || !same
	}
	return changed, kept, late, refused
}

func (f Facts) size() (n int) {
	for name := range f {
		n += f.sizeOf(name)
	}
	return n
}

func (f Facts) sizeOf(name string) int {
	if was, known := f[name]; known {
		return sizeOf(name, was.Value)
	}
	return 0
}

func sizeOf(name string, value any) int {
	text, err := json.Marshal(value)
	if err != nil {
		return MaxFactBytes + 1 // nothing that a body held
	}
	return len(name) + len(text)
}

// Traits are the values, cleared ones included.
func (f Facts) Traits() map[string]any {
	traits := make(map[string]any, len(f))
	for name, fact := range f {
		traits[name] = fact.Value
	}
	return traits
}

// Encode writes facts for a store; nil for none.
func (f Facts) Encode() ([]byte, error) {
	if len(f) == 0 {
		return nil, nil
	}
	return json.Marshal(f, json.Deterministic(true))
}

// DecodeFacts reads what Encode wrote.
func DecodeFacts(text []byte) (Facts, error) {
	f := Facts{}
	if len(text) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("traits of an account: %w", err)
	}
	return f, nil
}
