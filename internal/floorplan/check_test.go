package floorplan

import (
	"fmt"
	"slices"
	"strings"
)

// place is where a package stands: the floor, counted from the roof, and its
// place on it.
type place struct{ floor, shelf int }

func (p place) below(q place) bool {
	return p.floor > q.floor || p.floor == q.floor && p.shelf > q.shelf
}

// check compares packages with the plan and says in sentences what is wrong.
func check(packages map[string]*source) []string {
	places := map[string]place{}
	for i, f := range plan {
		for k, dir := range f.packages {
			places[dir] = place{i, k}
		}
	}
	var wrong []string
	for _, s := range packages {
		at, placed := places[s.dir]
		if !placed {
			wrong = append(wrong, fmt.Sprintf("%s stands on no floor. Place it in internal/floorplan/plan_test.go and in ARCHITECTURE.md.", s.dir))
			continue
		}
		if !s.commented {
			wrong = append(wrong, fmt.Sprintf("%s has no package comment that says what lives there and what never does.", s.dir))
		}
		for _, f := range s.shipped {
			for _, imported := range f.imports {
				if why := refuse(places, s.dir, at, imported); why != "" {
					wrong = append(wrong, fmt.Sprintf("%s imports %s: %s.", f.name, imported, why))
				}
			}
			if plan[at.floor].pure {
				wrong = append(wrong, impurities(f)...)
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// refuse says why a package may not import another, or "".
func refuse(places map[string]place, dir string, at place, imported string) string {
	from := &plan[at.floor]
	if target, ok := strings.CutPrefix(imported, module+"/"); ok {
		to, placed := places[target]
		if !placed {
			return "it stands on no floor"
		}
		floor := &plan[to.floor]
		switch {
		case !to.below(at):
			return fmt.Sprintf("imports point down only, and %q is not below %q", floor.name, from.name)
		case to.floor == at.floor:
			return ""
		case from.only != nil && !slices.Contains(from.only, floor.name):
			return fmt.Sprintf("the floor %q knows only %s", from.name, list(from.only))
		case slices.Contains(from.never, floor.name):
			return fmt.Sprintf("the floor %q never knows %q", from.name, floor.name)
		case floor.users != nil && from.name != "proof" && !slices.Contains(floor.users, from.name):
			return fmt.Sprintf("%q is known to %s and to no other", floor.name, list(floor.users))
		}
		return ""
	}
	for library, owner := range owners {
		if within(imported, library) && dir != owner && !slices.Contains(borrowers[library], dir) {
			return fmt.Sprintf("%s wraps that library for all others", owner)
		}
	}
	if from.pure && impure(imported) {
		return fmt.Sprintf("the floor %q is pure", from.name)
	}
	return ""
}

func impure(imported string) bool {
	inside := func(list []string) bool {
		return slices.ContainsFunc(list, func(p string) bool { return within(imported, p) })
	}
	return inside(impureImports) && !inside(allowedBelow)
}

func impurities(f *file) []string {
	var wrong []string
	for _, u := range f.names {
		names := impureNames[u.path]
		if slices.Contains(names, u.name) || names != nil && u.name == "." {
			wrong = append(wrong, fmt.Sprintf("%s:%d uses %s.%s: time and the world are told to a pure package, it does not ask.", f.name, u.line, u.path, u.name))
		}
	}
	return wrong
}

// within says that an import path is another or lies below it.
func within(imported, tree string) bool {
	return imported == tree || strings.HasPrefix(imported, tree+"/")
}

func list(floors []string) string {
	if len(floors) == 0 {
		return "nobody"
	}
	return strings.Join(floors, ", ")
}
