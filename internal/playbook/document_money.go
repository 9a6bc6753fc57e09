package playbook

// Attribution is how touches are credited. Nothing acts on it yet.
type Attribution struct {
	Touches []Word // signals that count as touches
	Window  int64  // how old a touch may be; 0: any age
	Models  []Model
}

// Model divides the credit for reaching an anchor among the touches before it.
type Model struct {
	Name    Word
	Label   string
	Kind    Word   // one of modelKinds
	Anchors []Word // stages
	Half    int64  // half-life of time_decay
	Weights []Weight
}

// Weight is the share, in hundredths, of the touch at an anchor ("first", "last",
// "others" or a stage) under a custom model.
type Weight struct {
	At    Word
	Share int64
}

// Money is an amount in the minor unit of its currency.
type Money struct {
	Minor    int64
	Currency string // three letters
}

// Goal is what is to be reached within a while.
type Goal struct {
	Name     Word
	From, To Date
	Revenue  *Money
	Stage    Word // with Count leads
	Count    int64
}

// Cost is money spent, once within a while or for each lead.
type Cost struct {
	Name                             Word
	Source, Medium, Campaign, Vendor string
	Amount                           Money
	Per                              string // one of costsPer, "" for once
	From, To                         Date
}

var (
	modelKinds = []string{"first", "last", "last_non_direct", "linear", "u", "w", "full_path", "time_decay", "custom", "markov", "shapley"}
	costsPer   = []string{"lead", "qualified", "accepted", "customer", "month"}
)
