package bench

import (
	"syscall"
	"time"
)

// span is how long something took: by the clock on the wall, and of processors,
// which other work on the machine does not lengthen as much.
type span struct{ wall, cpu time.Duration }

// took runs something.
func took(do func() error) (span, error) {
	cpu, begun := cpuTime(), time.Now()
	err := do()
	return span{time.Since(begun), cpuTime() - cpu}, err
}

// cpuTime is what this process has used of processors so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	// It fails only for arguments that make no sense.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
