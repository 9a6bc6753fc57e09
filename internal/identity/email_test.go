package identity

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	local64, label63 := strings.Repeat("l", 64), strings.Repeat("d", 63)
	long := func(last int) string { // an address of 64+1+3*(63+1)-1+1+last octets
		return local64 + "@" + label63 + "." + label63 + "." + strings.Repeat("e", last) + ".example"
	}
	for _, c := range []struct{ in, match, display string }{
		{"ada@example.com", "ada@example.com", "ada@example.com"},
		{" \tAda.Lovelace+News@Example.COM\n", "ada.lovelace+news@example.com", "Ada.Lovelace+News@Example.COM"},
		{"o'brien@example.co.uk", "o'brien@example.co.uk", "o'brien@example.co.uk"},
		{"rene\u0301@example.com", "ren\u00e9@example.com", "rene\u0301@example.com"},
		{"REN\u00c9@example.com", "ren\u00e9@example.com", "REN\u00c9@example.com"},
		{"a@B\u00fccher.example", "a@xn--bcher-kva.example", "a@B\u00fccher.example"},
		{"a@xn--bcher-kva.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
		{"a@stra\u00dfe.example", "a@xn--strae-oqa.example", "a@stra\u00dfe.example"},
		{"a@ex\u0430mple.test", "a@xn--exmple-4nf.test", "a@ex\u0430mple.test"}, // Cyrillic а
		{"\u0130@example.com", "\u0130@example.com", "\u0130@example.com"},      // İ is not i
		{"\u0131@example.com", "\u0131@example.com", "\u0131@example.com"},      // nor is ı
		{"\u00df@example.com", "\u00df@example.com", "\u00df@example.com"},
		{"a@\uff58.test", "a@x.test", "a@\uff58.test"},
		{local64 + "@example.com", local64 + "@example.com", local64 + "@example.com"},
		{long(53), long(53), long(53)},
	} {
		match, display, ok := Email(c.in)
		if !ok || match != c.match || display != c.display {
			t.Errorf("%q: %q, %q, %v; want %q, %q", c.in, match, display, ok, c.match, c.display)
		}
	}
	if n := len(long(53)); n != maxAddress {
		t.Fatalf("the longest address of the table has %d octets", n)
	}
	for _, in := range []string{
		"", " ", "@", "ada", "ada@", "@example.com", "a@b@example.com", "ada@localhost", "ada@example", "ada@.com", "ada@example.", "ada@example..com",
		"ada@example.com.", "ada@-example.com", "ada@exa_mple.com", "ada@1.2.3.4", "ada@[1.2.3.4]", "a b@example.com", "a\u00a0b@example.com",
		"a@exam ple.com", "a\x00@example.com", "a\x7f@example.com", "a\u200b@example.com", "a@exam\u200bple.com", "a@exam\u00adple.com", "a\u202eb@example.com",
		"\"a b\"@example.com", "a,b@example.com", "<a@example.com>", "Ada <a@example.com>", "mailto:a@example.com", ".a@example.com", "a.@example.com", "a..b@example.com",
		"a\xff@example.com", "a\uFFFD@example.com", "a@\uFFFD.com", "a@xn--zz--.example", "\uff41\uff20\uff58.test",
		local64 + "l@example.com", "a@" + label63 + "d.com", long(54), strings.Repeat("a", 5000) + "@example.com",
	} {
		if match, _, ok := Email(in); ok || match != "" {
			t.Errorf("%q is taken as %q", in, match)
		}
	}
}

func FuzzEmail(f *testing.F) {
	for _, s := range []string{"ada@example.com", "REN\u00c9@B\u00fccher.example", "\u0130@x.test", "a@\uff58.test", "\u1e9e@stra\u00dfe.example", "\u212a@x.yz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		match, display, ok := Email(s)
		if !ok {
			if match != "" || display != "" {
				t.Errorf("refused, but read as %q, %q", match, display)
			}
			return
		}
		if len(match) > maxAddress || strings.Count(match, "@") != 1 || !utf8.ValidString(match) || strings.TrimSpace(s) != display {
			t.Errorf("%q, %q", match, display)
		}
		if again, _, ok := Email(match); !ok || again != match {
			t.Errorf("the matching form %q reads as %q, %v", match, again, ok)
		}
		if same, _, ok := Email(display); !ok || same != match {
			t.Errorf("%q matches %q, as display %q, %v", s, match, same, ok)
		}
	})
}
