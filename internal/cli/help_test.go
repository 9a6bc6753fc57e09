package cli

import (
	"io"
	"strings"
	"testing"
)

// The help of every command shows how it is typed.
func TestEveryCommandHasAnExample(t *testing.T) {
	t.Parallel()
	parser, err := newParser(Terminal{strings.NewReader(""), io.Discard, io.Discard}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	leaves := parser.Model.Leaves(true)
	if len(leaves) < 40 {
		t.Fatalf("there are only %d commands", len(leaves))
	}
	for _, leaf := range leaves {
		_, examples, _ := strings.Cut(leaf.Detail, "Example")
		path, _, _ := strings.Cut(leaf.FullPath(), " <")
		if !strings.Contains(examples, path) {
			t.Errorf("the help of `%s` has no example", path)
		}
	}
}
