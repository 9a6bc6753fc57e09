package words

import (
	"maps"
	"slices"
)

// HasSaid says whether a language has a text of its own for an English one.
func HasSaid(lang, english string) bool { _, there := said[lang][english]; return there }

// Said are the English texts for which a language has its own.
func Said(lang string) []string { return slices.Sorted(maps.Keys(said[lang])) }
