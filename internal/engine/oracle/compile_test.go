package oracle

import (
	"pgregory.net/rapid"

	"galena/internal/playbook"
)

// compile reads a playbook as published in version 1.
func compile(t rapid.TB, text string) *playbook.Plan {
	t.Helper()
	_, plan, problems := playbook.Load([]byte(text), 1)
	if playbook.Failed(problems) {
		for _, p := range problems {
			t.Logf("%v", p)
		}
		t.Fatalf("the playbook does not compile:\n%s", text)
	}
	return plan
}
