package view

import (
	"context"
	"fmt"
)

// tones is how many colours the scale of stages has, from cold to hot; see app.css. Of
// more stages neighbours share one: more would not be told apart.
const tones = 12

// Rung is a stage or exit of the playbook in force.
type Rung struct {
	Name, Role string
	Exit       bool
}

// Tones are the colours of stages by their names, as classes.
type Tones map[string]string

// TonesOf gives each stage a colour by its place, so that they lie as far apart on the
// scale as there is room, and whoever was won the one at its end.
func TonesOf(rungs []Rung) Tones {
	var ahead []string
	all := Tones{}
	for _, r := range rungs {
		switch {
		case r.Exit:
			all[r.Name] = roleTone(r.Role)
		case r.Role == "customer":
			all[r.Name] = "tone tone-won"
		default:
			ahead = append(ahead, r.Name)
		}
	}
	for i, name := range ahead {
		all[name] = fmt.Sprintf("tone tone-%d", 1+i*(tones-1)/max(len(ahead)-1, 1))
	}
	return all
}

// roleTone is the colour of a stage that the playbook in force does not have.
func roleTone(role string) string {
	switch role {
	case "recycled", "disqualified":
		return "bad"
	case "customer":
		return "tone tone-won"
	}
	return ""
}

type tonesKey struct{}

// WithTones gives a context in which stages find their colours.
func WithTones(ctx context.Context, t Tones) context.Context {
	return context.WithValue(ctx, tonesKey{}, t)
}

// tone is the colour of a stage.
func tone(ctx context.Context, name, role string) string {
	all, _ := ctx.Value(tonesKey{}).(Tones)
	if class, known := all[name]; known {
		return class
	}
	return roleTone(role)
}
