package pages

import (
	"path/filepath"
	"strings"
	"testing"
)

// The doctor, asked from the page about what runs, beside the running server.
func TestAbout(t *testing.T) {
	t.Parallel()
	c := Serve(t, filepath.Join(t.TempDir(), "data"), true) // made by the server, for nobody else to look into
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("admin")
			b.Go("/settings/about")
			b.Submit(`form[action$="/doctor"] button`)
			b.Look("settings-doctor")
			if got := b.Text("main"); !strings.Contains(got, "found nothing wrong") || !strings.Contains(got, "a galena runs on this folder") {
				t.Errorf("the doctor says %s", got)
			}
		})
	}
}
