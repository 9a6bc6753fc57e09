package storetest

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
)

var listedLeads = flag.Int("listed", 20_000, "how many leads BenchmarkListing lists")

// crowdOf draws rows as a workspace has them: seven of ten leads are visitors of whom
// nothing is known, one of ten is in a stage.
type crowdOf struct {
	random *rand.Rand
	first  []string
	last   []string
}

func newCrowd() *crowdOf {
	c := &crowdOf{random: rand.New(rand.NewPCG(21, 1))}
	syllables := []string{"an", "be", "cor", "da", "el", "fi", "gu", "ha", "is", "jo", "ka", "lu", "ma", "no", "ot", "pe", "ro", "sa", "ti", "wi"}
	name := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(syllables[c.random.IntN(len(syllables))])
		}
		return strings.ToUpper(b.String()[:1]) + b.String()[1:]
	}
	for range 800 {
		c.first = append(c.first, name(2))
	}
	for range 20_000 {
		c.last = append(c.last, name(3))
	}
	return c
}

func (c *crowdOf) row(id lead.ID) store.ListRow {
	seen := today - lead.Time(c.random.Int64N(700*lead.Day))
	r := store.ListRow{
		Lead: id, Kind: store.ListVisitor, FirstSeen: seen, LastSeen: seen + lead.Time(c.random.Int64N(int64(today-seen)+1)),
		Score: max(0, c.random.Int64N(30)-15), ChangesAt: today + lead.Time(c.random.Int64N(30*lead.Day)),
	}
	r.Scores = map[string]int64{"fit": 0, "interest": r.Score, "total": r.Score}
	signals := c.signals(r.LastSeen)
	if c.random.IntN(10) < 7 {
		r.Facts = signals[:min(len(signals), 1)]
		return r
	}
	first, last := c.first[c.random.IntN(len(c.first))], c.last[c.random.IntN(len(c.last))]
	company := c.last[c.random.IntN(len(c.last))] + " Ltd"
	domain := strings.ToLower(company[:len(company)-4]) + ".example"
	r.Kind, r.Name, r.Email = store.ListContact, first+" "+last, strings.ToLower(first+"."+last+"@"+domain)
	r.Company, r.Account, r.Title = company, domain, fmt.Sprint("Head of ", c.first[c.random.IntN(40)])
	if c.random.IntN(3) == 0 {
		r.Stage, r.StageSince = []string{"Lead", "Lead", "Lead", "Lead", "MQL", "MQL", "SAL", "SQL", "Customer", "Lost"}[c.random.IntN(10)], r.LastSeen
	}
	r.Score = c.random.Int64N(100)
	r.Scores = map[string]int64{"fit": c.random.Int64N(50), "interest": r.Score / 2, "total": r.Score}
	employees := float64(c.random.IntN(5000))
	r.Facts = []store.Fact{
		{Name: "country", Text: []string{"Germany", "France", "Spain", "Italy", "Poland", "Sweden", "Norway", "Malta"}[min(c.random.IntN(10), c.random.IntN(8))]},
		{Name: "industry", Text: c.first[c.random.IntN(12)]}, {Name: "segment", Text: c.first[c.random.IntN(200)]},
		{Name: "email_domain", Text: domain}, {Name: "employees", Text: fmt.Sprint(employees), Number: employees, Numeric: true},
		{Name: "title", Text: r.Title}, {Name: "first_name", Text: first}, {Name: "last_name", Text: last},
	}
	for _, word := range []string{first, last, r.Email, domain, company, "ltd", "head", "of"} {
		r.Facts = append(r.Facts, store.Fact{Text: strings.ToLower(word)})
	}
	r.Facts = append(r.Facts, signals...)
	return r
}

// signals are what somebody who was seen last at a moment did: two or three things, as
// an invented company's people do.
func (c *crowdOf) signals(last lead.Time) []store.Fact {
	var all []store.Fact
	for _, s := range []struct {
		name string
		of   int // one of so many did it
	}{{"interest", 1}, {"pricing_visit", 2}, {"ebook", 2}, {"webinar", 3}, {"demo_request", 20}} {
		if c.random.IntN(s.of) == 0 {
			at := last - lead.Time(c.random.Int64N(30*lead.Day))
			all = append(all, store.Fact{Name: "signal." + s.name, Text: fmt.Sprintf("%09d", 1+c.random.IntN(9)), Number: float64(at), Numeric: true})
		}
	}
	return all
}

// FillListing lists leads in an empty store.
func FillListing(tb testing.TB, s store.Store, leads int) {
	c := newCrowd()
	const atOnce = 2000
	for done := 0; done < leads; done += atOnce {
		err := s.Write(context.Background(), func(tx store.Tx) error {
			first, err := tx.NewLeads(atOnce)
			if err != nil {
				return err
			}
			rows := make([]store.ListRow, atOnce)
			for i := range rows {
				rows[i] = c.row(first + lead.ID(i))
			}
			return tx.PutListed(rows)
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkListAtFirst lists leads that come for the first time, a hundred in a
// commit, as after an import; it tells how long one takes.
func BenchmarkListAtFirst(b *testing.B, open func(b *testing.B) store.Store) {
	s, c := open(b), newCrowd()
	const leads = 100
	FillListing(b, s, 20_000)
	for b.Loop() {
		b.StopTimer()
		var rows []store.ListRow
		if err := s.Write(context.Background(), func(tx store.Tx) error {
			first, err := tx.NewLeads(leads)
			rows = rows[:0]
			for i := range lead.ID(leads) {
				rows = append(rows, c.row(first+i))
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := s.Derive(context.Background(), func(tx store.Tx) error { return tx.PutListed(rows) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/leads, "µs/lead")
}

// BenchmarkListing measures the typical queries of a list: half of them and all but
// one of twenty took no longer than the figures it reports.
func BenchmarkListing(b *testing.B, open func(b *testing.B) store.Store) {
	s, c := open(b), newCrowd()
	began := time.Now()
	FillListing(b, s, *listedLeads)
	b.Logf("%d leads listed in %v", *listedLeads, time.Since(began).Round(time.Second))
	known := []store.ListKind{store.ListContact, store.ListLead}
	sixty, forty, no := int64(60), int64(40), false
	month, week := int64(today)-30*lead.Day, int64(today)-7*lead.Day
	is := func(name, text string) store.FactCondition { return store.FactCondition{Name: name, Text: text} }
	queries := []struct {
		name string
		draw func() store.ListQuery
	}{
		{"usual", func() store.ListQuery { return store.ListQuery{Kinds: known} }},
		{"everybody by last seen", func() store.ListQuery { return store.ListQuery{Sort: store.ByLastSeen} }},
		{"stage", func() store.ListQuery {
			return store.ListQuery{Stages: []string{[]string{"MQL", "SQL", "Lead"}[c.random.IntN(3)]}}
		}},
		{"stage by name", func() store.ListQuery { return store.ListQuery{Stages: []string{"SAL"}, Sort: store.ByName} }},
		{"score and last seen", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Scores: []store.ScoreCondition{{ListBounds: store.ListBounds{Least: &sixty}}},
				LastSeen: store.ListBounds{Least: &week}, Sort: store.ByLastSeen}
		}},
		{"another score", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Scores: []store.ScoreCondition{{Name: "fit", ListBounds: store.ListBounds{Least: &forty}}}}
		}},
		{"common attribute", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{is("country", "germany")}, Excluded: &no}
		}},
		{"rare attribute", func() store.ListQuery {
			return store.ListQuery{Facts: []store.FactCondition{is("segment", c.first[c.random.IntN(200)])}}
		}},
		{"two attributes", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{is("country", "malta"), is("industry", c.first[c.random.IntN(12)])}, Sort: store.ByFirstSeen}
		}},
		{"number attribute", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{{Name: "employees", Op: store.FactAtLeast, Number: 4500}}, LastSeen: store.ListBounds{Least: &month}}
		}},
		{"contains", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{{Name: "title", Op: store.FactContains, Text: "of b"}}}
		}},
		{"did lately", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{{Name: "signal.pricing_visit", Op: store.FactAtLeast, Number: float64(month)}}}
		}},
		{"did often, not lately", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{{Name: "signal.pricing_visit", Op: store.FactFrom, Text: "000000005"},
				{Name: "signal.demo_request", Op: store.FactAtLeast, Number: float64(month), Not: true}}}
		}},
		{"did what few did", func() store.ListQuery {
			return store.ListQuery{Kinds: known, Facts: []store.FactCondition{{Name: "signal.demo_request", Op: store.FactAtLeast, Number: float64(week)}}}
		}},
		{"account", func() store.ListQuery {
			return store.ListQuery{Accounts: []string{strings.ToLower(c.last[c.random.IntN(len(c.last))]) + ".example"}}
		}},
		{"search one letter", func() store.ListQuery { return store.ListQuery{Words: []string{c.first[c.random.IntN(800)][:1]}} }},
		{"search three letters", func() store.ListQuery { return store.ListQuery{Words: []string{c.last[c.random.IntN(800)][:3]}} }},
		{"search two words", func() store.ListQuery {
			return store.ListQuery{Words: []string{c.first[c.random.IntN(800)], c.last[c.random.IntN(800)][:2]}}
		}},
	}
	ask := func(q store.ListQuery, count bool) (last *store.ListPlace) {
		err := s.Read(context.Background(), func(view store.Snapshot) error {
			if count {
				_, err := view.CountListed(q, 10_000)
				return err
			}
			p, err := view.Listed(q)
			last = p.Next
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		return last
	}
	for _, what := range []string{"page", "deep page", "count"} {
		for _, query := range queries {
			b.Run(what+"/"+query.name, func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					q := query.draw()
					q.Descending, q.Limit, q.Look, q.WithFacts = q.Sort != store.ByName, 51, store.MaxLooked, true
					if what == "deep page" {
						for range 20 {
							deeper := q
							if deeper.After = ask(q, false); deeper.After == nil {
								break
							}
							q = deeper
						}
					}
					begun := time.Now()
					ask(q, what == "count")
					took = append(took, time.Since(begun))
				}
				slices.Sort(took)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
	}
}
