package playbook

import (
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// maxComparisons bounds the work of all suggestions for one document.
const maxComparisons = 20_000

// suggest asks whether the nearest known word was meant, until the document has
// had its share of suggestions.
func (c *collector) suggest(word string, known []string) phrase.Phrase {
	if c.comparisons += len(known); c.comparisons > maxComparisons {
		return phrase.Phrase{}
	}
	return didYouMean(spelling.Nearest(word, known))
}
