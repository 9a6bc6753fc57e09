package xeducation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"galena/internal/lead"
)

// quantile is the lead number below which a share of the people lie. Numbers
// were given in the order in which people came.
func quantile(people []person, share float64) float64 {
	numbers := make([]float64, len(people))
	for i, p := range people {
		numbers[i] = p.number
	}
	slices.Sort(numbers)
	return numbers[int(share*float64(len(numbers)))]
}

// bands are where a band of scores begins.
var bands = []lead.Points{0, lead.Whole(20), lead.Whole(40), lead.Whole(60), lead.Whole(80), lead.Whole(100)}

// table writes how many people of each band of scores converted.
func table(title string, people []person) string {
	count, won := make([]int, len(bands)), make([]int, len(bands))
	for _, p := range people {
		band := len(bands) - 1
		for p.points < bands[band] {
			band--
		}
		count[band]++
		if p.converted {
			won[band]++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d people, AUC %.3f\n", title, len(people), auc(people))
	for i := range bands {
		to := ""
		if i+1 < len(bands) {
			to = bands[i+1].String()
		}
		fmt.Fprintf(&b, "| %s–%s | %d | %.1f %% |\n", bands[i], to, count[i], 100*float64(won[i])/float64(max(1, count[i])))
	}
	return b.String()
}

// auc is the chance that somebody who converted has the higher score of the two,
// compared with somebody who did not.
func auc(people []person) float64 {
	slices.SortFunc(people, func(a, b person) int { return cmp.Compare(a.points, b.points) })
	won, pairs, lost := 0.0, 0.0, 0.0
	for i := 0; i < len(people); {
		j, w := i, 0.0
		for j < len(people) && people[j].points == people[i].points {
			if people[j].converted {
				w++
			}
			j++
		}
		l := float64(j-i) - w
		pairs += w * (lost + l/2) // equal scores are half a win
		won, lost = won+w, lost+l
		i = j
	}
	return pairs / (won * lost)
}
