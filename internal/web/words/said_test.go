package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/words"
)

// speakers are the functions whose texts pages say in other languages, with which
// argument is the text.
var speakers = map[string]int{
	"fault.New": 1, "fault.Wrap": 2, "phrase.New": 0, "t.Say": 0, "phrase.Term": 0,
	".say": 0, ".tell": 0, ".point": 0, ".under": 0, ".heading": 0, ".group": 0,
	".report": 2, ".warn": 2, ".fail": 2, "say": 0, "refuse": 1, "refusal": 1,
	".refuse": 0, ".at": 1,
}

// spoken finds the texts that a package says, by the text with where.
func spoken(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	eachCall(t, folder, func(call *ast.CallExpr, where string) {
		at, known := 0, false
		switch f := call.Fun.(type) {
		case *ast.Ident:
			at, known = speakers[f.Name]
		case *ast.SelectorExpr:
			at, known = speakers["."+f.Sel.Name]
			if of, is := f.X.(*ast.Ident); is && !known {
				at, known = speakers[of.Name+"."+f.Sel.Name]
			}
		}
		if !known || at >= len(call.Args) {
			return
		}
		text, written := literal(call.Args[at])
		passed, is := call.Args[at].(*ast.Ident) // whose texts stand where it is called
		if written {
			all[text] = where
		} else if is && passed.Name == "format" {
			return
		} else if f, is := call.Fun.(*ast.SelectorExpr); is && (f.Sel.Name == "New" || f.Sel.Name == "Wrap") {
			t.Errorf("%s: what is said here is not written here, so nobody can tell whether it is translated", where)
		}
	})
	return all
}

// found finds the texts of the doctor, which says whether all is well, about what, and
// what it found.
func found(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	eachCall(t, "internal/server", func(call *ast.CallExpr, where string) {
		if f, is := call.Fun.(*ast.Ident); !is || f.Name != "say" || len(call.Args) < 3 {
			return
		}
		for _, arg := range call.Args[1:3] {
			if text, written := literal(arg); written {
				all[text] = where
			}
		}
	})
	if len(all) < 10 {
		t.Fatalf("the doctor says no more than %v", all)
	}
	return all
}

// eachCall yields the calls in a package, and where they stand.
func eachCall(t *testing.T, folder string, yield func(call *ast.CallExpr, where string)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	for _, name := range files {
		path := filepath.ToSlash(filepath.Join(folder, filepath.Base(name)))
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") || unseen[path] != "" {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is {
				yield(call, set.Position(call.Pos()).String())
			}
			return true
		})
	}
}

// literal is a text that is written out, whole or in pieces.
func literal(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, one := literal(x.X)
		right, other := literal(x.Y)
		return left + right, one && other && x.Op == token.ADD
	}
	return "", false
}

var verb = regexp.MustCompile(`%[-+#0]*(?:\[(\d)\])?[0-9.]*([a-zA-Z%])`)

// places are what a text has filled, by number, and in what manner.
func places(text string) []string {
	var all []string
	at := 0
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		if at++; m[1] != "" {
			at, _ = strconv.Atoi(m[1]) // digits only
		}
		all = append(all, strconv.Itoa(at)+m[2])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// wordless says that a text has nothing to translate but its places.
func wordless(text string) bool {
	return !regexp.MustCompile(`\pL`).MatchString(verb.ReplaceAllString(text, ""))
}

// unseen are the packages and files whose texts no page shows, and why. What they say is
// English alone.
var unseen = map[string]string{
	"internal/bench":                 "a command",
	"internal/cli":                   "commands",
	"internal/control":               "a command that calls the server of its folder",
	"internal/sim":                   "a command",
	"internal/server/server.go":      "a server that does not start has no pages",
	"internal/server/socket.go":      "a server that does not start has no pages",
	"internal/store/postgres/url.go": "a server that does not start has no pages",
}

// seen are the folders below the pages whose texts are told in other languages, and
// those of the pages themselves.
func seen(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS("../../.."), "internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" || d.Name() == "testdata" || unseen[path] != "" {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !slices.Contains(all, filepath.Dir(path)) {
			all = append(all, filepath.Dir(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What is said below has a text in each language if it can be met in the pages, with
// the same places; and no text is there for nothing.
func TestEverythingSaidIsTranslated(t *testing.T) {
	t.Parallel()
	said := []map[string]string{found(t)}
	for _, folder := range seen(t) {
		said = append(said, spoken(t, folder))
	}
	written := literals(t)
	for _, lang := range words.Languages[1:] {
		in := (&words.Voice{Lang: lang}).Tongue()
		missing := 0
		for _, texts := range said {
			for english, where := range texts {
				// The doctor says of which sort a line is.
				if english = strings.TrimPrefix(english, "warning: "); !wordless(english) && !words.HasSaid(lang, english) {
					missing++
					t.Errorf("%s has nothing for %q (%s)", lang, english, where)
				}
			}
		}
		if missing > 0 {
			t.Errorf("%d are missing", missing)
		}
		for _, english := range words.Said(lang) {
			if !slices.Equal(places(english), places(in(english))) {
				t.Errorf("%q has other places than %q", in(english), english)
			}
			if !written[english] {
				t.Errorf("nobody says %q", english)
			}
		}
	}
}

// literals are the texts that are written below the pages, those in pieces put
// together.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := fs.WalkDir(os.DirFS("../../.."), "internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), "../../../"+path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if x, is := n.(ast.Expr); is {
				if text, written := literal(x); written {
					all[text] = true
					all[strings.ReplaceAll(text, "_", " ")] = true    // kinds of steps and models, told as words
					all[strings.TrimPrefix(text, "warning: ")] = true // the doctor says of which sort a line is
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What the playbook's own words are put together from, too, is there: each shipped
// playbook is told in each language, and how it differs from two others.
func TestAgreementsAreToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	var docs []*playbook.Document
	for _, name := range playbook.ShippedNames() {
		source, _ := playbook.Shipped(name)
		doc, _, problems := playbook.Load(source, 0)
		if doc == nil {
			t.Fatal(problems)
		}
		docs = append(docs, doc)
	}
	for _, lang := range words.Languages[1:] {
		own := (&words.Voice{Lang: lang}).Tongue()
		missing := map[string]bool{}
		in := func(english string) string {
			if !wordless(english) && !words.HasSaid(lang, english) {
				missing[english] = true
			}
			return own(english)
		}
		for i, doc := range docs {
			text, english := playbook.Describe(doc, in), playbook.Describe(doc, nil)
			if strings.Count(text, "\n") != strings.Count(english, "\n") || strings.Contains(text, "%!") {
				t.Errorf("%s is told otherwise in %s:\n%s", doc.Name, lang, text)
			}
			for _, other := range []*playbook.Document{docs[(i+1)%len(docs)], docs[(i+2)%len(docs)]} {
				changes, same := playbook.Diff(other, doc, in), playbook.Diff(other, doc, nil)
				if len(changes) != len(same) {
					t.Errorf("%s differs from %s in %d things in %s, and in %d in English", doc.Name, other.Name, len(changes), lang, len(same))
				}
				for _, c := range changes {
					in(c.Section)
					if told := c.In(in); strings.Contains(told, "%!") {
						t.Errorf("%s: %s", lang, told)
					}
				}
			}
		}
		for _, title := range playbook.Sections() {
			in(title)
		}
		for english := range missing {
			t.Errorf("%s has nothing for %q", lang, english)
		}
	}
}

// What is wrong with a playbook is put together from pieces, too: the problems of each
// broken one are told in each language, without anything missing or out of place.
func TestProblemsAreToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../playbook/testdata/broken/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d broken playbooks, error %v", len(files), err)
	}
	var problems []playbook.Problem
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, _, found := playbook.Load(source, 1)
		problems = append(problems, found...)
	}
	for _, lang := range words.Languages[1:] {
		own := (&words.Voice{Lang: lang}).Tongue()
		missing := map[string]bool{}
		in := func(english string) string {
			if !wordless(english) && !words.HasSaid(lang, english) {
				missing[english] = true
			}
			return own(english)
		}
		for _, p := range problems {
			told := p.Said().In(in)
			if strings.Contains(told, "%!") || !wordless(p.Message.English) && p.Message.In(in) == p.Message.String() {
				t.Errorf("%s: %q of %q", lang, told, p)
			}
		}
		for english := range missing {
			t.Errorf("%s has nothing for %q", lang, english)
		}
	}
}

// The editor of a playbook says in each language what fields are for, and what
// functions give.
func TestTheEditorSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Languages[1:] {
		asked := 0
		in := func(english string) string {
			if asked++; !words.HasSaid(lang, english) {
				t.Errorf("%s has nothing for %q", lang, english)
			}
			return english
		}
		playbook.Schema(in)
		for _, f := range rule.Functions() {
			in(f.Help)
		}
		for _, a := range playbook.BuiltIn() {
			in(a.Label)
		}
		if asked < 200 {
			t.Errorf("only %d texts were asked for", asked)
		}
	}
}

// What is wrong with a mapping is told in each language, with all that it is put
// together from, and so are the columns that a file has not.
func TestProblemsOfMappingsAreToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	const mapping = "source: s\nemail: E\n"
	problems := []error{}
	for _, wrong := range []string{
		"[]", "source: s", "email: [E, {a: b}]", "emial: E", mapping + "colour: E", mapping + "email: F", "source: s\nemail:", "source: &s s\nemail: *s",
		mapping + "[a]: b", mapping + "rest: all", mapping + "occurred: {column: C, layout: DD.MM, zone: Mars}", mapping + "occurred: {zone: UTC}",
		mapping + "traits: {a: {}, b: {value: 1, numbers: 1234.5}, c: {column: C, layout: unix}, d: {column: C, type: time, numbers: 1234.5}, e: {value: .inf}, \"\": C}",
		mapping + "events: {event: E}", mapping + "events: [{name: E}, {type: page, event: E}, {event: E, when: [{in: [a]}, {column: C, in: []}]}, {event: E, times: {max: 0}}]",
		mapping + "balance: {}", mapping + "balance: {fit: {column: C, type: text}, sum: {value: 20}}", mapping + "balance_as_of: C", "a: [",
	} {
		_, err := bulk.ParseMapping([]byte(wrong))
		if err == nil {
			t.Fatalf("nothing is wrong with %q", wrong)
		}
		problems = append(problems, err)
	}
	for _, header := range []string{"Mail;Name\n", "x" + strings.Repeat(",x", 60) + "\n"} {
		_, err := bulk.NewReader(strings.NewReader(header), bulk.Options{Mapping: &bulk.Mapping{Source: "s", Email: "Mial", UserID: "Nr"}})
		if err == nil {
			t.Fatalf("%q has the columns", header)
		}
		problems = append(problems, err)
	}
	for _, lang := range words.Languages[1:] {
		own := (&words.Voice{Lang: lang}).Tongue()
		missing := map[string]bool{}
		in := func(english string) string {
			if !wordless(english) && !words.HasSaid(lang, english) {
				missing[english] = true
			}
			return own(english)
		}
		for _, err := range problems {
			if told := fault.Said(err).In(in); strings.Contains(told, "%!") || told == fault.Text(err) {
				t.Errorf("%s: %q of %q", lang, told, fault.Text(err))
			}
		}
		for english := range missing {
			t.Errorf("%s has nothing for %q", lang, english)
		}
	}
	_, err := bulk.ParseMapping([]byte(mapping + "events: [{event: E, properties: {a: {column: C, tyep: text}}}]"))
	got := fault.Said(err).In((&words.Voice{Lang: "de"}).Tongue())
	if want := `Zeile 3, Spalte 49: properties.a: den Schlüssel "tyep" gibt es nicht; meinten Sie "type"?`; got != want {
		t.Errorf("a key is told as %q, want %q", got, want)
	}
}

// Why something was refused is kept in English, and is found again in what is kept:
// all that receives events and reads files refuses with, one inside of the other.
func TestRefusalsAreToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Languages[1:] {
		v := &words.Voice{Lang: lang}
		kept := words.KeptOf(t, lang)
		for _, folder := range []string{"internal/tracking", "internal/bulk", "internal/pipeline"} {
			eachCall(t, folder, func(call *ast.CallExpr, where string) {
				f, is := call.Fun.(*ast.Ident)
				if !is || f.Name != "refuse" && f.Name != "refusal" {
					return
				}
				if text, written := literal(call.Args[1]); written && !slices.Contains(kept, text) {
					t.Errorf("%s: what is refused by %q (%s) is not found again", lang, text, where)
				}
			})
		}
		for _, english := range kept {
			n := 0
			filled := func(format string, sample func(n string) string) string {
				return verb.ReplaceAllStringFunc(format, func(place string) string {
					m := verb.FindStringSubmatch(place)
					if m[2] == "%" {
						return "%"
					}
					if n++; m[1] != "" {
						n, _ = strconv.Atoi(m[1]) // digits only
					}
					return sample(strconv.Itoa(n))
				})
			}
			sample := func(n string) string { return "\"place " + n + "\"" }
			said := filled(english, sample)
			n = 0
			if got, want := v.Kept(said), filled(v.Tongue()(english), sample); got != want {
				t.Errorf("%q is told as %q, want %q", said, got, want)
			}
		}
	}
	v := &words.Voice{Lang: "de"}
	for text, want := range map[string]string{
		`row 7: born: "soon" is not a time after 1970`:                              `Zeile 7: born: "soon" passt nicht; erwartet wird ein Zeitpunkt nach 1970`,
		"traits is a list; give an object":                                          "traits ist eine Liste; geben Sie ein Objekt",
		"nobody knows this":                                                         "nobody knows this",
		"The file cannot be read like this: the file could not be read after row 7": "So ist die Datei nicht lesbar: nach Zeile 7 war die Datei nicht mehr lesbar",
	} {
		if got := v.Kept(text); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
	if got := (&words.Voice{Lang: "en"}).Kept("data is not base64"); got != "data is not base64" {
		t.Errorf("in English it is told as %q", got)
	}
}
