package intake_test

import (
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/privacy"
)

// TestAddressesOfFiles imports messages with addresses, one of which is refused and
// then mended, in workspaces that keep addresses in each way.
func TestAddressesOfFiles(t *testing.T) {
	t.Parallel()
	const file = `{"type":"page","messageId":"1","userId":"u","context":{"ip":"203.0.113.77"}}
{"type":"page","messageId":"2","context":{"ip":"203.0.113.77"}}
`
	for how, want := range map[privacy.Addresses]string{privacy.Cut: "203.0.113.0", privacy.Whole: "203.0.113.77", privacy.Dropped: ""} {
		with(t, nil, func(a *app.App, d *intake.Desk) {
			if err := a.SetPolicy(t.Context(), privacy.Policy{Addresses: how, Objections: privacy.AllObjections}, nil); err != nil {
				t.Fatal(err)
			}
			m, err := d.Receive(t.Context(), "log.ndjson", "Ada", strings.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if m = do(t, a, d, m.Number, app.TaskImport); m.Result.Accepted != 1 || m.Result.Rejected != 1 {
				t.Fatalf("%+v", m.Result)
			}
			refused, err := a.Reject(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			body := string(refused.Body)
			if (how == privacy.Whole) != strings.Contains(body, "77") || !strings.Contains(body, want) {
				t.Errorf("%s: refused and kept is %s", how, body)
			}
			mended := strings.Replace(file[strings.Index(file, "\n")+1:], `"messageId"`, `"userId":"v","messageId"`, 1)
			if err := intake.Again(t.Context(), a, a, refused.Seq, mended, "Ada"); err != nil {
				t.Fatal(err)
			}
			events := 0
			if err := a.Events(t.Context(), func(e *lead.Event) error {
				if err := e.Open(); err != nil {
					return err
				}
				if ip, _ := e.Context["ip"].(string); ip != want {
					t.Errorf("%s: of %s the address is %q", how, e.UserID, ip)
				}
				events++
				return nil
			}); err != nil || events != 2 {
				t.Errorf("%d events, %v", events, err)
			}
		})
	}
}
