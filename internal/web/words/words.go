// Package words holds every text of the pages, in each language, and how a
// language writes numbers and times. It knows no page: a text is found by its key.
//
// The texts stand in en/*.yaml and de/*.yaml, a file for each part of the pages.
// A key is the file's name and the text's own, such as leads.title. A text that
// counts has the keys NAME.one and NAME.other.
package words

import (
	"context"
	"embed"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"

	"galena/internal/lead"
)

//go:embed en de
var files embed.FS

// Languages are those that the pages speak, the first where a viewer asks for none
// of them.
var Languages = []string{"en", "de"}

// Names are what languages call themselves.
var Names = map[string]string{"en": "English", "de": "Deutsch"}

var (
	texts   = load()
	matcher = language.NewMatcher([]language.Tag{language.English, language.German})
)

func load() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range Languages {
		all[lang] = map[string]string{}
		entries, err := files.ReadDir(lang)
		if err != nil {
			panic(err) // embedded
		}
		for _, e := range entries {
			text, err := files.ReadFile(path.Join(lang, e.Name()))
			if err != nil {
				panic(err)
			}
			var found map[string]any
			if err := yaml.Unmarshal(text, &found); err != nil {
				panic(fmt.Sprintf("words: %s/%s: %v", lang, e.Name(), err))
			}
			flatten(strings.TrimSuffix(e.Name(), ".yaml"), found, all[lang])
		}
	}
	return all
}

func flatten(prefix string, from map[string]any, into map[string]string) {
	for name, content := range from {
		switch c := content.(type) {
		case map[string]any:
			flatten(prefix+"."+name, c, into)
		default:
			into[prefix+"."+name] = fmt.Sprint(c)
		}
	}
}

// Keys are all keys of a language, ascending.
func Keys(lang string) []string {
	var keys []string
	for key := range texts[lang] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Choose picks a language: what the viewer prefers, else what the browser accepts.
func Choose(preferred, accepted string) string {
	if slices.Contains(Languages, preferred) {
		return preferred
	}
	tags, _, err := language.ParseAcceptLanguage(accepted[:min(len(accepted), 200)])
	if err != nil {
		return Languages[0]
	}
	_, i, _ := matcher.Match(tags...)
	return Languages[i]
}

// Voice is how pages speak to one viewer, at one moment.
type Voice struct {
	Lang string
	Zone *time.Location
	Now  lead.Time
}

type voiceKey struct{}

// With gives a context in which Of finds the voice.
func With(ctx context.Context, v *Voice) context.Context {
	return context.WithValue(ctx, voiceKey{}, v)
}

var plain = &Voice{Lang: Languages[0], Zone: time.UTC}

// Of is the voice of a context; English in UTC where nobody set one.
func Of(ctx context.Context) *Voice {
	if v, ok := ctx.Value(voiceKey{}).(*Voice); ok {
		return v
	}
	return plain
}

// T is a text, with its places filled as by fmt.Sprintf. A key that is not there
// stands for itself; a test finds such.
func (v *Voice) T(key string, args ...any) string {
	text, there := texts[v.Lang][key]
	if !there {
		if text, there = texts[Languages[0]][key]; !there {
			return key
		}
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Has says whether there is a text.
func Has(key string) bool { _, there := texts[Languages[0]][key]; return there }

// N is a text that counts; its first place is the number, as the language writes it.
func (v *Voice) N(key string, n int, args ...any) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return v.T(key+form, append([]any{v.Number(n)}, args...)...)
}

// Number writes a whole number.
func (v *Voice) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	mark := ","
	if v.Lang == "de" {
		mark = "."
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Signed writes a whole number with its sign.
func (v *Voice) Signed(n int) string {
	if n > 0 {
		return "+" + v.Number(n)
	}
	return v.Number(n)
}

// Short writes a number in little room: 1.2k, 3.4M.
func (v *Voice) Short(n int) string {
	for _, unit := range []struct {
		from int
		name string
	}{{1_000_000, "M"}, {1_000, "k"}} {
		if n >= unit.from*10 {
			return v.Number(n/unit.from) + unit.name
		}
		if n >= unit.from {
			return v.decimal(float64(n)/float64(unit.from)) + unit.name
		}
	}
	return v.Number(n)
}

func (v *Voice) decimal(x float64) string {
	text := strconv.FormatFloat(math.Floor(x*10)/10, 'f', -1, 64)
	if v.Lang == "de" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// Digits writes a plain number to its last digit, with the mark of the language and
// without signs between thousands, so that nobody takes one for the other.
func (v *Voice) Digits(plain string) string {
	if v.Lang == "de" {
		return strings.Replace(plain, ".", ",", 1)
	}
	return plain
}

// Percent writes a part of a whole; "–" of nothing.
func (v *Voice) Percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	p := 100 * float64(part) / float64(whole)
	if p > 0 && p < 1 {
		return "< 1 %"
	}
	return strconv.Itoa(int(math.Round(p))) + " %"
}

// Points writes points as they are shown, whole, with their sign where signed.
func (v *Voice) Points(p lead.Points, signed bool) string {
	n := p.Rounded()
	if signed && n > 0 {
		return "+" + v.Number(int(n))
	}
	return v.Number(int(n))
}

// PointsExactly writes points to their last decimal, with their sign where signed.
func (v *Voice) PointsExactly(p lead.Points, signed bool) string {
	whole, decimals, _ := strings.Cut(p.Abs().String(), ".")
	n, _ := strconv.Atoi(whole) // digits only
	text := v.Number(n)
	if decimals != "" {
		mark := "."
		if v.Lang == "de" {
			mark = ","
		}
		text += mark + decimals
	}
	switch {
	case p < 0:
		return "−" + text
	case signed && p > 0:
		return "+" + text
	}
	return text
}

// Date writes a day of the viewer's zone, "–" for none.
func (v *Voice) Date(t lead.Time) string { return v.layout(t, "2 Jan 2006", "2.1.2006") }

// Time writes a minute of the viewer's zone.
func (v *Voice) Time(t lead.Time) string { return v.layout(t, "2 Jan 2006, 15:04", "2.1.2006, 15:04") }

// Clock writes a second of the viewer's zone, without the day.
func (v *Voice) Clock(t lead.Time) string { return v.layout(t, "15:04:05", "15:04:05") }

// Exact writes a moment with its zone.
func (v *Voice) Exact(t lead.Time) string {
	return v.layout(t, "2 Jan 2006, 15:04:05 MST", "2.1.2006, 15:04:05 MST")
}

func (v *Voice) layout(t lead.Time, en, de string) string {
	if t == 0 {
		return "–"
	}
	if v.Lang == "de" {
		en = de
	}
	return t.UTC().In(v.Zone).Format(en)
}

// Ago writes how long ago a moment is, or how long ahead.
func (v *Voice) Ago(t lead.Time) string {
	if t == 0 {
		return "–"
	}
	gone := int64(v.Now - t)
	way := "past"
	if gone < 0 {
		gone, way = -gone, "ahead"
	}
	for _, unit := range []struct {
		long int64
		name string
	}{{365 * lead.Day, "years"}, {30 * lead.Day, "months"}, {7 * lead.Day, "weeks"}, {lead.Day, "days"}, {lead.Hour, "hours"}, {lead.Minute, "minutes"}} {
		if gone >= unit.long && (unit.name != "weeks" || gone >= 14*lead.Day) && (unit.name != "months" || gone >= 60*lead.Day) {
			return v.N("time."+way+"."+unit.name, int(gone/unit.long))
		}
	}
	return v.T("time.now")
}
