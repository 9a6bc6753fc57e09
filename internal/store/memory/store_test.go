package memory_test

import (
	"testing"

	"galena/internal/lead"
	"galena/internal/store/memory"
	"galena/internal/store/storetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T, clock func() lead.Time) storetest.Opened {
		return storetest.Opened{Store: memory.New(clock)}
	})
}
