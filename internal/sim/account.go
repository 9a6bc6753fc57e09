package sim

import (
	"math"

	"galena/internal/lead"
)

// account is a company that people work for.
type account struct {
	name, domain string
	industry     string
	employees    int
	place        place
	fit          float64 // between 0 and 1: how well the product suits it
}

type place struct {
	country string // its two-letter code
	locale  string
	hours   float64 // ahead of UTC
}

var places = []place{
	{"DE", "de-DE", 1}, {"GB", "en-GB", 0}, {"FR", "fr-FR", 1}, {"NL", "nl-NL", 1},
	{"SE", "sv-SE", 1}, {"ES", "es-ES", 1}, {"US", "en-US", -5}, {"CA", "en-CA", -5},
	{"BR", "pt-BR", -3}, {"IN", "en-IN", 5.5}, {"SG", "en-SG", 8}, {"AU", "en-AU", 10},
}

var placeWeights = []float64{16, 13, 9, 7, 5, 5, 25, 5, 4, 6, 3, 2}

var industries = []struct {
	name   string
	weight float64
	fit    float64
}{
	{"Software", 26, 1.0}, {"Financial Services", 12, 0.8}, {"Manufacturing", 13, 0.55}, {"Retail", 11, 0.5},
	{"Healthcare", 8, 0.45}, {"Logistics", 8, 0.6}, {"Consulting", 10, 0.7}, {"Education", 7, 0.2}, {"Public Sector", 5, 0.1},
}

// account is the nth company of this world.
func (c *Company) account(n uint64) account {
	d := newDice(c.seed, saltAccount, n)
	weights := make([]float64, len(industries))
	for i := range industries {
		weights[i] = industries[i].weight
	}
	industry := industries[weighted(d, weights)]
	name := one(d, companyHeads) + one(d, companyTails)
	// Sizes of companies are spread by their orders of magnitude.
	employees := int(math.Exp(math.Min(math.Max(d.NormFloat64()*1.6+4.7, 0.7), 10.5)))
	size := 1 - math.Min(1, math.Abs(math.Log(float64(employees)/350))/3.5)
	return account{
		name: name, domain: domainOf(name), industry: industry.name, employees: employees,
		place: places[weighted(d, placeWeights)],
		fit:   0.5*industry.fit + 0.5*size,
	}
}

// rival is the company that sells the same.
func rival() account {
	return account{name: "Competitor", domain: "competitor.example", industry: "Software", employees: 120, place: places[0]}
}

func (p place) offset() int64 { return int64(p.hours * float64(lead.Hour)) }
