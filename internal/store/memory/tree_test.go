package memory

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every version of a tree goes on holding what it held.
func TestTreeKeepsItsVersions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		versions := []tree[int, int]{ordered[int, int](cmp.Compare[int])}
		models := []map[int]int{{}}
		for step := range rapid.IntRange(0, 60).Draw(t, "steps") {
			from := rapid.IntRange(0, len(versions)-1).Draw(t, "version")
			key := rapid.IntRange(0, 20).Draw(t, "key")
			next, model := versions[from], maps.Clone(models[from])
			if rapid.Bool().Draw(t, "remove") {
				next = next.without(key)
				delete(model, key)
			} else {
				next = next.with(key, step)
				model[key] = step
			}
			versions, models = append(versions, next), append(models, model)
		}
		start := rapid.IntRange(-1, 21).Draw(t, "start")
		for i, version := range versions {
			model := models[i]
			if version.size != len(model) {
				t.Fatalf("version %d says it holds %d, want %d", i, version.size, len(model))
			}
			var keys []int
			for key, value := range version.from(start) {
				keys = append(keys, key)
				if value != model[key] {
					t.Fatalf("version %d walks over %d: %d, want %d", i, key, value, model[key])
				}
			}
			want := slices.DeleteFunc(slices.Sorted(maps.Keys(model)), func(key int) bool { return key < start })
			if !slices.Equal(keys, want) {
				t.Fatalf("version %d from %d: %v, want %v", i, start, keys, want)
			}
			for key := range 21 {
				got, found := version.get(key)
				if value, there := model[key]; found != there || got != value {
					t.Fatalf("version %d holds %d: %d %v, want %d %v", i, key, got, found, value, there)
				}
			}
		}
	})
}

func TestTreeWalkStops(t *testing.T) {
	t.Parallel()
	all := ordered[int, int](cmp.Compare[int])
	for key := range 100 {
		all = all.with(key, key)
	}
	var seen []int
	for key := range all.from(40) {
		if key == 43 {
			break
		}
		seen = append(seen, key)
	}
	if !slices.Equal(seen, []int{40, 41, 42}) {
		t.Errorf("walked over %v", seen)
	}
}
