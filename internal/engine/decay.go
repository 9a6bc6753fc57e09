package engine

import (
	"math/big"
	"math/bits"
	"slices"

	"galena/internal/lead"
)

// Half-life decay by integers (docs/adr/0003-points.md §4). A contribution's
// weight carries weightBits binary places; past oldest half-lives it is worth
// nothing.
const (
	weightBits = 16
	oldest     = 32
	maxWeight  = 1 << 62 // of an epoch: 2^46 thousandths; sums stop there
)

// powers[j][b] is 2^62 · 2^(b / 256^(4−j)), rounded to the nearest integer.
var powers = makePowers()

func makePowers() (t [4][256]uint64) {
	const precision = 300
	one := big.NewFloat(1).SetPrec(precision)
	unit := big.NewFloat(2).SetPrec(precision) // 2^(1/256^(4−j)), by eight square roots for each j
	for j := 3; j >= 0; j-- {
		for range 8 {
			unit = new(big.Float).SetPrec(precision).Sqrt(unit)
		}
		p := new(big.Float).SetPrec(precision).Set(one)
		for b := range 256 {
			scaled := new(big.Float).SetPrec(precision).SetMantExp(p, 62)
			n, _ := scaled.Add(scaled, big.NewFloat(0.5)).Uint64()
			t[j][b] = n
			p.Mul(p, unit)
		}
	}
	return t
}

// exp2 is 2^62 · 2^(f / 2^32), in [2^62, 2^63).
func exp2(f uint32) uint64 {
	x := powers[3][f>>24]
	x = mulShift62(x, powers[2][f>>16&0xff])
	x = mulShift62(x, powers[1][f>>8&0xff])
	return mulShift62(x, powers[0][f&0xff])
}

func mulShift62(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi<<2 | lo>>62
}

// split tells in which half-life period a moment lies and how far into it, as a
// fraction of 2^32.
func split(t lead.Time, halfLife int64) (number int64, fraction uint32) {
	number = int64(t) / halfLife
	hi, lo := bits.Mul64(uint64(int64(t)%halfLife), 1<<32)
	q, _ := bits.Div64(hi, lo, uint64(halfLife))
	return number, uint32(q)
}

// addDecaying adds a contribution of p dated t to the epochs, which stay
// ascending. Epochs that are worth nothing at the newest date are dropped.
func addDecaying(epochs []epoch, p lead.Points, t lead.Time, halfLife int64) []epoch {
	number, fraction := split(t, halfLife)
	hi, lo := bits.Mul64(magnitude(int64(p)), exp2(fraction))
	lo, carry := bits.Add64(lo, 1<<(62-weightBits-1), 0)
	hi += carry
	w := int64(hi<<(64-(62-weightBits)) | lo>>(62-weightBits))
	if p < 0 {
		w = -w
	}
	i := len(epochs)
	for i > 0 && epochs[i-1].number > number {
		i--
	}
	if i > 0 && epochs[i-1].number == number {
		e := &epochs[i-1]
		e.weight = min(max(e.weight+w, -maxWeight), maxWeight)
		return epochs
	}
	epochs = append(epochs, epoch{})
	copy(epochs[i+1:], epochs[i:])
	epochs[i] = epoch{number, w}
	drop := 0
	for epochs[len(epochs)-1].number-epochs[drop].number > oldest {
		drop++
	}
	return slices.Delete(epochs, 0, drop)
}

// decayed is what the epochs are worth at a moment, none of whose contributions
// is dated later.
func decayed(epochs []epoch, at lead.Time, halfLife int64) lead.Points {
	if len(epochs) == 0 {
		return 0
	}
	var i instant
	i.set(at, halfLife)
	return i.worth(epochs)
}

// instant is a moment as decay sees it: in which half-life period it lies, and by
// what weights are divided then.
type instant struct {
	at       lead.Time
	halfLife int64 // 0: not set
	number   int64
	divisor  uint64
}

func (i *instant) set(at lead.Time, halfLife int64) {
	number, fraction := split(at, halfLife)
	*i = instant{at, halfLife, number, exp2(fraction)}
}

// decayed is decayed, for a fold: which asks about many rules at one moment.
func (f *fold) decayed(epochs []epoch, at lead.Time, halfLife int64) lead.Points {
	if len(epochs) == 0 {
		return 0
	}
	if i := &f.instant; i.at != at || i.halfLife != halfLife {
		i.set(at, halfLife)
	}
	return f.instant.worth(epochs)
}

// worth is what epochs are worth at the instant.
func (i *instant) worth(epochs []epoch) lead.Points {
	// Positive and negative weights apart, as 128-bit sums scaled by 2^oldest.
	var sum [2]struct{ hi, lo uint64 }
	for _, e := range epochs {
		age := i.number - e.number
		if age > oldest {
			continue
		}
		side := &sum[0]
		if e.weight < 0 {
			side = &sum[1]
		}
		m := magnitude(e.weight)
		shift := uint(oldest - age)
		var carry uint64
		side.lo, carry = bits.Add64(side.lo, m<<shift, 0)
		side.hi += m>>(64-shift) + carry
	}
	negative := sum[1].hi > sum[0].hi || sum[1].hi == sum[0].hi && sum[1].lo > sum[0].lo
	a, b := sum[0], sum[1]
	if negative {
		a, b = b, a
	}
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi := a.hi - b.hi - borrow
	// S·2^62 / (2^weightBits · X), with S scaled by 2^oldest.
	const shift = 62 - weightBits - oldest
	x := i.divisor
	q, r := bits.Div64(hi<<shift|lo>>(64-shift), lo<<shift, x)
	if r >= x-r {
		q++
	}
	if negative {
		return -lead.Points(q)
	}
	return lead.Points(q)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}
