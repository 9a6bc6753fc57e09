package rule

import (
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// suggest asks whether the nearest candidate was meant by a name; nothing if
// none is near.
func suggest(name string, candidates []string) phrase.Phrase {
	if meant := spelling.Nearest(name, candidates); meant != "" {
		return phrase.New("did you mean %s?", meant)
	}
	return phrase.Phrase{}
}
