package crash

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// call is a system call in a trace, from its entry to its exit.
type call struct {
	name string
	// target is what its first argument, a file descriptor, stands for: a path,
	// or "socket:[…]".
	target string
	// data are the first bytes it wrote or read, as the tracer escapes them.
	data string
	// entered and left are lines of the trace: their order is that in which the
	// kernel was entered and left.
	entered, left int
	failed        bool
}

// The forms of a trace's lines: a call, a call whose end comes later, that end.
// strace is told to follow threads and to name file descriptors (-f -y).
var (
	wholeCall   = regexp.MustCompile(`^\d+ +(\w+)\((.*)\) += (-?\d+)`)
	beginOfCall = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	endOfCall   = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)`)
	arguments   = regexp.MustCompile(`^\d+<([^>]*)>(?:, *(?:\[\{iov_base=)?"((?:[^"\\]|\\.)*)")?`)
)

// readTrace reads the calls that returned, in the order of their return.
func readTrace(r io.Reader) ([]call, error) {
	type begun struct {
		call
		text string
	}
	var calls []call
	open := map[string]begun{} // by thread
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		var c call
		var text, result string
		if m := wholeCall.FindStringSubmatch(line); m != nil {
			c, text, result = call{name: m[1], entered: n}, m[2], m[3]
		} else if m := beginOfCall.FindStringSubmatch(line); m != nil {
			open[m[1]] = begun{call{name: m[2], entered: n}, m[3]}
			continue
		} else if m := endOfCall.FindStringSubmatch(line); m != nil {
			b, ok := open[m[1]]
			if !ok || b.name != m[2] {
				return nil, fmt.Errorf("line %d of the trace ends a call that never began: %s", n, line)
			}
			delete(open, m[1])
			c, text, result = b.call, b.text+m[3], m[4]
		} else {
			continue // signals, ends of threads
		}
		if m := arguments.FindStringSubmatch(text); m != nil {
			c.target, c.data = m[1], m[2]
		}
		c.left, c.failed = n, strings.HasPrefix(result, "-")
		calls = append(calls, c)
	}
	return calls, lines.Err()
}

// exchange is what a trace shows of one request: when it had come, when its
// answer left.
type exchange struct{ request, answer call }

// exchanges finds requests that begin with one text and their answers that begin
// with another. Every request comes on a connection of its own.
func exchanges(calls []call, request, answer string) ([]exchange, error) {
	open := map[string]call{}
	var found []exchange
	for _, c := range calls {
		switch c.name {
		case "read", "recvfrom":
			if strings.HasPrefix(c.data, request) {
				open[c.target] = c
			}
		case "write", "sendto", "writev":
			if begun, ok := open[c.target]; ok && strings.HasPrefix(c.data, answer) {
				found = append(found, exchange{begun, c})
				delete(open, c.target)
			}
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%d requests got no answer that begins with %s", len(open), answer)
	}
	return found, nil
}

// syncedBefore says whether, between a request and its answer, something was
// written to a file and a sync of that file, begun after the write was done, was
// done before the answer was begun.
func (x *exchange) syncedBefore(calls []call, file string) bool {
	written := 0
	for _, c := range calls {
		if !strings.HasSuffix(c.target, file) || c.failed || c.entered < x.request.left || c.left > x.answer.entered {
			continue
		}
		switch c.name {
		case "write", "writev", "pwrite64":
			if written == 0 {
				written = c.left
			}
		case "fsync", "fdatasync":
			if written > 0 && c.entered > written {
				return true
			}
		}
	}
	return false
}
