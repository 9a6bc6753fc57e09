package postgres

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "plain", "ü😀", "\x00", "a\x00b", "\xff\xfe", "\xed\xa0\x80", escape, escape + "00", escape + "not digits", "\ufeff"} {
		f.Add(seed, "other")
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		packed := pack(text)
		if !utf8.ValidString(packed) || strings.Contains(packed, "\x00") {
			t.Fatalf("%q is packed as %q, which PostgreSQL cannot hold", text, packed)
		}
		if got, err := unpack(packed); err != nil || got != text {
			t.Errorf("%q came back as %q (%v)", text, got, err)
		}
		if text != other && packed == pack(other) {
			t.Errorf("%q and %q are packed alike", text, other)
		}
	})
}

func TestOrdinaryTextIsKeptReadable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "Demo Requested", "müller@corp.example", "😀", "a\tb\n", `\x00`} {
		if got := pack(text); got != text {
			t.Errorf("%q is packed as %q", text, got)
		}
	}
	if _, err := unpack(escape + "no digits"); err == nil {
		t.Error("what pack never makes was unpacked")
	}
}
