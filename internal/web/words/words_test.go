package words

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"galena/internal/lead"
)

// used finds every key that the pages ask for by a text that is written out, and
// the beginnings of those that are put together.
func used(t *testing.T) (keys, beginnings map[string]string) {
	t.Helper()
	call := regexp.MustCompile(`\b(?:T|N|t|n)\((?:ctx, )?"([a-z_]+\.[a-z_.]*)"( ?\+)?`)
	keys, beginnings = map[string]string{}, map[string]string{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "node_modules" {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile("../" + path)
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			if m[2] != "" || strings.HasSuffix(m[1], ".") {
				beginnings[m[1]] = path
			} else {
				keys[m[1]] = path
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) < 20 {
		t.Fatalf("only %d keys were found in the pages", len(keys))
	}
	return keys, beginnings
}

// Every text that a page asks for is there, in every language, and none is there
// for nothing.
func TestEveryTextIsThere(t *testing.T) {
	t.Parallel()
	keys, beginnings := used(t)
	for _, lang := range Languages {
		for key, where := range keys {
			if texts[lang][key] == "" && (texts[lang][key+".one"] == "" || texts[lang][key+".other"] == "") {
				t.Errorf("%s has no text for %s (%s)", lang, key, where)
			}
		}
		for beginning, where := range beginnings {
			if !slices.ContainsFunc(Keys(lang), func(key string) bool { return strings.HasPrefix(key, beginning) }) {
				t.Errorf("%s has no text that begins with %s (%s)", lang, beginning, where)
			}
		}
		for _, key := range Keys(lang) {
			if texts[Languages[0]][key] == "" {
				t.Errorf("%s has a text for %s, and %s does not", lang, key, Languages[0])
			}
			if lang == Languages[0] && texts[Languages[1]][key] == "" {
				t.Errorf("%s has no text for %s", Languages[1], key)
			}
			base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
			if keys[key] == "" && keys[base] == "" {
				begins := false
				for beginning := range beginnings {
					begins = begins || strings.HasPrefix(key, beginning)
				}
				if !begins {
					t.Errorf("no page asks for %s", key)
				}
			}
		}
	}
}

// A text of another language has the same places to fill.
func TestPlacesAgree(t *testing.T) {
	t.Parallel()
	place := regexp.MustCompile(`%(?:\[\d\])?[a-z]`)
	for _, key := range Keys(Languages[0]) {
		want := place.FindAllString(texts[Languages[0]][key], -1)
		for _, lang := range Languages[1:] {
			if got := place.FindAllString(texts[lang][key], -1); len(got) != len(want) {
				t.Errorf("%s has %d places in %s, and %d in %s", key, len(got), lang, len(want), Languages[0])
			}
		}
	}
}

func TestNumbersAndTimes(t *testing.T) {
	t.Parallel()
	now := lead.TimeOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	en, de := &Voice{Lang: "en", Zone: time.UTC, Now: now}, &Voice{Lang: "de", Zone: time.FixedZone("MEZ", 3600), Now: now}
	for _, test := range []struct{ got, want string }{
		{en.Number(1234567), "1,234,567"}, {de.Number(1234567), "1.234.567"}, {en.Number(-12), "−12"}, {en.Number(0), "0"},
		{en.Short(999), "999"}, {en.Short(1250), "1.2k"}, {de.Short(1250), "1,2k"}, {en.Short(12_345_678), "12M"},
		{en.Percent(1, 3), "33 %"}, {en.Percent(1, 1000), "< 1 %"}, {en.Percent(0, 0), "–"}, {en.Percent(0, 5), "0 %"},
		{en.Points(12_500, true), "+13"}, {en.Points(-1000, true), "−1"}, {en.Points(0, true), "0"},
		{en.Ago(now), "just now"}, {en.Ago(now.Add(-lead.Minute)), "1 minute ago"}, {en.Ago(now.Add(-90 * lead.Minute)), "1 hour ago"},
		{en.Ago(now.Add(-13 * lead.Day)), "13 days ago"}, {en.Ago(now.Add(-14 * lead.Day)), "2 weeks ago"}, {en.Ago(now.Add(-59 * lead.Day)), "8 weeks ago"},
		{en.Ago(now.Add(-400 * lead.Day)), "1 year ago"}, {de.Ago(now.Add(2 * lead.Day)), "in 2 Tagen"}, {en.Ago(0), "–"},
		{en.Time(now), "1 Mar 2026, 12:00"}, {de.Time(now), "1.3.2026, 13:00"}, {en.Date(0), "–"},
		{Choose("de", "en"), "de"}, {Choose("", "de-AT,de;q=0.9,en;q=0.5"), "de"}, {Choose("xx", "fr"), "en"}, {Choose("", "\xff;;"), "en"},
		{en.T("no.such.key"), "no.such.key"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}
