package playbook

import "galena/internal/lead"

// DecayKind says in what manner points fade.
type DecayKind uint8

const (
	Lasting   DecayKind = iota // they do not
	Halving                    // worth half after each Every, smoothly
	Linear                     // Loss less after each full Every
	Shrinking                  // Percent of what remains less after each full Every
	Expiring                   // whole until Every has passed, then nothing
)

// MaxPeriods bounds the periods that linear decay takes to come to nothing: the
// engine keeps a table of them for each rule.
const MaxPeriods = 1000

// Decay says how a contribution fades with its age, always towards nothing. The
// zero Decay is none.
type Decay struct {
	Kind    DecayKind
	Every   int64       // milliseconds: the half-life, the period of a step, the age of expiry
	Loss    lead.Points // of Linear, positive
	Percent int64       // of Shrinking, from 1 to 99
}

// periods is how many periods of Linear decay it takes until nothing is left.
func (d Decay) periods(p lead.Points) int64 {
	return int64((max(p, -p) + d.Loss - 1) / d.Loss)
}
