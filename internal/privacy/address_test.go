package privacy

import (
	"net/netip"
	"testing"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for written, cut := range map[string]string{
		"203.0.113.7":                "203.0.113.0",
		" 203.0.113.7 ":              "203.0.113.0",
		"203.0.113.7:8080":           "203.0.113.0",
		"::ffff:203.0.113.7":         "203.0.113.0",
		"2001:db8:1:2:3:4:5:6":       "2001:db8:1::",
		"[2001:db8:1:2:3:4:5:6]":     "2001:db8:1::",
		"[2001:db8:1:2:3:4:5:6]:443": "2001:db8:1::",
		"fe80::1%eth0":               "fe80::",
		"0.0.0.0":                    "0.0.0.0",
		"203.0.113.7, 198.51.100.9":  "",
		"203.0.113":                  "",
		"localhost":                  "",
		"":                           "",
	} {
		for _, how := range []Addresses{Cut, ""} {
			if got := how.Of(written); got != cut {
				t.Errorf("%q of %q: %q, want %q", how, written, got, cut)
			}
		}
		if again := Cut.Of(cut); again != cut {
			t.Errorf("%q, cut again, is %q", cut, again)
		}
		if got := Whole.Of(written); got != written {
			t.Errorf("%q kept whole is %q", written, got)
		}
		if got := Dropped.Of(written); got != "" {
			t.Errorf("%q dropped is %q", written, got)
		}
	}
	seen := netip.MustParseAddr("::ffff:203.0.113.7")
	for how, want := range map[Addresses]string{Cut: "203.0.113.0", Whole: "203.0.113.7", Dropped: ""} {
		if got := how.Kept(seen); got != want {
			t.Errorf("%s: %q, want %q", how, got, want)
		}
		if got := how.Kept(netip.Addr{}); got != "" {
			t.Errorf("%s of no address: %q", how, got)
		}
		if err := how.Check(); err != nil {
			t.Error(err)
		}
	}
	if err := Addresses("hashed").Check(); err == nil {
		t.Error("any word is a choice")
	}
}

func TestAddressesInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"context":{"ip":"203.0.113.7","v":"1.2.3.4"}}`:         `{"context":{"ip":"203.0.113.0","v":"1.2.3.4"}}`,
		`{"context":{"ip" : "203.0.113.7`:                        `{"context":{"ip" : "203.0.113.0`, // broken
		`{"ip":"nowhere","ip":"2001:db8:1:2::3"}`:                `{"ip":"","ip":"2001:db8:1::"}`,
		`{"request_ip":"[::1]:53710","requestIp":"203.0.113.7"}`: `{"request_ip":"::","requestIp":"203.0.113.0"}`,
		`event=x&context.ip=203.0.113.7&ip=203.0.113.7`:          `event=x&context.ip=203.0.113.0&ip=203.0.113.0`,
		`{"ship":"203.0.113.7","ip":7}`:                          `{"ship":"203.0.113.7","ip":7}`,
		`no address`:                                             `no address`,
	} {
		if got := string(Cut.InText([]byte(text))); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", text, got, want)
		}
		if got := string(Whole.InText([]byte(text))); got != text {
			t.Errorf("%s kept whole becomes %s", text, got)
		}
	}
}
