package lead

import (
	"fmt"
	"math"
	"strings"
)

// Points is a score or a part of one, in thousandths of a point. Scores know no
// floating point, so that every platform computes the same.
type Points int64

// Whole is n points.
func Whole(n int64) Points { return Points(n * 1000) }

// MaxPoints bounds what one rule may give and what a cap or floor may be: one
// million points, either sign.
const MaxPoints = Points(1_000_000_000)

// Rounded is the nearest whole number of points, halves away from zero.
func (p Points) Rounded() int64 {
	if p < 0 {
		return -(-p).Rounded()
	}
	return int64(p+500) / 1000
}

// Abs is the distance from zero.
func (p Points) Abs() Points { return max(p, -p) }

// String writes points as a decimal number without trailing zeros: "15", "-2.5".
func (p Points) String() string {
	sign := ""
	n := uint64(p)
	if p < 0 {
		sign, n = "-", uint64(-p)
	}
	whole, frac := n/1000, n%1000
	if frac == 0 {
		return fmt.Sprintf("%s%d", sign, whole)
	}
	return sign + fmt.Sprintf("%d", whole) + strings.TrimRight(fmt.Sprintf(".%03d", frac), "0")
}

// MarshalJSON writes the number of String.
func (p Points) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON reads a decimal number with at most three decimals.
func (p *Points) UnmarshalJSON(b []byte) error {
	v, err := ParsePoints(string(b))
	if err == nil {
		*p = v
	}
	return err
}

// PointsWithin is x points in thousandths, rounded once, half to even, and brought
// between two bounds; false for what is no number or infinite.
func PointsWithin(x float64, least, most Points) (Points, bool) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false
	}
	const far = 1e13 // points; far past all bounds, and its thousandths still fit
	x = min(max(x, -far), far)
	product := x * 1000
	rounded := math.RoundToEven(product)
	// The product was rounded already: where that made a tie, what it lost decides.
	if lost := math.FMA(x, 1000, -product); math.Abs(product-rounded) == 0.5 && lost != 0 {
		rounded = math.Floor(product)
		if lost > 0 {
			rounded = math.Ceil(product)
		}
	}
	return min(max(Points(rounded), least), most), true
}

// ParsePoints reads a decimal number with at most three decimals, within ±MaxPoints.
func ParsePoints(s string) (Points, error) {
	rest, negative := strings.CutPrefix(s, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	whole, frac, dotted := strings.Cut(rest, ".")
	if whole == "" || len(whole) > 7 || len(frac) > 3 || dotted && frac == "" {
		return 0, fmt.Errorf("%q is not a number of points (at most three decimals, within ±1,000,000)", s)
	}
	n := int64(0)
	for _, c := range whole + frac + "000"[len(frac):] {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("%q is not a number of points (at most three decimals, within ±1,000,000)", s)
		}
		n = n*10 + int64(c-'0')
	}
	if Points(n) > MaxPoints {
		return 0, fmt.Errorf("%q is more than 1,000,000 points", s)
	}
	if negative {
		n = -n
	}
	return Points(n), nil
}
