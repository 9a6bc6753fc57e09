package playbook

import (
	"slices"
	"strings"
)

// maxComparisons bounds the work of all suggestions for one document.
const maxComparisons = 50_000

// suggest is nearest, until the document has had its share of suggestions.
func (c *collector) suggest(word string, known []string) string {
	if c.comparisons += len(known); c.comparisons > maxComparisons {
		return ""
	}
	return nearest(word, known)
}

// nearest is the known word that was probably meant, "" if none is near enough.
// Of equally near ones it is the first in alphabetical order.
func nearest(word string, known []string) string {
	if len(word) > 2*maxName {
		return ""
	}
	best, bestDistance := "", 1+max(1, len(word)/3)
	sorted := slices.Clone(known)
	slices.Sort(sorted)
	for _, k := range sorted {
		d := distance(strings.ToLower(word), strings.ToLower(k))
		if d < bestDistance && k != word {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to turn a into b.
func distance(a, b string) int {
	if len(b) > 2*len(a) {
		return max(len(a), len(b))
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
