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
	found := map[string]string{}
	for _, file := range keptFiles {
		text, err := saidFiles.ReadFile("said/" + lang + "/" + file)
		if err == nil {
			err = yaml.Unmarshal(text, &found)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(found))
}
