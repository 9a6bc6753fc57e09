package words

import (
	"maps"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

// HasSaid says whether a language has a text of its own for an English one.
func HasSaid(lang, english string) bool { _, there := said[lang][english]; return there }

// Said are the English texts for which a language has its own.
func Said(lang string) []string { return slices.Sorted(maps.Keys(said[lang])) }

// KeptOf are the formats of which a text that is kept in English can be.
func KeptOf(t testing.TB, lang string) []string {
	t.Helper()
	text, err := saidFiles.ReadFile("said/" + lang + "/" + keptFile)
	if err != nil {
		t.Fatal(err)
	}
	var found map[string]string
	if err := yaml.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}
