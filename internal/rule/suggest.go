package rule

import "galena/internal/spelling"

// suggest asks whether the nearest candidate was meant by a name; "" if none is
// near.
func suggest(name string, candidates []string) string {
	if meant := spelling.Nearest(name, candidates); meant != "" {
		return "did you mean " + meant + "?"
	}
	return ""
}
