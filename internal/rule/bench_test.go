package rule

import (
	"testing"

	"galena/internal/lead"
)

func BenchmarkOnLead(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"comparisons", `employees >= 50 && industry in ["retail", "software", "banking"]`},
		{"atoms", `fit >= 60 && count(demo_request, 30d) >= 2`},
		{"pattern", `title.matches("(?i)\\b(vp|head|chief)\\b")`},
		{"folded", `title.lowerAscii().contains("sales")`},
		{"mixed", `employees >= 50 && title.trim() == "VP Sales"`},
	} {
		x := mustCompile(b, leads, bench.text)
		p := somebody()
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.OnLead(p)
			}
		})
		b.Run(bench.name+"/by CEL", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.OnLeadByCEL(p)
			}
		})
	}
}

func BenchmarkOnEvent(b *testing.B) {
	e := opened(b, lead.Event{Type: lead.Page, Name: "Pricing"}, `{"properties": {"url": "https://x.example/pricing?utm_source=ads", "plan": "Team", "n": 3}}`)
	for _, bench := range []struct{ name, text string }{
		{"path", `page.path.startsWith("/pricing")`},
		{"property", `properties.plan == "Team" && properties.n >= 3`},
		{"campaign", `campaign.source == "ads"`},
	} {
		x := mustCompile(b, events, bench.text)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.OnEvent(e)
			}
		})
		b.Run(bench.name+"/by CEL", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.OnEventByCEL(e)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"native", `employees >= 50 && industry in ["retail", "software"]`},
		{"mixed", `employees >= 50 && tags.exists(x, x.startsWith("a"))`},
		{"refused", `employes >= 50 && indutry in ["retail", "software"]`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				leads.Compile(bench.text)
			}
		})
	}
}

func BenchmarkForLeads(b *testing.B) {
	for b.Loop() {
		ForLeads(catalogue)
	}
}
