package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"galena/internal/fault"
)

// node is a galena that serves, in a process of its own, as an operator runs it.
type node struct {
	address string
	cmd     *exec.Cmd
	log     bytes.Buffer
	ended   chan error
}

// startTime is how long a node may take until it is ready.
const startTime = 2 * time.Minute

// startNode serves a workspace on a free port. Place and playbook are as for
// galena serve; program is this one.
func startNode(ctx context.Context, place, program string) (*node, error) {
	// The port is free when it is asked for; should another take it, the node says so.
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &node{address: free.Addr().String(), ended: make(chan error, 1)}
	if err := free.Close(); err != nil {
		return nil, err
	}
	n.cmd = exec.Command(program, "serve", "--listen", n.address, "--rate", "0")
	// Arguments can be read by others on the machine, and a URL has a password.
	name := "GALENA_DATA="
	if strings.Contains(place, "://") {
		name = "GALENA_DATABASE_URL="
	}
	n.cmd.Env = append(os.Environ(), "GALENA_DATABASE_URL=", name+place)
	n.cmd.Stderr = &n.log
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { n.ended <- n.cmd.Wait() }()
	for end := time.Now().Add(startTime); ; {
		if resp, err := http.Get("http://" + n.address + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return n, nil
			}
		}
		select {
		case err := <-n.ended:
			return nil, fault.New(fault.Invalid, "The server that was to be measured ended (%v):\n%s", err, n.log.String())
		case <-ctx.Done():
			return nil, fmt.Errorf("%w (%v)", ctx.Err(), n.stop())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			return nil, fault.New(fault.Busy, "The server that was to be measured was not ready within %s (%v).", startTime, n.stop())
		}
	}
}

// stop ends the node as an operator would.
func (n *node) stop() error {
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return <-n.ended
}

// memory is the largest resident set that the node has had, in bytes; 0 where the
// system does not tell.
func (n *node) memory() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kB, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			size, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kB), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return size << 10
		}
	}
	return 0
}

// tick is how finely the system tells processor time.
const tick = 10 * time.Millisecond

// cpu is what the node has used of processors so far; 0 where the system does not
// tell.
func (n *node) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// What stands before the last parenthesis is the program's name, and may be anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var used time.Duration
	for _, i := range []int{11, 12} { // in user mode, and in the kernel
		if i < len(fields) {
			ticks, _ := strconv.ParseInt(fields[i], 10, 64) // else it counts nothing
			used += time.Duration(ticks) * tick
		}
	}
	return used
}
