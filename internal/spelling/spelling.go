// Package spelling finds the known word that somebody probably meant by one
// that is not known. It knows no language and no field.
package spelling

import (
	"slices"
	"strings"
)

// maxWord bounds the words that are compared: what is longer is no name.
const maxWord = 200

// Nearest is the known word that was probably meant, "" if none is near: at most
// a third of the letters may differ, and one in any case. Upper and lower case
// are the same. Of equally near words it is the first in alphabetical order.
func Nearest(word string, known []string) string {
	if len(word) > maxWord {
		return ""
	}
	best, bestDistance := "", 1+max(1, len(word)/3)
	word = strings.ToLower(word)
	for _, k := range known {
		d := distance(word, strings.ToLower(k), bestDistance)
		if d < bestDistance || d == bestDistance && best > k {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to turn a into b. It stops counting past enough.
func distance(a, b string, enough int) int {
	if len(a)-len(b) > enough || len(b)-len(a) > enough {
		return enough + 1
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
		if slices.Min(last) > enough {
			return enough + 1
		}
	}
	return last[len(b)]
}
