package sdk

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"galena/internal/kit/need"
)

// nodeMessages is how many messages a Node library sends.
const nodeMessages = 500

// SegmentNode sends messages of all types with @segment/analytics-node.
func SegmentNode(t *testing.T, s Server) {
	t.Helper()
	node(t, s, "segment.mjs")
}

// RudderNode sends messages of all types with @rudderstack/rudder-sdk-node.
func RudderNode(t *testing.T, s Server) {
	t.Helper()
	node(t, s, "rudder.mjs")
}

// JitsuNode sends messages of all types that it has with @jitsu/js.
func JitsuNode(t *testing.T, s Server) {
	t.Helper()
	node(t, s, "jitsu.mjs")
}

// node runs a script that sends messages and prints their ids.
func node(t *testing.T, s Server, script string) {
	t.Helper()
	program := need.Program(t, "node")
	install(t)
	n, before := badNetwork(t, s.BaseURL), s.Landed()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, filepath.Join(folder(t), script), n.URL, s.WriteKey, strconv.Itoa(nodeMessages))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s\n%v", err, &complaints, n)
	}
	sent := strings.Fields(string(out))
	if len(sent) != nodeMessages {
		t.Fatalf("node sent %d messages, want %d\n%s", len(sent), nodeMessages, &complaints)
	}
	exactlyOnce(t, s, n, before, sent)
}
