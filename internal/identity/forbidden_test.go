package identity

import "testing"

func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", " ", "\t\n", "null", "NULL", " Null ", "undefined", "None", "nil", "NaN", "0", "-0", "anonymous", "Guest",
		"[object Object]", "true", "unknown", "distinct_id", "00000000-0000-0000-0000-000000000000", "\uFFFD", "\uFFFD\uFFFD null", "\x00"} {
		if !Forbidden(id) {
			t.Errorf("%q is taken for somebody", id)
		}
	}
	for _, id := range []string{"1", "00", "nulls", "Nullmeier", "guest-17", "a\uFFFD", "[object Object]1", "ada@example.com"} {
		if Forbidden(id) {
			t.Errorf("%q is taken for nobody", id)
		}
	}
}
