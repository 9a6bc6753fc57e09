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

	"galena/internal/playbook"
	"galena/internal/web/words"
)

// speakers are the functions whose texts pages say in other languages, with which
// argument is the text.
var speakers = map[string]int{
	"fault.New": 1, "fault.Wrap": 2, "phrase.New": 0, "t.Say": 0, "phrase.Term": 0,
	".say": 0, ".tell": 0, ".point": 0, ".under": 0, ".heading": 0, ".group": 0,
}

// spoken finds the texts that a package says, by the text with where.
func spoken(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	eachCall(t, folder, func(call *ast.CallExpr, where string) {
		f, is := call.Fun.(*ast.SelectorExpr)
		if !is {
			return
		}
		at, known := speakers["."+f.Sel.Name]
		if of, is := f.X.(*ast.Ident); is && !known {
			at, known = speakers[of.Name+"."+f.Sel.Name]
		}
		if known && at < len(call.Args) {
			if text, written := literal(call.Args[at]); written {
				all[text] = where
			}
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
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
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

// translated are the packages all of whose texts have to be there in every language:
// what they say is met in the pages. Of the others some is, and the rest is shown in
// English.
var translated = []string{"internal/access", "internal/app", "internal/fault", "internal/intake", "internal/pipeline", "internal/playbook",
	"internal/privacy", "internal/rule", "internal/server", "internal/staff", "internal/web"}

// What is said below has a text in each language if it can be met in the pages, with
// the same places; and no text is there for nothing.
func TestEverythingSaidIsTranslated(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Languages[1:] {
		in := (&words.Voice{Lang: lang}).Tongue()
		missing := 0
		said := []map[string]string{found(t)}
		for _, folder := range translated {
			said = append(said, spoken(t, folder))
		}
		for _, texts := range said {
			for english, where := range texts {
				if !wordless(english) && !words.HasSaid(lang, english) {
					missing++
					t.Errorf("%s has nothing for %q (%s)", lang, english, where)
				}
			}
		}
		if missing > 0 {
			t.Errorf("%d are missing", missing)
		}
		sources := source(t)
		for _, english := range words.Said(lang) {
			if !slices.Equal(places(english), places(in(english))) {
				t.Errorf("%q has other places than %q", in(english), english)
			}
			if !strings.Contains(sources, strings.Trim(strconv.Quote(english), `"`)) {
				t.Errorf("nobody says %q", english)
			}
		}
	}
}

// source is all that is written below the pages, with pieces of texts put together.
func source(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(os.DirFS("../../.."), "internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go") {
			text, err := os.ReadFile("../../../" + path)
			if err != nil {
				return err
			}
			all.Write(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`"\s*\+\s*"`).ReplaceAllString(all.String(), "")
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
