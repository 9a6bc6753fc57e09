package bulk

import (
	"strings"
	"testing"

	"galena/internal/lead"
)

const balanceMapping = `
source: old
email: E
occurred: Day
missing: [n/a]
rest: keep
balance: {fit: Fit, total: {column: Sum, strip: "#"}}
balance_as_of: Scored
`

const balanceHeader = "E,Day,Fit,Sum,Scored\n"

// A row brings the balances of which it has points, dated by their own column,
// else by the row, else by the import.
func TestRowBringsBalances(t *testing.T) {
	t.Parallel()
	day := func(text string) lead.Time {
		at, ok := parseTime(text, "", nil)
		if !ok {
			t.Fatalf("%q is no day", text)
		}
		return at
	}
	for row, want := range map[string]struct {
		scores map[string]any
		at     lead.Time
	}{
		"a@corp.example,2024-01-02T00:00:00Z,12.5,#-3,2023-05-06T00:00:00Z": {map[string]any{"fit": 12.5, "total": -3.0}, day("2023-05-06T00:00:00Z")},
		"a@corp.example,2024-01-02T00:00:00Z,0,,":                           {map[string]any{"fit": 0.0}, day("2024-01-02T00:00:00Z")},
		"a@corp.example,,n/a,7,":                                            {map[string]any{"total": 7.0}, now},
	} {
		events, rejects := readAll(t, balanceHeader+row+"\n", Options{Mapping: mapped(t, balanceMapping), SourceID: 4, Backfill: true})
		if len(rejects) != 0 || len(events) != 2 {
			t.Fatalf("%s: %d events, rejects %v", row, len(events), rejects)
		}
		e := events[1]
		if e.Type != lead.Act || e.Name != lead.ActBalance || e.Origin != lead.Import || e.Lead != 0 || e.Email != "a@corp.example" || !e.Backfill || e.Source != 4 {
			t.Errorf("%s: the act is %+v", row, e)
		}
		scores, _ := e.Properties["scores"].(map[string]any)
		if len(scores) != len(want.scores) || scores["fit"] != want.scores["fit"] || scores["total"] != want.scores["total"] || e.Occurred != want.at {
			t.Errorf("%s: scores %v at %v, want %v at %v", row, scores, e.Occurred, want.scores, want.at)
		}
		if e.Properties[lead.ActReason] != "import old" {
			t.Errorf("the reason is %v", e.Properties[lead.ActReason])
		}
		for name := range events[0].Traits {
			if name != "email" {
				t.Errorf("%s: the points are the attribute %s, too", row, name)
			}
		}
	}
	events, _ := readAll(t, balanceHeader+"a@corp.example,,n/a,,2023-05-06\n", Options{Mapping: mapped(t, balanceMapping)})
	if len(events) != 1 {
		t.Errorf("without points a row makes %d events", len(events))
	}
}

func TestBadBalancesAreRefused(t *testing.T) {
	t.Parallel()
	for row, want := range map[string][2]string{
		"a@corp.example,,many,,":        {"bad_value", `Fit: "many" is not a number; write 1234.5`},
		`a@corp.example,,"1,5",,`:       {"bad_value", `Fit: "1,5" is not a number as 1234.5; say how it is written, as in ` + "`numbers: \"1.234,5\"`" + `, or`},
		"a@corp.example,,,1000001,":     {"bad_value", `Sum: "1000001" is not a number of points between -1000000 and 1000000`},
		"a@corp.example,,-1e9,,":        {"bad_value", `Fit: "-1e9" is not a number of points`},
		"a@corp.example,,1,,yesterday":  {"bad_value", `Scored: "yesterday" is not a time`},
		"a@corp.example,,,3,2020-01-01": {"unknown_score", `Sum: the playbook in force has no score or total "total"; did you mean "totals"?`},
	} {
		r, err := NewReader(strings.NewReader(balanceHeader+row+"\n"), Options{Mapping: mapped(t, balanceMapping), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		scores := []string{"fit", "totals"}
		if want[0] == "bad_value" {
			scores[1] = "total"
		}
		if err := r.Knows(Playbook{Scores: scores}); err != nil {
			t.Fatal(err)
		}
		got, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got.Reject == nil || got.Balances != 0 {
			t.Errorf("%s: no reject", row)
		} else if got.Reject.Code != want[0] || !strings.Contains(got.Reject.Message, want[1]) {
			t.Errorf("%s: %s: %s", row, got.Reject.Code, got.Reject.Message)
		}
	}
}

// The id of a balance stays the same until the row, or what the mapping reads as
// points, is another.
func TestBalanceIDs(t *testing.T) {
	t.Parallel()
	id := func(mapping, row string) string {
		ids := messageIDs(t, balanceHeader+row+"\n", mapped(t, mapping))
		if len(ids) != 2 {
			t.Fatalf("%q makes %v", row, ids)
		}
		return ids[1]
	}
	row := "a@corp.example,,5,6,"
	first := id(balanceMapping, row)
	if again := id(balanceMapping+"events: [{event: E, when: {column: Day}}]\n", row); again != first {
		t.Errorf("the same balance is called %s and %s", first, again)
	}
	turned := strings.Replace(balanceMapping, `fit: Fit, total: {column: Sum, strip: "#"}`, `total: {column: Sum, strip: "#"}, fit: Fit`, 1)
	if again := id(turned, row); again != first {
		t.Errorf("the order of a mapping makes %s of %s", again, first)
	}
	if other := id(balanceMapping, "a@corp.example,,5,7,"); other == first {
		t.Error("another number has the same id")
	}
	if other := id(strings.Replace(balanceMapping, "fit: Fit", "fit: Sum", 1), row); other == first {
		t.Error("another column has the same id")
	}
	mended := strings.Replace(balanceMapping, "total:", "score:", 1)
	if other := id(mended, row); other == first {
		t.Error("another score has the same id")
	}
}
