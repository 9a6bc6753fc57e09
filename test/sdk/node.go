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

// nodeMessages is how many messages the Node library sends.
const nodeMessages = 500

// Node sends messages of all types with @segment/analytics-node.
func Node(t *testing.T, s Server) {
	t.Helper()
	node := need.Program(t, "node")
	install(t)
	n, before := badNetwork(t, s.BaseURL), s.Landed()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, filepath.Join(folder(t), "node.mjs"), n.URL, s.WriteKey, strconv.Itoa(nodeMessages))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s\n%v", err, &complaints, n)
	}
	sent := strings.Fields(string(out))
	if len(sent) != nodeMessages {
		t.Fatalf("node sent %d messages, want %d", len(sent), nodeMessages)
	}
	exactlyOnce(t, s, n, before, sent)
}
