package generate

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// Succession is a lead's history in which one playbook follows the other.
type Succession struct {
	Versions []Version // at least one
	Events   []lead.Event
	Looks    []lead.Time
}

// Version is a playbook and when it was published.
type Version struct {
	Playbook      string
	From          lead.Time // of the first: 0; each later than the one before
	Apply, Silent bool
}

// Successions makes successions.
func Successions() *rapid.Generator[Succession] {
	return rapid.Custom(func(t *rapid.T) Succession {
		w := drawWorld(t, Options{})
		w.renames = true
		var s Succession
		for range between(t, 1, 4, "versions") {
			v := Version{Apply: oneIn(t, 2, "apply"), Silent: oneIn(t, 2, "silent")}
			if n := len(s.Versions); n > 1 && oneIn(t, 3, "rolled back") {
				v.Playbook = s.Versions[n-2].Playbook
			} else {
				v.Playbook = w.playbook(t, Options{})
			}
			s.Versions = append(s.Versions, v)
		}
		s.Events = w.history(t)
		w.publish(t, s.Versions)
		s.Looks = w.looks(t)
		for _, v := range s.Versions[1:] {
			s.Looks = append(s.Looks, v.From+lead.Time(between(t, -1, 1, "beside the publication")))
		}
		return s
	})
}

// publish dates all versions but the first, most of them at the moment of an event
// or a millisecond beside.
func (w *world) publish(t *rapid.T, versions []Version) {
	moments := make([]lead.Time, len(versions)-1)
	for i := range moments {
		moments[i] = among(t, w.at, "published near")
		switch between(t, 0, 3, "published") {
		case 0:
			moments[i] = moments[i].Add(w.gap(t))
		case 1:
			moments[i]++
		case 2:
			moments[i] -= lead.Time(w.gap(t))
		}
	}
	slices.Sort(moments)
	for i, at := range moments {
		versions[i+1].From = max(at, versions[i].From+1)
	}
}

// otherStages are stages of which some have the names, some the roles, of those
// of other playbooks.
func otherStages(t *rapid.T) (names, roles []string) {
	names = shuffled(t, []string{"Lead", "MQL", "SAL", "Hot", "Client"})[:between(t, 1, 3, "stages")]
	for range names {
		roles = append(roles, among(t, []string{"identified", "engaged", "qualified", "accepted", "customer"}, "role"))
	}
	return names, roles
}

// GoString is String: rapid shows what it drew by it.
func (s Succession) GoString() string { return "\n" + s.String() }

// String is the succession as a person may read it.
func (s Succession) String() string {
	var b strings.Builder
	for i, v := range s.Versions {
		fmt.Fprintf(&b, "--- version %d from %d apply %t silent %t\n%s", i+1, v.From, v.Apply, v.Silent, v.Playbook)
	}
	return b.String() + Case{Events: s.Events, Looks: s.Looks}.String()
}
