package cli

import (
	"strings"
	"testing"
)

// A table stays a table whatever strangers called themselves.
func TestTable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ cell, want string }{
		"escape":         {"\x1b[31mred", "\uFFFD[31mred"},
		"C1 escape":      {"\u009b31m", "\uFFFD31m"},
		"direction":      {"a\u202eb", "a\uFFFDb"},
		"line":           {"a\nb", "a\uFFFDb"},
		"line separator": {"a\u2028b", "a\uFFFDb"},
		"long":           {strings.Repeat("é", 8000), strings.Repeat("é", 99) + "…"},
		"message id":     {strings.Repeat("m", 100), strings.Repeat("m", 100)},
	} {
		var b strings.Builder
		table(&b, []string{"who", "n"}, [][]string{{c.cell, "1"}})
		lines := strings.Split(b.String(), "\n")
		if len(lines) != 3 || lines[1] != c.want+"  1" && !strings.HasPrefix(lines[1], c.want+" ") {
			t.Errorf("%s: %.300q", name, b.String())
		}
	}
}
