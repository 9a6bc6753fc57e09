package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/lead"
)

// populate: Ada is an MQL, Bo a lead who studies, Cy and Di are leads, Ed is a
// contact, and there are two visitors.
func populate(o *office) {
	o.say(identify("ada", "", "ada@corp.example", map[string]any{"employees": 80}), lead.Event{Name: "Visit", UserID: "ada"})
	o.say(lead.Event{Name: "Demo", UserID: "ada"})
	o.say(identify("bo", "", "bo@corp.example", nil), lead.Event{Name: "Visit", UserID: "bo"})
	o.say(identify("bo", "", "", map[string]any{"studies": true}))
	o.say(identify("cy", "", "cy@corp.example", nil), lead.Event{Name: "Visit", UserID: "cy"})
	o.say(identify("di", "", "di@corp.example", nil), lead.Event{Name: "Visit", UserID: "di"})
	o.say(identify("ed", "", "", nil))
	o.say(visit("a1"), visit("a2"))
}

func TestFunnel(t *testing.T) {
	t.Parallel()
	o := open(t)
	populate(o)
	f, err := o.Funnel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.Visitors != 2 || f.Contacts != 1 || f.Excluded != 1 {
		t.Errorf("%+v", f)
	}
	equal(t, "stages", f.Stages, []app.StageCount{
		{Name: "Lead", Role: "identified", Here: 3, Reached: 4}, {Name: "MQL", Role: "qualified", Here: 1, Reached: 1},
	})
}

func TestHottest(t *testing.T) {
	t.Parallel()
	o := open(t)
	populate(o)
	for n, want := range [][]string{
		0: {},
		1: {"ada@corp.example 70 [asked for a demo (+45) 50 employees or more (+20) visited us (+10)]"},
		// Of Cy and Di, who are worth the same, Di was seen last.
		2: {"", "di@corp.example 10 [visited us (+10)]"},
		// Bo is excluded, and the contact and the visitors are no leads.
		9: {"", "", "cy@corp.example 10 [visited us (+10)]"},
	} {
		if want == nil {
			continue
		}
		hot, err := o.Hottest(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, h := range hot {
			line := fmt.Sprint(h.Lead.Emails[0], " ", h.Score, " ", h.Reasons)
			if i < len(want)-1 {
				line = "" // told before
			}
			got = append(got, line)
		}
		equal(t, fmt.Sprint("the hottest ", n), got, want)
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	line := func(rule string, raw, limited, points lead.Points) engine.Line {
		return engine.Line{Score: "s", Rule: rule, Label: strings.ToUpper(rule), Raw: raw, Limited: limited, Points: points}
	}
	for _, c := range []struct {
		name  string
		lines []engine.Line
		want  []string
	}{
		{"none", nil, nil},
		{"one", []engine.Line{line("a", 1000, 0, 1000)}, []string{"A (+1)"}},
		{"the weightiest first, either sign", []engine.Line{line("a", 1000, 0, 1000), line("b", -9000, 0, -9000)}, []string{"B (-9)", "A (+1)"}},
		{"one rule several times", []engine.Line{line("a", 1000, 0, 700), line("b", 1000, 0, 1000), line("a", 1000, 0, 800)}, []string{"A twice (+2)", "B (+1)"}},
		{"what was refused is no reason", []engine.Line{line("a", 1000, 0, 1000), line("a", 1000, -1000, 0)}, []string{"A (+1)"}},
		{"nor is a clamp", []engine.Line{line("cap", 0, 0, -5000)}, nil},
		{"nor what has faded", []engine.Line{line("a", 1000, 0, 499)}, nil},
		{"equal ones as they came", []engine.Line{line("b", 1000, 0, 1000), line("a", 1000, 0, 1000)}, []string{"B (+1)", "A (+1)"}},
	} {
		var got []string
		for _, r := range app.Reasons(&engine.ScoreLines{Lines: c.lines}) {
			got = append(got, r.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReasonsInWords(t *testing.T) {
	t.Parallel()
	const day = lead.Time(lead.Day)
	for want, r := range map[string]app.Reason{
		"decides on purchases":                      {Label: "decides on purchases", Times: 1},
		"asked for a demo within a day":             {Label: "asked for a demo", Times: 1, Last: midday - day + 1},
		"asked for a demo yesterday":                {Label: "asked for a demo", Times: 1, Last: midday - day},
		"visited pricing twice, last 13 days ago":   {Label: "visited pricing", Times: 2, Last: midday - 13*day},
		"visited pricing 3 times, last 2 weeks ago": {Label: "visited pricing", Times: 3, Last: midday - 14*day},
		"signed up 2 months ago":                    {Label: "signed up", Times: 1, Last: midday - 60*day},
	} {
		if got := r.Words(midday); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
