package sim

// page is one address of the web site.
type page struct{ path, title string }

const origin = "https://www.galvani.example"

var pages = [sections][]page{
	home:    {{"/", "Galvani: revenue without guesswork"}},
	pricing: {{"/pricing", "Pricing"}, {"/pricing", "Pricing"}, {"/pricing/enterprise", "Enterprise pricing"}},
	product: {{"/product", "Product"}, {"/product/forecasting", "Forecasting"}, {"/product/integrations", "Integrations"}, {"/product/security", "Security"}},
	docs:    {{"/docs", "Documentation"}, {"/docs/quickstart", "Quick start"}, {"/docs/api", "API reference"}, {"/docs/webhooks", "Webhooks"}, {"/docs/self-hosting", "Self-hosting"}},
	blog: {
		{"/blog/forecasting-for-beginners", "Forecasting for beginners"},
		{"/blog/why-pipelines-leak", "Why pipelines leak"},
		{"/blog/marketing-and-sales-one-number", "Marketing and sales, one number"},
		{"/blog/five-reports-to-drop", "Five reports to drop"},
		{"/blog/what-a-good-demo-shows", "What a good demo shows"},
		{"/blog/cleaning-your-crm", "Cleaning your CRM"},
	},
	cases: {
		{"/case-studies/freight-forwarder", "How a freight forwarder halved its cycle"},
		{"/case-studies/software-maker", "A software maker finds its best leads"},
		{"/case-studies/bank", "A bank that calls back in an hour"},
	},
	about:   {{"/about", "About us"}, {"/customers", "Customers"}},
	careers: {{"/careers", "Careers"}, {"/careers/account-executive", "Account Executive"}, {"/careers/backend-engineer", "Backend Engineer"}, {"/careers/product-designer", "Product Designer"}},
}

// forms are the pages on which a goal is reached.
var forms = [goals]page{
	ebook:     {"/resources/ebook", "E-book"},
	caseStudy: {"/case-studies/download", "Case study"},
	webinar:   {"/webinars", "Webinars"},
	contact:   {"/contact", "Contact us"},
	trial:     {"/signup", "Start your trial"},
	demo:      {"/demo", "Book a demo"},
}

var (
	ebooks      = []string{"The Forecasting Handbook", "Pipeline Hygiene", "From MQL to Revenue", "The First 100 Customers"}
	webinars    = []string{"Forecasts that hold", "Live demo", "Routing leads in minutes", "Clean data in a week"}
	caseStudies = []string{"Freight forwarder", "Software maker", "Bank"}
	newsletters = []string{"Newsletter", "Product news", "Invitation to a webinar", "Customer story"}
	plans       = []string{"starter", "team", "business"}
)

// agents are user agents of common browsers.
var agents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
}

// channel is a way on which people come.
type channel struct {
	weight   float64
	referrer string
	campaign *campaign
	landing  int // section; sections for any that interests
}

// campaign is what the utm parameters of a link say.
type campaign struct{ source, medium, name, content string }

var channels = []channel{
	{weight: 30, referrer: "https://www.google.com/", landing: sections},
	{weight: 8, referrer: "https://www.bing.com/", landing: sections},
	{weight: 20, landing: home},
	{weight: 9, referrer: "https://www.google.com/", landing: product, campaign: &campaign{"google", "cpc", "brand", "text-a"}},
	{weight: 7, referrer: "https://www.google.com/", landing: product, campaign: &campaign{"google", "cpc", "forecasting-software", "text-b"}},
	{weight: 8, referrer: "https://www.linkedin.com/", landing: cases, campaign: &campaign{"linkedin", "paid-social", "vp-sales-emea", "carousel"}},
	{weight: 6, referrer: "https://www.linkedin.com/", landing: blog},
	{weight: 5, referrer: "https://www.review-site.example/", landing: pricing},
	{weight: 4, referrer: "https://partner.example/tools", landing: product, campaign: &campaign{"partner", "referral", "tool-directory", ""}},
	{weight: 3, referrer: "https://news.ycombinator.com/", landing: docs},
}

// direct is how people come who have the address, careersBoard those who seek
// work; mailing is on the links of newsletters.
var (
	direct       = channel{landing: home}
	careersBoard = channel{referrer: "https://jobs.example/", landing: careers}
	mailing      = &campaign{"newsletter", "email", "newsletter", ""}
)

func channelWeights() []float64 {
	weights := make([]float64, len(channels))
	for i := range channels {
		weights[i] = channels[i].weight
	}
	return weights
}
