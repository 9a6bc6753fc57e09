package engine

import (
	"testing"

	"galena/internal/lead"
	"galena/internal/playbook"
)

func TestWorth(t *testing.T) {
	t.Parallel()
	const day = lead.Day
	for _, test := range []struct {
		p    lead.Points
		d    playbook.Decay
		age  int64
		want lead.Points
	}{
		{10_000, playbook.Decay{}, 900 * day, 10_000},
		{10_000, playbook.Decay{Kind: playbook.Halving, Every: 30 * day}, 0, 10_000},
		{10_000, playbook.Decay{Kind: playbook.Halving, Every: 30 * day}, 30 * day, 5_000},
		{-10_000, playbook.Decay{Kind: playbook.Halving, Every: 30 * day}, 60 * day, -2_500},
		{10_000, playbook.Decay{Kind: playbook.Linear, Every: 7 * day, Loss: 3_000}, 7*day - 1, 10_000},
		{10_000, playbook.Decay{Kind: playbook.Linear, Every: 7 * day, Loss: 3_000}, 21 * day, 1_000},
		{-10_000, playbook.Decay{Kind: playbook.Linear, Every: 7 * day, Loss: 3_000}, 28 * day, 0},
		{10_000, playbook.Decay{Kind: playbook.Shrinking, Every: day, Percent: 25}, 2 * day, 5_625},
		{10_000, playbook.Decay{Kind: playbook.Expiring, Every: 90 * day}, 90*day - 1, 10_000},
		{10_000, playbook.Decay{Kind: playbook.Expiring, Every: 90 * day}, 90 * day, 0},
	} {
		if got := Worth(test.p, test.d, test.age); got != test.want {
			t.Errorf("%v under %+v after %d days is %v, want %v", test.p, test.d, test.age/day, got, test.want)
		}
	}
}
