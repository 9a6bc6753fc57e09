package app_test

import "testing"

func TestArrival(t *testing.T) {
	t.Parallel()
	o := open(t)
	arrival := func(kind string, events int64, score string, reasons int) {
		t.Helper()
		a, err := o.Arrival(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if a.Lead != nil {
			got = a.Lead.Kind
		}
		if got != kind || a.Events != events || a.Score.String() != score || len(a.Reasons) != reasons {
			t.Errorf("%q after %d events, %s for %v; want %q after %d, %s for %d", got, a.Events, a.Score, a.Reasons, kind, events, score, reasons)
		}
	}
	arrival("", 0, "0", 0)
	o.say(visit("browser 1"))
	arrival("visitor", 1, "10", 1)
	o.say(identify("u2", "browser 2", "eve@corp.example", nil))
	arrival("contact", 2, "0", 0)
	o.say(identify("u3", "browser 3", "ada@corp.example", map[string]any{"employees": 80}), visit("browser 3"))
	arrival("lead", 4, "30", 2)
}
