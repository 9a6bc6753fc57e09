package sim

import "math/rand/v2"

// dice is a stream of chance of its own.
type dice struct{ *rand.Rand }

// newDice makes the stream that belongs to some numbers and to no others.
func newDice(numbers ...uint64) dice {
	h := uint64(0x9e3779b97f4a7c15)
	for _, n := range numbers {
		h = mix(h ^ mix(n))
	}
	return dice{rand.New(rand.NewPCG(h, mix(h)))}
}

// mix spreads n over all bits (the finaliser of SplitMix64).
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between is at least low and below high.
func (d dice) between(low, high float64) float64 { return low + d.Float64()*(high-low) }

// one takes one of a list.
func one[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// weighted takes an index by weight.
func weighted(d dice, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := d.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
