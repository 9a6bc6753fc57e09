package words

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
)

// What the floors below say stands where they say it, in English; here is what other
// languages have for it, by the English. Files are for those who look after them;
// all of a language are one.
//
//go:embed said
var saidFiles embed.FS

var (
	// Of refusals, and of why an import failed, only the English text is kept. In
	// keptFiles is of which formats such a text can be, and in books they are, by
	// language.
	keptFiles = []string{"failures.yaml", "refusals.yaml"}

	books = map[string]*phrase.Book{}
	said  = loadSaid()
)

func loadSaid() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range Languages[1:] {
		all[lang] = map[string]string{}
		var kept []string
		folder := path.Join("said", lang)
		entries, err := saidFiles.ReadDir(folder)
		if err != nil {
			panic(err) // embedded
		}
		for _, e := range entries {
			text, err := saidFiles.ReadFile(path.Join(folder, e.Name()))
			if err != nil {
				panic(err)
			}
			var found map[string]string
			if err := yaml.Unmarshal(text, &found); err != nil {
				panic(fmt.Sprintf("words: %s/%s: %v", folder, e.Name(), err))
			}
			if slices.Contains(keptFiles, e.Name()) {
				kept = slices.AppendSeq(kept, maps.Keys(found))
			}
			for english, own := range found {
				if before := all[lang][english]; before != "" && before != own {
					panic(fmt.Sprintf("words: %s/%s: %q stands twice and differs", folder, e.Name(), english))
				}
				all[lang][english] = own
			}
		}
		slices.Sort(kept)
		books[lang] = phrase.NewBook(kept)
	}
	return all
}

// Kept says in the language of the voice why something was refused or failed, of which
// the English text is kept.
func (v *Voice) Kept(text string) string {
	if book := books[v.Lang]; book != nil {
		return book.Find(text).In(v.Tongue())
	}
	return text
}

// Tongue says in the language of the voice what the floors below say.
func (v *Voice) Tongue() phrase.Tongue {
	own := said[v.Lang]
	return func(english string) string {
		if text, there := own[english]; there {
			return text
		}
		return english
	}
}
