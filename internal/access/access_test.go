package access

import "testing"

// Nothing is allowed by accident: a role or an act that is misspelt may nothing.
func TestMay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		role Role
		act  Act
		may  bool
	}{
		{Admin, Erase, true}, {Admin, Manage, true}, {Marketing, Publish, true}, {Marketing, Erase, false},
		{Sales, Work, true}, {Sales, Export, false}, {Sales, Publish, false}, {Manager, SignSales, true},
		{Manager, SignMarketing, false}, {Viewer, See, true}, {Viewer, Work, false}, {"", See, false},
		{"root", See, false}, {Admin, "fly", false}, {Admin, "", false},
	} {
		if got := test.role.May(test.act); got != test.may {
			t.Errorf("%q may %q: %t, want %t", test.role, test.act, got, test.may)
		}
	}
}

// Who may more may everything that others may, down to the viewer.
func TestRolesContainTheViewer(t *testing.T) {
	t.Parallel()
	for _, a := range Acts() {
		if !Admin.May(a) {
			t.Errorf("an admin may not %s", a)
		}
		for _, r := range Roles {
			if Viewer.May(a) && !r.May(a) {
				t.Errorf("a viewer may %s, and a %s may not", a, r)
			}
		}
	}
}
