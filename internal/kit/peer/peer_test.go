package peer

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, socket string
		forwarded    []string
		want         string
		trusted      bool
	}{
		{"no proxy", "203.0.113.7:1234", nil, "203.0.113.7", false},
		{"a header from a stranger", "203.0.113.7:1234", []string{"198.51.100.1"}, "203.0.113.7", false},
		{"a proxy", "10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1", true},
		{"the sender wrote more", "10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1", true},
		{"two proxies", "10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1, 10.0.0.2"}, "198.51.100.1", true},
		{"two headers", "10.0.0.1:1", []string{"1.1.1.1", "198.51.100.1 , 10.0.0.2"}, "198.51.100.1", true},
		{"proxies only", "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3", true},
		{"a proxy that says nothing", "10.0.0.1:1", nil, "10.0.0.1", true},
		{"nonsense", "10.0.0.1:1", []string{"198.51.100.1, unknown"}, "10.0.0.1", true},
		{"nonsense after a proxy", "10.0.0.1:1", []string{"<script>, 10.0.0.2"}, "10.0.0.2", true},
		{"a port", "10.0.0.1:1", []string{"198.51.100.1:99"}, "198.51.100.1", true},
		{"IPv6 with a port", "[fd00::1]:1", []string{"[2001:db8::1]:99"}, "2001:db8::1", true},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1", true},
		{"no address", "@", []string{"198.51.100.1"}, "invalid IP", false},
	} {
		r := &http.Request{RemoteAddr: c.socket, Header: http.Header{}}
		for _, v := range c.forwarded {
			r.Header.Add("X-Forwarded-For", v)
		}
		if got := Address(r, proxies).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := Trusted(r, proxies); got != c.trusted {
			t.Errorf("%s: trusted is %v", c.name, got)
		}
	}
}
