package web

import (
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	const zalgo = "Z\u0334\u0335\u0336\u0337\u0338\u0321\u0322\u0327\u0328\u0319"
	for _, c := range []struct{ page, want string }{
		{"<p>Ada</p>", "<p>Ada</p>"},
		{"<p>\u202egpj.exe</p>", "<p>[U+202E]gpj.exe</p>"},
		{"<p>a\u200bb\ufeff</p>", "<p>a[U+200B]b[U+FEFF]</p>"},
		{"<p>متجر ☕️ 👩\u200d💻 می\u200cخواهم é</p>", "<p>متجر ☕️ 👩\u200d💻 می\u200cخواهم é</p>"},
		{"<p>" + zalgo + "!</p>", "<p>" + zalgo[:1+2*maxMarks] + "!</p>"},
		{`<input value="` + "\u202e" + `"><textarea name="x">` + "\u202e" + `</textarea>` + "\u202e", `<input value="` + "\u202e" + `"><textarea name="x">` + "\u202e</textarea>[U+202E]"},
		{"<p>\xff\xfe", "<p>\xff\xfe"},
		{"<p", "<p"},
		{"", ""},
	} {
		if got := string(visible([]byte(c.page))); got != c.want {
			t.Errorf("%+q is shown as %+q, want %+q", c.page, got, c.want)
		}
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, " \t\n": false, "\u200b\u200d\ufeff": false, "\u0301\u0302": false, "\u202e": false, "\u3164": false, "\u00a0": false,
		"A": true, "李": true, "☕": true, "1": true, " \u200b.": true,
	} {
		if seen(text) != want {
			t.Errorf("%+q is seen: %v", text, !want)
		}
	}
}

func TestNameIsShort(t *testing.T) {
	t.Parallel()
	if got := clipped(strings.Repeat("é", 10_000)); len([]rune(got)) != maxName+1 || !strings.HasSuffix(got, "…") {
		t.Errorf("a long name has %d runes", len([]rune(got)))
	}
	if got := clipped("Ada"); got != "Ada" {
		t.Errorf("a short name is %q", got)
	}
}
