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

// Periods is how many full periods it takes until nothing is left of p, for those
// kinds that fade by steps.
func (d Decay) Periods(p lead.Points) int64 {
	left := max(p, -p)
	switch d.Kind {
	case Linear:
		return int64((left + d.Loss - 1) / d.Loss)
	case Shrinking:
		n := int64(0)
		for ; left > 0; n++ {
			left = left * lead.Points(100-d.Percent) / 100
		}
		return n
	}
	return 1
}
