package playbook

import "testing"

const boundedText = `galena: 1
name: N
time_zone: UTC
signals: {visit: {event: Visit}}
scores:
  keen:
    label: Keen # so
    rules:
      - {on: visit, points: 15, cap: 30}
      - on: visit
        name: again
        points: 5 # five
        floor: -5
totals:
  score: {label: All, sum: [keen]}
grade:
  letters: {score: score, A: 60, B: 40, C: 0}
  numbers:
    score: keen
    1: 20 # the best
    2: 10
`

// Bounds are set where they stand or belong, and not a byte beside them.
func TestSetBounds(t *testing.T) {
	t.Parallel()
	mustLoad(t, []byte(boundedText))
	for _, test := range []struct {
		set     map[string]string
		replace []string
	}{
		{map[string]string{"scores.keen.cap": "100"}, []string{"# so\n", "# so\n    cap: 100\n"}},
		{map[string]string{"scores.keen.cap": "100", "scores.keen.floor": "-2.5"}, []string{"# so\n", "# so\n    cap: 100\n    floor: -2.5\n"}},
		{map[string]string{"scores.keen.rules[0].cap": "45", "scores.keen.rules[0].floor": "0"}, []string{"cap: 30", "cap: 45, floor: 0"}},
		{map[string]string{"scores.keen.rules[0].cap": ""}, []string{", cap: 30", ""}},
		{map[string]string{"scores.keen.rules[1].floor": ""}, []string{"        floor: -5\n", ""}},
		{map[string]string{"scores.keen.rules[1].cap": "9"}, []string{"floor: -5\n", "floor: -5\n        cap: 9\n"}},
		{map[string]string{"totals.score.cap": "200"}, []string{"{label: All, sum", "{label: All, cap: 200, sum"}},
		// In between B would be better than A.
		{map[string]string{"grade.letters.A": "30", "grade.letters.B": "20"}, []string{"A: 60, B: 40", "A: 30, B: 20"}},
		{map[string]string{"grade.letters.C": "10", "grade.letters.D": "0", "grade.numbers.1": "25", "grade.numbers.3": "5"},
			[]string{"C: 0}", "C: 10, D: 0}", "1: 20", "1: 25", "2: 10\n", "2: 10\n    3: 5\n"}},
		{map[string]string{"grade.letters.B": ""}, []string{", B: 40", ""}},
		{map[string]string{"grade.letters.B": "40", "nothing": "7"}, nil},
	} {
		got, err := SetBounds([]byte(boundedText), test.set)
		rewritten(t, test.set, got, err, boundedText, test.replace...)
	}
	for _, set := range []map[string]string{
		{"scores.keen.cap": "many"}, {"scores.keen.cap": "1", "scores.keen.floor": "2"}, {"grade.letters.A": "40"},
		{"grade.letters.A": "", "grade.letters.B": "", "grade.letters.C": ""}, {"scores.keen.cap": "1, floor: 0"},
		{"grade.numbers.1": ""}, // whose comment would be left over
	} {
		got, err := SetBounds([]byte(boundedText), set)
		refused(t, set, got, err)
	}
}
