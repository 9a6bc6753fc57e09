package bench

import (
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

// BenchmarkDossier reads what the page of a lead shows, of lives of several lengths:
// each comes in by itself, so that the events of a life lie together.
func BenchmarkDossier(b *testing.B) {
	place := b.TempDir()
	who, err := inhabit(b.Context(), place, nil, 1, meanSession, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, of := range []struct {
		life string
		lead lead.ID
	}{{"short", who.short}, {"long", who.long}, {"machine", who.machine}} {
		b.Run(of.life, func(b *testing.B) {
			if err := server.Read(b.Context(), place, func(r *app.Reader) error {
				b.ReportAllocs()
				b.ResetTimer()
				begun := cpuTime()
				for b.Loop() {
					if _, err := r.Dossier(b.Context(), app.Ref{ID: of.lead}); err != nil {
						return err
					}
				}
				b.ReportMetric(float64((cpuTime()-begun).Microseconds())/1000/float64(b.N), "cpu-ms/op")
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		})
	}
}
