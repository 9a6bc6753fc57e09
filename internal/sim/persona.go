package sim

// persona is a sort of people.
type persona struct {
	name   string
	weight float64
	titles []string
	// employed people have an address, and a title, at an account.
	employed bool
	// low and high bound the intent before the account's fit is weighed in.
	low, high float64
	// fitCounts is how much of the intent the account decides.
	fitCounts float64
	// returns is the mean number of further visits of somebody of full intent.
	returns float64
	// gives is the chance to fill in a form when there is one.
	gives float64
	// reads is the chance to open a newsletter.
	reads    float64
	interest [sections]float64
	goals    [goals]float64
	rhythm   rhythm
}

// Sections of the web site.
const (
	home = iota
	pricing
	product
	docs
	blog
	cases
	about
	careers
	sections
)

// Goals of a visit. Each ends with a form, but nothing.
const (
	nothing = iota
	ebook
	caseStudy
	webinar
	contact
	trial
	demo
	goals
)

var office = rhythm{from: 8, to: 18, onWeekend: 0.05}
var evening = rhythm{from: 10, to: 23, onWeekend: 0.7}

var personas = []persona{
	{
		name: "vp", weight: 10, employed: true, low: 0.3, high: 1, fitCounts: 0.5, returns: 9, gives: 0.55, reads: 0.3,
		titles:   []string{"VP Marketing", "VP Sales", "Chief Marketing Officer", "Chief Revenue Officer", "Head of Growth", "Director of Demand Generation", "Managing Director"},
		interest: [sections]float64{3, 4, 3, 0.2, 1.5, 3, 1, 0.1},
		goals:    [goals]float64{5, 1, 1.6, 1, 0.8, 0.4, 2.2},
		rhythm:   office,
	},
	{
		name: "manager", weight: 24, employed: true, low: 0.2, high: 0.95, fitCounts: 0.5, returns: 11, gives: 0.7, reads: 0.45,
		titles:   []string{"Marketing Manager", "Sales Manager", "Marketing Operations Manager", "Sales Operations Manager", "Demand Generation Manager", "CRM Manager", "Campaign Manager", "Head of Sales Operations"},
		interest: [sections]float64{3, 3, 4, 1, 4, 2.5, 0.7, 0.2},
		goals:    [goals]float64{5, 2.2, 1.4, 1.8, 0.7, 1.2, 1.3},
		rhythm:   office,
	},
	{
		name: "engineer", weight: 20, employed: true, low: 0.1, high: 0.8, fitCounts: 0.35, returns: 9, gives: 0.45, reads: 0.2,
		titles:   []string{"Software Engineer", "Data Engineer", "Solutions Architect", "Engineering Manager", "Developer", "Data Analyst"},
		interest: [sections]float64{2, 1.5, 2.5, 7, 3, 0.4, 0.4, 0.5},
		goals:    [goals]float64{6, 0.8, 0.2, 0.6, 0.3, 2.6, 0.2},
		rhythm:   rhythm{from: 9, to: 21, onWeekend: 0.25},
	},
	{
		name: "student", weight: 11, low: 0, high: 0.12, returns: 30, gives: 0.8, reads: 0.5,
		titles:   []string{"Student", "Student", "Research Assistant", "Intern"},
		interest: [sections]float64{2, 0.3, 1.5, 1, 7, 1.5, 0.8, 1},
		goals:    [goals]float64{4, 5, 1, 1.5, 0, 0.2, 0},
		rhythm:   evening,
	},
	{
		name: "competitor", weight: 2.5, low: 0, high: 0.05, returns: 120, gives: 0.35, reads: 0.8,
		titles:   []string{"Product Manager", "Product Marketing Manager", "Competitive Analyst"},
		interest: [sections]float64{1, 6, 5, 3, 2, 2, 1, 1},
		goals:    [goals]float64{5, 1, 1, 1.5, 0, 1, 0.3},
		rhythm:   office,
	},
	{
		name: "careers", weight: 13, low: 0, high: 0.03, returns: 40, gives: 0.02, reads: 0.2,
		titles:   []string{"Recruiter", "Account Executive", "Software Engineer", "Designer"},
		interest: [sections]float64{2, 0.05, 0.4, 0.1, 0.8, 0.1, 3, 9},
		goals:    [goals]float64{20, 0.2, 0, 0, 0.3, 0, 0},
		rhythm:   evening,
	},
	{
		name: "passer-by", weight: 19.5, low: 0, high: 0.15, returns: 4, gives: 0.03, reads: 0.1,
		titles:   []string{"Consultant", "Freelancer", "Owner"},
		interest: [sections]float64{4, 0.6, 1, 0.3, 6, 0.4, 0.5, 0.3},
		goals:    [goals]float64{12, 1, 0.1, 0.1, 0.1, 0.1, 0},
		rhythm:   evening,
	},
}

// listed are the personas on a purchased list, by weight.
var listed = []float64{25, 45, 20, 0, 0, 0, 10}

func personaWeights() []float64 {
	weights := make([]float64, len(personas))
	for i := range personas {
		weights[i] = personas[i].weight
	}
	return weights
}
