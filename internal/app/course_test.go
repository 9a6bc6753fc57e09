package app_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
)

// A course reads by one fold what an explanation of each moment tells, across
// publications, too.
func TestACourseIsWhatEachMomentExplains(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := app.Ref{UserID: "u1"}
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 80})) // at 12
	o.say(lead.Event{Name: "Visit", UserID: "u1"})                                 // at 13
	o.publish(app.Proposal{Source: []byte(wider), Base: 1, Author: "Cy", Apply: true})
	o.say(lead.Event{Name: "Demo", UserID: "u1"})
	course, err := o.Course(t.Context(), ada, midday-lead.Time(lead.Hour), o.clock.now, 11)
	if err != nil || len(course) != 11 {
		t.Fatalf("%d moments, %v", len(course), err)
	}
	versions := map[int]bool{}
	for _, r := range course {
		x := o.known(ada, r.At, app.KnownNow)
		versions[r.Version] = true
		if r.Version != x.Version || r.Stage != x.Stage || !sameScores(r, x) {
			t.Errorf("at %s the course reads %+v, explained is %+v", r.At, r, x.Explanation)
		}
	}
	if len(versions) != 2 || course[0].Points[2] != 0 || course[10].Points[2] == 0 {
		t.Errorf("the course is of versions %v, from %v to %v", versions, course[0], course[10])
	}
	for _, n := range []int{0, 1, 401} {
		_, err := o.Course(t.Context(), ada, midday, midday+1, n)
		refused(t, err, fault.Invalid, "A course leads from a moment to a later one, by 2 to 400 moments.")
	}
}

func sameScores(r engine.Reading, x app.Explanation) bool {
	for i, s := range x.Scores {
		if r.Names[i] != s.Name || r.Points[i] != s.Points {
			return false
		}
	}
	return len(r.Points) == len(x.Scores)
}
