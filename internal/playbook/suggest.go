package playbook

import "galena/internal/spelling"

// maxComparisons bounds the work of all suggestions for one document.
const maxComparisons = 20_000

// suggest asks whether the nearest known word was meant, until the document has
// had its share of suggestions.
func (c *collector) suggest(word string, known []string) string {
	if c.comparisons += len(known); c.comparisons > maxComparisons {
		return ""
	}
	return didYouMean(spelling.Nearest(word, known))
}
