package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Lengths in octets, of the matching form (RFC 5321).
const (
	maxAddress = 254
	maxLocal   = 64
)

// domains maps a domain to ASCII as a mail server would look it up, and refuses
// what could be no host name. It is not transitional: ß and ss are two domains.
var domains = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(true),
	idna.BidiRule(),
	idna.VerifyDNSLength(true),
)

// Email reads an address. match is the form by which people are recognised:
// trimmed, NFC, lower case, domain in ASCII; two that are equal are one
// address. display is the address as its owner wrote it, trimmed, and is the one
// to send to. Addresses that need quotes, bare host names and IP literals are
// not taken: no person in a funnel has one.
func Email(s string) (match, display string, ok bool) {
	display = strings.TrimSpace(s)
	// Four octets of what was written can be one of what it maps to, not more.
	if len(display) > 4*maxAddress || !utf8.ValidString(display) {
		return "", "", false
	}
	local, domain, found := strings.Cut(display, "@")
	if !found || strings.Contains(domain, "@") {
		return "", "", false
	}
	local = lower(norm.NFC.String(local))
	if !validLocal(local) {
		return "", "", false
	}
	domain, ok = asciiDomain(domain)
	if !ok || len(local)+1+len(domain) > maxAddress {
		return "", "", false
	}
	return local + "@" + domain, display, true
}

// lower is lower case, but never turns another letter into an ASCII one: İ is
// not i, and whoever has the one address does not have the other.
func lower(s string) string {
	s = strings.Map(func(r rune) rune {
		if l := unicode.ToLower(r); r < utf8.RuneSelf || l >= utf8.RuneSelf {
			return l
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// validLocal says whether s is words of letters, digits and the signs that need
// no quotes, with single dots between.
func validLocal(s string) bool {
	if s == "" || len(s) > maxLocal || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r) {
				return false
			}
		case r == unicode.ReplacementChar || !unicode.IsGraphic(r) || unicode.IsSpace(r):
			return false
		}
	}
	return true
}

func asciiDomain(s string) (string, bool) {
	for _, r := range s {
		// The mapping would drop or replace these; an address that shows one
		// name and reaches another is not taken.
		if unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || r == unicode.ReplacementChar {
			return "", false
		}
	}
	ascii, err := domains.ToASCII(s)
	if err != nil {
		return "", false
	}
	dot := strings.LastIndexByte(ascii, '.')
	if dot < 1 {
		return "", false
	}
	if top := ascii[dot+1:]; top == "" || strings.Trim(top, "0123456789") == "" {
		return "", false
	}
	return ascii, true
}
