package app

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTyped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ was, text, want string }{
		{"a\nb\n", "a\r\nb\r\n", "a\nb\n"},
		{"a\r\nb\n", "a\r\nb\r\n", "a\r\nb\n"},
		{"a\r\nb\nc\r\n", "a\r\nx\r\nc\r\n", "a\r\nx\r\nc\r\n"},
		{"a\nb\r\nc", "a\nnew\nb\nc", "a\nnew\nb\r\nc"},
		{"a\n", "a\r\nb", "a\nb"},
		{"a", "a\r\n", "a\n"},
		{"", "a\r\nb\r\n", "a\nb\n"},
		{"\rx\n\n", "\r\n\r\n", "\r\r"},
		{"a\nb\r", "a\nb\n\n", "a\nb\r\r"},
		{"\ufeffa\rb", "\ufeffa\nb", "\ufeffa\rb"},
	} {
		if got := string(Typed(test.text, []byte(test.was))); got != test.want {
			t.Errorf("%q typed over %q is %q, want %q", test.text, test.was, got, test.want)
		}
	}
}

// What was not changed is the same to the byte, however its lines come back, and
// what was changed says what was typed.
func TestTypedKeeps(t *testing.T) {
	t.Parallel()
	plain := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", " ", "\n", "\r\n", "\r"}))
		was := strings.Join(pieces.Draw(t, "was"), "")
		if got := string(Typed(strings.ReplaceAll(plain.Replace(was), "\n", "\r\n"), []byte(was))); got != was {
			t.Fatalf("%q came back as %q", was, got)
		}
		text := plain.Replace(strings.Join(pieces.Draw(t, "text"), ""))
		if got := plain.Replace(string(Typed(text, []byte(was)))); got != text {
			t.Fatalf("%q typed over %q says %q", text, was, got)
		}
	})
}
