package rule

import (
	"regexp/syntax"
	"testing"
)

// sizes are the estimate and the true size of a pattern's machine.
func sizes(t *testing.T, pattern string) (estimate, machine int) {
	t.Helper()
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		t.Fatal(err)
	}
	return patternSize(tree), len(program.Inst)
}

// What is wrong with a pattern is said in the words of its reader, so that other
// languages have them, too.
func TestPatternFaults(t *testing.T) {
	t.Parallel()
	for code, said := range patternFaults {
		if said.String() != code.String() {
			t.Errorf("%q is told as %q", code, said)
		}
	}
}
