package mutant

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// chosen is the environment variable that tells the binary which mistake to make:
// the mutation's number, from 1 on; none makes no mistake.
const chosen = "GALENA_MUTANT"

// chooser is what each package with mistakes in it gets besides.
const chooser = `package %s

import (
	"os"
	"strconv"
)

var mutantChosen, _ = strconv.Atoi(os.Getenv(%q))
`

// insertion is text to be put into a file.
type insertion struct {
	at   int
	text string
}

// build makes one binary of the oracle's tests that can make every mistake: beside
// a function with a mistake stands the function as it is, which hands its calls
// over if that mistake is chosen. So the engine is compiled and linked once, not
// for each mutant. No file of the tree is touched; an overlay stands for them.
func build(t *testing.T, mutations []mutation) string {
	t.Helper()
	watch(t)
	dir := t.TempDir()
	replace := map[string]string{}
	put := func(path, text string) {
		real, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		if replace[real] != "" {
			return // the chooser, of another file
		}
		mutant := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(mutant, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[real] = mutant
	}
	perFile := map[string][]int{}
	for i := range mutations {
		perFile[mutations[i].file] = append(perFile[mutations[i].file], i)
	}
	for file, places := range perFile {
		path := filepath.Join("..", file)
		text, name := withMistakes(t, path, mutations, places)
		put(path, text)
		put(filepath.Join(filepath.Dir(path), "mutant_chosen.go"), fmt.Sprintf(chooser, name, chosen))
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "oracle.test")
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary, "-overlay", overlay, "galena/internal/engine/oracle")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v (the names of functions end in the mutation's number)\n%s", err, out)
	}
	return binary
}

// withMistakes is a file in which functions come with those of the mutations that
// are about the file, and the name of its package.
func withMistakes(t *testing.T, path string, mutations []mutation, places []int) (text, pkg string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	source := string(raw)
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, path, raw, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	var switches []insertion
	var mistakes strings.Builder
	for _, i := range places {
		m := mutations[i]
		from, to := tighten(t, source, m)
		f := enclosing(parsed, func(f *ast.FuncDecl) bool {
			return f.Body != nil && offset(f.Body.Lbrace) < from && to <= offset(f.Body.Rbrace)
		})
		if f == nil {
			t.Fatalf("%s: the text stands within no function", m.name)
		}
		begin, named, end := offset(f.Pos()), offset(f.Name.End()), offset(f.End())
		became := strings.Replace(source[begin:end], m.from, m.to, 1)
		if strings.Count(source[begin:end], m.from) == 0 { // it reaches out of the function
			t.Fatalf("%s: the text is not all in the function %s", m.name, f.Name.Name)
		}
		suffix := fmt.Sprintf("Mutant%d", i+1)
		fmt.Fprintf(&mistakes, "\n%s%s%s\n", became[:named-begin], suffix, became[named-begin:])
		switches = append(switches, insertion{offset(f.Body.Lbrace) + 1, handOver(t, f, suffix, i+1)})
	}
	slices.SortStableFunc(switches, func(a, b insertion) int { return b.at - a.at })
	for _, s := range switches {
		source = source[:s.at] + s.text + source[s.at:]
	}
	return source + mistakes.String(), parsed.Name.Name
}

// tighten is where in the source the text of a mutation begins to differ, and ends.
func tighten(t *testing.T, source string, m mutation) (from, to int) {
	t.Helper()
	from = strings.Index(source, m.from)
	if from < 0 {
		t.Fatalf("%s: the text does not stand in %s", m.name, m.file)
	}
	to = from + len(m.from)
	for i := 0; i < min(len(m.from), len(m.to)) && m.from[i] == m.to[i]; i++ {
		from++
	}
	return from, to
}

func enclosing(file *ast.File, is func(*ast.FuncDecl) bool) *ast.FuncDecl {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && is(f) {
			return f
		}
	}
	return nil
}

// handOver is the statement by which a function calls the one with the mistake.
func handOver(t *testing.T, f *ast.FuncDecl, suffix string, number int) string {
	t.Helper()
	call := f.Name.Name + suffix
	if f.Recv != nil {
		call = f.Recv.List[0].Names[0].Name + "." + call
	}
	var given []string
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == "_" {
				t.Fatalf("%s has a parameter without a name", f.Name.Name)
			}
			given = append(given, name.Name)
		}
	}
	call += "(" + strings.Join(given, ", ") + ")"
	if f.Type.Results == nil {
		return fmt.Sprintf(" if mutantChosen == %d { %s; return };", number, call)
	}
	return fmt.Sprintf(" if mutantChosen == %d { return %s };", number, call)
}

// watch reads the comparison's files. The go command keeps the results of tests
// and does not see what a child reads, so this process must.
func watch(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{"../oracle/*.go", "../oracle/generate/*.go", "../oracle/testdata/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}
