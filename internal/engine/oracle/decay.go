package oracle

import (
	"math/big"
	"sync"

	"galena/internal/lead"
)

const (
	// fine is how finely a half-life is divided: f and g are 32-bit fractions.
	fine = 32
	// oldest is the age in whole half-lives past which a contribution is worth
	// nothing.
	oldest = 32
)

// tables are T_0 … T_3 of the decision record on points.
var tables = sync.OnceValue(func() (t [4][256]*big.Int) {
	// roots[n] is 2^(1/2^n), far more exactly than a table's entry needs.
	const precision = 256
	var roots [fine + 1]*big.Float
	roots[0] = new(big.Float).SetPrec(precision).SetInt64(2)
	for n := 1; n <= fine; n++ {
		roots[n] = new(big.Float).SetPrec(precision).Sqrt(roots[n-1])
	}
	half := big.NewFloat(0.5)
	for j := range t {
		bits := 8 * (4 - j)
		for b := range t[j] {
			// 2^62·2^(b/2^bits), a factor for each bit that b has.
			x := new(big.Float).SetPrec(precision).SetInt64(1 << 62)
			for i := range 8 {
				if b>>i&1 == 1 {
					x.Mul(x, roots[bits-i])
				}
			}
			t[j][b], _ = x.Add(x, half).Int(nil)
		}
	}
	return t
})

// power is X(f): 2^62·2^(f/2^32).
func power(f int64) *big.Int {
	t := tables()
	x := t[3][f>>24&255]
	for j := 2; j >= 0; j-- {
		product := new(big.Int).Mul(x, t[j][f>>(8*j)&255])
		x = product.Rsh(product, 62)
	}
	return x
}

// cut divides a moment by a half-life: whole half-lives, and the rest as a
// fraction in steps of 2^-32.
func cut(t lead.Time, halfLife int64) (whole, fraction int64) {
	rest := big.NewInt(int64(t) % halfLife)
	rest.Lsh(rest, fine)
	return int64(t) / halfLife, rest.Quo(rest, big.NewInt(halfLife)).Int64()
}

// decayed is the value of contributions at a moment.
func decayed(all []contribution, halfLife int64, at lead.Time) lead.Points {
	wholeAt, fractionAt := cut(at, halfLife)
	// The sum S, times 2^32 so that it is an integer.
	sum := new(big.Int)
	for _, c := range all {
		whole, fraction := cut(c.at, halfLife)
		if age := wholeAt - whole; age <= oldest {
			w := weight(c.points, fraction)
			sum.Add(sum, w.Lsh(w, uint(oldest-age)))
		}
	}
	// F(S) = S·2^62 / (2^16·X(g)).
	numerator := new(big.Int).Lsh(sum, 62)
	denominator := new(big.Int).Lsh(power(fractionAt), 16+oldest)
	return lead.Points(nearest(numerator, denominator).Int64())
}

// weight is w: the points times 2^(f/2^32), with 16 binary places.
func weight(points lead.Points, fraction int64) *big.Int {
	product := new(big.Int).Mul(big.NewInt(int64(points)), power(fraction))
	return nearest(product, new(big.Int).Lsh(big.NewInt(1), 62-16))
}

// nearest is a/b as an integer, halves rounded away from zero; b is positive.
func nearest(a, b *big.Int) *big.Int {
	n := new(big.Int).Abs(a)
	n.Lsh(n, 1).Add(n, b).Quo(n, new(big.Int).Lsh(b, 1))
	if a.Sign() < 0 {
		n.Neg(n)
	}
	return n
}
