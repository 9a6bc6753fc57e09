package tracking

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"galena/internal/kit/peer"
	"galena/internal/lead"
	"galena/internal/privacy"
)

// admit says who sends, by the write key.
func (h *handler) admit(r *http.Request, body []byte, d door) (Arrival, answer) {
	key := requestKey(r)
	if key == "" {
		key = bodyKey(body)
	}
	if key == "" {
		return Arrival{}, missingKey
	}
	id, kind, ok, err := h.Keys.WriteKey(r.Context(), key)
	if err != nil {
		return Arrival{}, h.failed(r.Context(), "a write key could not be looked up", err)
	}
	if !ok {
		return Arrival{}, unknownKey
	}
	history := d.history && r.URL.Query().Get("backfill") == "true"
	policy, err := h.Keys.Policy(r.Context())
	if err != nil {
		return Arrival{}, h.failed(r.Context(), "what is kept of people could not be looked up", err)
	}
	from := Arrival{Received: h.Clock(), Source: id, Backfill: history, Key: key, Addresses: policy.Addresses}
	switch kind {
	case lead.BrowserKey:
		from.Origin, from.Address = lead.Browser, peer.Address(r, h.TrustedProxies)
		from.Objects = policy.Objections.Heard(r.Header.Get("Sec-GPC"), r.Header.Get("DNT"))
	case lead.ServerKey:
		from.Origin = lead.Server
	default:
		return Arrival{}, keyMayNotSend
	}
	if kind == lead.BrowserKey && policy.Idless && from.Address.IsValid() {
		salt, err := h.Keys.Salt(r.Context(), from.Received)
		if err != nil {
			return Arrival{}, h.failed(r.Context(), "the salt of the day could not be had", err)
		}
		who := privacy.Passer{Key: id, Address: from.Address.String(), Browser: r.UserAgent(), Site: site(r)}
		from.Passing = who.ID(salt)
	}
	if history && kind != lead.ServerKey {
		return Arrival{}, importNeedsServerKey
	}
	return from, nil
}

// site is the host of the page that a browser sends from, "" if it does not say.
func site(r *http.Request) string {
	for _, page := range []string{r.Header.Get("Origin"), r.Referer()} {
		if at, err := url.Parse(page); err == nil && at.Host != "" {
			return at.Host
		}
	}
	return ""
}

// requestKey is the write key that the request carries outside its body, "" for
// none, from the best place that has one.
func requestKey(r *http.Request) string {
	return cmp.Or(basicKey(r.Header.Get("Authorization")), r.Header.Get("X-Write-Key"), r.URL.Query().Get("writeKey"))
}

// basicKey is the user of Basic authorization. Keys may hold colons, and some
// senders leave out the one before the empty password; so it is all but one
// colon at the end.
func basicKey(authorization string) string {
	scheme, credentials, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "basic") {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(plain), ":")
}

// bodyKey is the writeKey of a message or an envelope, "" for none.
func bodyKey(body []byte) string {
	all, err := members(body)
	if err != nil {
		return ""
	}
	for _, m := range all {
		if m.name == "writeKey" {
			return textOf(m.raw)
		}
	}
	return ""
}
