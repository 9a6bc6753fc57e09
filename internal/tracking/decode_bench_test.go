package tracking

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"galena/internal/lead"
)

// pageView is a message of 505 bytes, as a browser sends it.
const pageView = `{"type":"track","event":"Product Viewed","messageId":"ajs-next-1700000000000-5a1b2c3d-4e5f-6789-abcd-ef0123456789","userId":null,"anonymousId":"5a1b2c3d-4e5f-6789-abcd-ef0123456789","timestamp":"2026-11-20T10:11:12.345Z","properties":{"path":"/pricing","title":"Pricing","plan":"team","seats":25,"currency":"EUR","value":1249.5},"context":{"library":{"name":"analytics.js","version":"npm:next-1.84"},"locale":"en","userAgent":"Mozilla/5.0 (X11; Linux)","page":{"path":"/pricing","url":"https://e.co"}}}`

func BenchmarkMessage(b *testing.B) {
	raw := []byte(pageView)
	from := Arrival{Received: 1_795_000_000_000, Origin: lead.Browser, Source: 1, Address: netip.MustParseAddr("203.0.113.9")}
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := (Decoder{}).Message(raw, 0, from); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	const events = 100
	var raw bytes.Buffer
	raw.WriteString(`{"batch":[` + strings.TrimSuffix(strings.Repeat(pageView+",", events), ",") + `],"sentAt":"2026-11-20T10:11:13.000Z"}`)
	from := Arrival{Received: 1_795_000_000_000, Origin: lead.Server, Source: 1}
	b.ReportAllocs()
	b.SetBytes(int64(raw.Len()))
	for b.Loop() {
		batch, err := Decoder{}.Batch(raw.Bytes(), from)
		if err != nil || len(batch.Events) != events {
			b.Fatal(err, batch.Rejects)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
}

// BenchmarkBaseline is what a library makes of the same message without any of
// the checks: compare with BenchmarkMessage of the same run.
func BenchmarkBaseline(b *testing.B) {
	raw := []byte(pageView)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		var all any
		if err := json.Unmarshal(raw, &all); err != nil {
			b.Fatal(err)
		}
	}
}
