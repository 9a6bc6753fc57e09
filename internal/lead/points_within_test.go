package lead

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestPointsAreRoundedOnce compares with exact arithmetic.
func TestPointsAreRoundedOnce(t *testing.T) {
	t.Parallel()
	check := func(t rapid.TB, x float64) {
		got, ok := PointsWithin(x, -MaxPoints, MaxPoints)
		exact, _ := new(big.Float).SetFloat64(x).Rat(nil)
		exact.Mul(exact, big.NewRat(1000, 1))
		doubled := new(big.Int).Quo(new(big.Int).Mul(exact.Num(), big.NewInt(2)), exact.Denom()) // towards zero
		want := new(big.Int).Quo(doubled, big.NewInt(2))
		isTie := new(big.Rat).SetInt(doubled).Cmp(new(big.Rat).Mul(exact, big.NewRat(2, 1))) == 0 && doubled.Bit(0) == 1
		if doubled.Bit(0) == 1 && (!isTie || want.Bit(0) == 1) {
			want.Add(want, big.NewInt(int64(exact.Sign())))
		}
		if !ok || int64(got) != want.Int64() {
			t.Fatalf("%v points are %d thousandths, want %d", x, got, want)
		}
	}
	for _, x := range []float64{0, 0.0005, 0.0015, 0.0025, -0.0005, -0.0015, 2.0015, 1.0005, 8.1665, 0.5, 123.4565} {
		check(t, x)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1_000_000_000, 1_000_000_000).Draw(t, "half thousandths")
		x := float64(n) / 2000
		for range rapid.IntRange(0, 2).Draw(t, "steps away") {
			x = math.Nextafter(x, math.Inf(rapid.SampledFrom([]int{-1, 1}).Draw(t, "direction")))
		}
		check(t, x)
	})
}

func TestPointsHaveBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x    float64
		want Points
		ok   bool
	}{
		{1e300, 5000, true}, {-1e300, 1000, true}, {3, 3000, true}, {math.MaxFloat64, 5000, true},
		{math.NaN(), 0, false}, {math.Inf(1), 0, false}, {math.Inf(-1), 0, false},
	} {
		if got, ok := PointsWithin(c.x, 1000, 5000); got != c.want || ok != c.ok {
			t.Errorf("%v: %v %t, want %v %t", c.x, got, ok, c.want, c.ok)
		}
	}
}
