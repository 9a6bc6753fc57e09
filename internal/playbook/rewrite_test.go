package playbook

import (
	"strings"
	"testing"

	"galena/internal/fault"
)

// rewritten reports a change of a text that does not come to the text with some
// places replaced, and not a byte beside them.
func rewritten(t *testing.T, what any, got []byte, err error, text string, replace ...string) {
	t.Helper()
	if want := strings.NewReplacer(replace...).Replace(text); err != nil || string(got) != want {
		t.Errorf("%v: %v\n%s", what, err, got)
	}
}

// refused reports a change of a text that was not refused as what cannot be.
func refused(t *testing.T, what any, got []byte, err error) {
	t.Helper()
	if err == nil || fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v: %v\n%s", what, err, got)
	}
}
