package tracking

import (
	"net/http"

	"galena/internal/kit/peer"
)

// settings is the document that browser and mobile libraries ask for before they
// send anything. Without it they send nothing; without apiKey and apiHost in it
// they send elsewhere. Another entry in Integrations would make the browser
// library load code from a third party.
type settings struct {
	Integrations  map[string]segmentSettings `json:"integrations"`
	Metrics       metricsSettings            `json:"metrics"`
	RemotePlugins []string                   `json:"remotePlugins"`
}

type segmentSettings struct {
	APIKey   string `json:"apiKey"`
	APIHost  string `json:"apiHost"`
	Protocol string `json:"protocol"`
}

// metricsSettings turns the library's own metrics off.
type metricsSettings struct {
	SampleRate int `json:"sampleRate"`
}

// settingsSeconds is for how long the document may be kept; a change of the base
// URL reaches pages after as long.
const settingsSeconds = "300"

func (s settings) write(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "public, max-age="+settingsSeconds)
	writeJSON(w, http.StatusOK, s)
}

func (h *handler) settings(_ http.ResponseWriter, r *http.Request) answer {
	to := segmentSettings{APIKey: r.PathValue("key"), APIHost: r.Host + "/v1", Protocol: "http"}
	switch {
	case h.base != nil:
		to.APIHost, to.Protocol = h.base.Host+h.base.JoinPath("v1").Path, h.base.Scheme
	case r.TLS != nil, peer.Trusted(r, h.TrustedProxies) && r.Header.Get("X-Forwarded-Proto") == "https":
		to.Protocol = "https"
	}
	return settings{Integrations: map[string]segmentSettings{"Segment.io": to}}
}
