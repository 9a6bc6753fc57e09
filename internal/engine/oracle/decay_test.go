package oracle

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

const monday = lead.Time(1_767_600_000_000) // 2026-01-05T08:00:00Z

// An entry T is right if 2T-1 and 2T+1 raised to its denominator enclose the
// power of two that it stands for.
func TestTablesAreRoundedPowersOfTwo(t *testing.T) {
	t.Parallel()
	check := func(j, b, denominator int) {
		want := new(big.Int).Lsh(big.NewInt(1), uint(63*denominator+b))
		twice := new(big.Int).Lsh(tables()[j][b], 1)
		power := func(base *big.Int) *big.Int { return base.Exp(base, big.NewInt(int64(denominator)), nil) }
		low := power(new(big.Int).Sub(twice, big.NewInt(1)))
		high := power(new(big.Int).Add(twice, big.NewInt(1)))
		if low.Cmp(want) > 0 || want.Cmp(high) > 0 {
			t.Errorf("T_%d[%d] = %d is not 2^62·2^(%d/%d), rounded", j, b, tables()[j][b], b, denominator)
		}
	}
	for b := range 256 {
		check(3, b, 1<<8)
	}
	for _, b := range []int{0, 1, 77, 255} {
		check(2, b, 1<<16)
	}
	// The smaller steps multiply to the next larger one: 2^(1/2^n) squared is 2^(1/2^(n-1)).
	for j := range 3 {
		square := new(big.Int).Mul(tables()[j][128], tables()[j][128])
		whole := new(big.Int).Lsh(tables()[j+1][1], 62)
		if diff := new(big.Int).Sub(square, whole); diff.CmpAbs(new(big.Int).Lsh(big.NewInt(1), 64)) > 0 {
			t.Errorf("T_%d[128] squared is not T_%d[1]", j, j+1)
		}
	}
}

func TestDecayedAtNamedAges(t *testing.T) {
	t.Parallel()
	// At a multiple of the half-life weights are exact, and so are halves.
	const midnight = monday - monday%lead.Time(lead.Day)
	for _, c := range []struct {
		points   lead.Points
		halfLife int64
		age      int64
		want     lead.Points
	}{
		{10_000, lead.Day, 0, 10_000},
		{10_000, lead.Day, lead.Day, 5_000},
		{10_000, lead.Day, 2 * lead.Day, 2_500},
		{10_000, lead.Day, lead.Day / 2, 7_071},
		{-10_000, lead.Day, lead.Day, -5_000},
		{1, lead.Day, lead.Day, 1}, // a half is rounded away from zero
		{-1, lead.Day, lead.Day, -1},
		{1, lead.Day, lead.Day + 1, 0},
		{lead.MaxPoints, 7, 7 * 29, 2}, // 10^9/2^29 = 1.86
		{lead.MaxPoints, 7, 7 * 34, 0},
	} {
		got := decayed(alike(c.points, midnight), c.halfLife, midnight.Add(c.age))
		if got != c.want {
			t.Errorf("%d thousandths after %d ms of half-life %d: %d, want %d", c.points, c.age, c.halfLife, got, c.want)
		}
	}
}

func TestDecayedIsThePower(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := lead.Points(rapid.Int64Range(-int64(lead.MaxPoints), int64(lead.MaxPoints)).Draw(t, "points"))
		halfLife := rapid.Int64Range(1, 400*lead.Day).Draw(t, "half-life")
		at := monday.Add(rapid.Int64Range(0, 30*halfLife).Draw(t, "age"))
		got := float64(decayed(alike(points, monday), halfLife, at))
		want := float64(points) * math.Exp2(-float64(at-monday)/float64(halfLife))
		// Half a thousandth of rounding, and what cutting the half-life into 2^32 steps leaves.
		if math.Abs(got-want) > 0.5+math.Abs(want)*1e-8+1e-4 {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// The search for the moment at which a score passes a threshold rests on this.
func TestDecayNeverTurnsRound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := lead.Points(rapid.Int64Range(1, 100_000_000).Draw(t, "points"))
		halfLife := rapid.Int64Range(1, 100_000).Draw(t, "half-life")
		dates := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) lead.Time {
			return monday - lead.Time(rapid.Int64Range(0, 40*halfLife).Draw(t, "age"))
		}), 1, 5).Draw(t, "dates")
		at := monday.Add(rapid.Int64Range(0, 3*halfLife).Draw(t, "at"))
		later := at.Add(rapid.Int64Range(1, 3*halfLife).Draw(t, "later"))
		v, w := decayed(alike(points, dates...), halfLife, at), decayed(alike(points, dates...), halfLife, later)
		if w > v || w < 0 {
			t.Fatalf("%d at %d, %d at %d", v, at, w, later)
		}
		if x := decayed(alike(-points, dates...), halfLife, at); x != -v {
			t.Fatalf("%d of %d points, %d of as many less", v, points, x)
		}
	})
}

// alike are contributions that differ in their dates only.
func alike(points lead.Points, dates ...lead.Time) []contribution {
	var all []contribution
	for _, t := range dates {
		all = append(all, contribution{at: t, points: points})
	}
	return all
}
