package playbook

import "slices"

// sequence tells which parts of a thing went and which came. Its parts have no
// names, only what they say and where they stand: one that moved went and came.
func (d *differ) sequence(kind, of string, was, is []string) {
	kept := alike(was, is)
	name := func(part string) string { return of + ": " + part }
	at := 0
	went := func(upTo int) {
		for ; at < upTo; at++ {
			d.add(Change{Kind: kind, Name: name(was[at]), What: removed})
		}
	}
	before := ""
	for k, part := range is {
		if kept[k] >= 0 {
			went(kept[k])
			at++
		} else {
			// What it stands in the place of is told first.
			next := slices.IndexFunc(kept[k:], func(i int) bool { return i >= 0 })
			if next < 0 {
				went(len(was))
			} else {
				went(kept[k+next])
			}
			d.add(Change{Kind: kind, Name: name(part), What: added, Is: d.comesAfter(before)})
		}
		before = part
	}
	went(len(was))
}

// comesAfter says where something that is new stands in its order.
func (w words) comesAfter(before string) string {
	if before == "" {
		return w.say("comes first")
	}
	return w.say("comes after %s", before)
}

// alike finds for each part of one list the part of another that it is, -1 for
// none, so that most are found and none stands in another order.
func alike(was, is []string) []int {
	// longest[i][k] is how many can be found from there to the ends.
	longest := make([][]int, len(was)+1)
	for i := range longest {
		longest[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for k := len(is) - 1; k >= 0; k-- {
			longest[i][k] = max(longest[i+1][k], longest[i][k+1])
			if was[i] == is[k] {
				longest[i][k] = max(longest[i][k], 1+longest[i+1][k+1])
			}
		}
	}
	found := make([]int, len(is))
	i := 0
	for k := range is {
		found[k] = -1
		for j := i; j < len(was); j++ {
			if was[j] == is[k] && 1+longest[j+1][k+1] == longest[i][k] {
				found[k], i = j, j+1
				break
			}
		}
	}
	return found
}
