package olist

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"galena/internal/lead"
)

// split parts the shops by the day on which they came: the older 70 %, by whom
// the points were set, and the newest.
func split(all []shop) (older, newest []shop) {
	byDay := slices.Clone(all)
	slices.SortStableFunc(byDay, func(a, b shop) int { return cmp.Compare(a.contact, b.contact) })
	from := byDay[len(byDay)*7/10].contact
	i, _ := slices.BinarySearchFunc(byDay, from, func(s shop, at lead.Time) int { return cmp.Compare(s.contact, at) })
	return byDay[:i], byDay[i:]
}

// auc is the chance that of two shops, one that became a seller and one that did
// not, the first has the higher score; equal scores are half of it.
func auc(shops []shop) float64 {
	count := map[lead.Points][2]float64{} // lost and won
	for _, s := range shops {
		c := count[s.points]
		if s.won != 0 {
			c[1]++
		} else {
			c[0]++
		}
		count[s.points] = c
	}
	scores := make([]lead.Points, 0, len(count))
	for p := range count {
		scores = append(scores, p)
	}
	slices.Sort(scores)
	lost, won, pairs := 0.0, 0.0, 0.0
	for _, p := range scores {
		pairs += count[p][1] * (lost + count[p][0]/2)
		lost, won = lost+count[p][0], won+count[p][1]
	}
	return pairs / (lost * won)
}

// figures writes the tables of the README.
func figures(all []shop) string {
	var b strings.Builder
	funnel := map[string]int{}
	for _, s := range all {
		funnel[s.stage]++
	}
	fmt.Fprintf(&b, "funnel: %v\n", funnel)

	groups := func(title string, of []shop, name func(shop) string) {
		won, count := map[string]int{}, map[string]int{}
		for _, s := range of {
			count[name(s)]++
			if s.won != 0 {
				won[name(s)]++
			}
		}
		names := make([]string, 0, len(count))
		for n := range count {
			names = append(names, n)
		}
		share := func(n string) float64 { return 100 * float64(won[n]) / float64(count[n]) }
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(share(b), share(a)), cmp.Compare(a, b)) })
		fmt.Fprintf(&b, "%s\n", title)
		for _, n := range names {
			fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", n, count[n], won[n], share(n))
		}
	}
	groups("by origin", all, func(s shop) string { return s.origin })
	groups("by month", all, func(s shop) string { return s.contact.UTC().Format("2006-01") })

	var days []float64
	early := 0
	for _, s := range all {
		if s.won != 0 {
			days = append(days, float64(s.won-s.contact)/float64(lead.Day))
			if s.won < s.contact {
				early++
			}
		}
	}
	slices.Sort(days)
	at := func(q float64) float64 { return days[int(q*float64(len(days)-1))] }
	fmt.Fprintf(&b, "days to close: median %.0f, nine of ten within %.0f, longest %.0f; %d won before they came\n", at(0.5), at(0.9), at(1), early)

	older, newest := split(all)
	for _, part := range []struct {
		name  string
		shops []shop
	}{{"older", older}, {"newest", newest}} {
		groups(fmt.Sprintf("%s: %d shops, AUC %.3f, by score", part.name, len(part.shops), auc(part.shops)), part.shops, band)
	}
	return b.String()
}

// band names the band of a shop's score.
func band(s shop) string {
	switch p := s.points; {
	case p < 0:
		return "below 0"
	case p < lead.Whole(20):
		return "0 to 20"
	case p < lead.Whole(45):
		return "20 to 45"
	default:
		return "45 and more (hot)"
	}
}
