package tracking

import (
	"encoding/json"
	"testing"
)

// RudderStack's library sends nothing unless the document has these.
func TestSourceConfig(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/sourceConfig", "/sourceConfig/", "/sourceConfig/?p=npm&v=3.34.1&build=modern&writeKey=unknown"} {
		w := call(face(nil), "GET", path, "", "Authorization", basic("unknown:"), "Origin", "https://shop.example")
		var got struct {
			Source *struct {
				ID, Name, WorkspaceID *string
				Enabled               bool
				Config                *struct {
					StatsCollection struct{ Errors, Metrics struct{ Enabled *bool } }
				}
				Destinations []any
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Source == nil {
			t.Fatalf("%s: %v, %s", path, err, w.Body)
		}
		s := got.Source
		if w.Code != 200 || s.ID == nil || s.Name == nil || s.WorkspaceID == nil || !s.Enabled || s.Config == nil || s.Destinations == nil || len(s.Destinations) > 0 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		stats := s.Config.StatsCollection
		if stats.Errors.Enabled == nil || *stats.Errors.Enabled || stats.Metrics.Enabled == nil || *stats.Metrics.Enabled {
			t.Errorf("%s: the library would report to its makers: %s", path, w.Body)
		}
		if h := w.Header(); h.Get("Content-Type") != "application/json" || h.Get("Access-Control-Allow-Origin") != "https://shop.example" {
			t.Errorf("%s: %v", path, h)
		}
	}
}
