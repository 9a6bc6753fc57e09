package store

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"galena/internal/lead"
)

// The listing shows surviving leads as rows that can be filtered, sorted and
// searched. It follows the log: whoever derives the rows from the states keeps a
// mark of how far it came. See docs/adr/0021-listing.md.

// Bounds of the listing. What is longer is cut, what is more is dropped.
const (
	// MaxListText is how many bytes of a text are listed: a cell shows less, and an
	// index takes it on every database.
	MaxListText = 200
	// MaxFacts is how many facts of a lead are listed: what is known, search words,
	// segments and signals. See pipeline.Listed for the share of each.
	MaxFacts = 500
	// MaxListed is how many rows one answer has.
	MaxListed = 1000
	// MaxTouched is how many events are looked at in one go for whose they are.
	MaxTouched = 5000
	// MaxAsked is how many values, words and conditions of each kind a query names.
	MaxAsked = 20
	// MaxLooked is how many rows are looked through for one part of a list where no
	// index says which are meant: some 30 ms of a processor on SQLite, 70 on PostgreSQL.
	// It is a number of rows and no time, so that the same list ends at the same place
	// whatever else a machine does.
	MaxLooked = 4000
)

// ListKind is what a person is. The numbers are stored.
type ListKind uint8

// The kinds, as engine.State.Kind has them.
const (
	ListVisitor ListKind = iota + 1
	ListContact
	ListLead
)

// ListRow is a lead as it is listed. Text is kept as Tidied has it.
type ListRow struct {
	Lead lead.ID
	// Kind is ListLead of who is in a stage, and of nobody else.
	Kind       ListKind
	Stage      string // "" for none
	StageSince lead.Time
	// Score is the main score, Scores are all of them by name, in whole points.
	Score               int64
	Scores              map[string]int64
	Grade               string
	Account             string
	FirstSeen, LastSeen lead.Time
	// Name, Email, Title and Company are to be shown; "" where nothing is known.
	Name, Email, Title, Company string
	Excluded                    string // why; "" for who is not
	// ChangesAt is the next moment at which the row changes by itself; 0 if none.
	ChangesAt lead.Time
	// Facts are attributes, each item of a list one, and under no name the words by
	// which the lead is searched for; by name, then key, each once.
	Facts []Fact
}

// Fact is something known about a lead, by which it can be found.
type Fact struct {
	Name, Text string
	Number     float64
	// Numeric says that Number counts: the attribute is a number or a time.
	Numeric bool
}

// Key is by what facts are compared.
func (f *Fact) Key() string { return ListKey(f.Text) }

// ListKey is by what texts are compared and ordered whatever their case.
func ListKey(s string) string {
	if s = ListText(s); isLower(s) {
		return s
	}
	return ListText(strings.ToLower(s))
}

// isLower says of most texts in lower case that they are.
func isLower(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// ListText is a text as the listing keeps it: valid UTF-8 without zero bytes, at
// most MaxListText bytes.
func ListText(s string) string { return listText(s, MaxListText) }

func listText(s string, most int) string {
	if len(s) <= most && isPlain(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// isPlain says whether a text is ASCII without zero bytes.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == 0 || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Tidied is the row as it is kept.
func (r ListRow) Tidied() ListRow {
	r.Account = listText(r.Account, lead.MaxText) // whole: an account is found by it
	for _, text := range []*string{&r.Stage, &r.Grade, &r.Name, &r.Email, &r.Title, &r.Company, &r.Excluded} {
		*text = ListText(*text)
	}
	switch {
	case r.Stage != "":
		r.Kind = ListLead
	case r.Kind != ListContact:
		r.Kind = ListVisitor
	}
	scores := make(map[string]int64, len(r.Scores))
	for name, points := range r.Scores {
		scores[ListText(name)] = points
	}
	r.Scores = scores
	facts := make([]keyedFact, 0, len(r.Facts))
	for _, f := range r.Facts {
		f.Name, f.Text = ListText(f.Name), ListText(f.Text)
		if f.Text == "" || f.Numeric && (math.IsNaN(f.Number) || math.IsInf(f.Number, 0)) {
			continue
		}
		if !f.Numeric {
			f.Number = 0
		}
		facts = append(facts, keyedFact{f, f.Key()})
	}
	if !slices.IsSortedFunc(facts, compareFacts) {
		slices.SortStableFunc(facts, compareFacts)
	}
	facts = slices.CompactFunc(facts, func(a, b keyedFact) bool { return compareFacts(a, b) == 0 })
	facts = facts[:min(len(facts), MaxFacts)]
	r.Facts = nil
	if len(facts) > 0 {
		r.Facts = make([]Fact, len(facts))
	}
	for i := range facts {
		r.Facts[i] = facts[i].Fact
	}
	return r
}

// keyedFact is a fact with its key, which is dear to make again for each comparison.
type keyedFact struct {
	Fact
	key string
}

func compareFacts(a, b keyedFact) int {
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.key, b.key)
}

// ListMark is how far the listing has come.
type ListMark struct {
	// Seq is the place in the log up to which what events touched is listed.
	Seq int64
	// Form and Version are how rows were derived and under which playbook when all
	// leads were last gone through, in the order of their ids: to Reached.
	Form, Version int
	Reached       lead.ID
	Over          bool
}

// ListSort is what rows are ordered by.
type ListSort uint8

// The orders. Texts are ordered by the bytes of their lower case; who has none, or
// was never in a stage or seen, comes last either way.
const (
	ByScore ListSort = iota
	ByLastSeen
	ByFirstSeen
	ByStageSince
	ByName
	ByEmail
	ByAccount
)

// ListPlace is where a row stands in an order. Text is that of ByName, ByEmail and
// ByAccount, Number of the others.
type ListPlace struct {
	Number int64
	Text   string
	Lead   lead.ID
}

// Texts says whether an order is one of texts.
func (by ListSort) Texts() bool { return by >= ByName }

// Place is where the row stands in an order.
func (r *ListRow) Place(by ListSort) ListPlace {
	p := ListPlace{Lead: r.Lead}
	switch by {
	case ByScore:
		p.Number = r.Score
	case ByLastSeen:
		p.Number = int64(r.LastSeen)
	case ByFirstSeen:
		p.Number = int64(r.FirstSeen)
	case ByStageSince:
		p.Number = int64(r.StageSince)
	case ByName:
		p.Text = ListKey(r.Name)
	case ByEmail:
		p.Text = ListKey(r.Email)
	case ByAccount:
		p.Text = r.Account
	}
	return p
}

// Absent says whether the row has nothing to be ordered by.
func (p *ListPlace) Absent(by ListSort) bool {
	return by != ByScore && p.Number == 0 && p.Text == ""
}

// ListBounds holds for numbers from Least to Most, both included; nil is no bound.
type ListBounds struct{ Least, Most *int64 }

// FactOp is how a condition compares.
type FactOp uint8

// The comparisons. FactIsNot also holds for leads without the fact; AtLeast and
// AtMost compare numbers and times, FactFrom texts by the bytes of their lower case.
const (
	FactIs FactOp = iota
	FactIsNot
	FactContains
	FactAtLeast
	FactAtMost
	FactSet
	FactNotSet
	FactFrom
)

// FactCondition asks about something known; of a list about any item.
type FactCondition struct {
	Name string
	Op   FactOp
	// Not asks for those of whom it does not hold, leads without the fact included.
	Not  bool
	Text string
	// Or are other texts of which any is enough as well, of FactIs; at most MaxAsked.
	Or     []string
	Number float64
}

// Texts are all of which FactIs asks for any.
func (c *FactCondition) Texts() []string { return append([]string{c.Text}, c.Or...) }

// ScoreCondition asks about a score by its name; without one about the main score.
type ScoreCondition struct {
	Name string
	ListBounds
}

// ListQuery asks for rows of which all holds that it says.
type ListQuery struct {
	Kinds    []ListKind // any of; none: all
	Stages   []string   // any of, "" for no stage; none: whatever
	Accounts []string   // any of
	Grades   []string   // any of
	Scores   []ScoreCondition
	// FirstSeen, LastSeen and StageSince bound moments. Who was never in a stage
	// has been in it since 0.
	FirstSeen, LastSeen, StageSince ListBounds
	Excluded                        *bool
	Facts                           []FactCondition
	// Words each begin some word of the lead's, whatever the case.
	Words []string

	Sort       ListSort
	Descending bool // of equal rows, too: then by id, descending
	// After is the place of the row before the first; nil begins at the beginning.
	After *ListPlace
	Limit int // at most MaxListed
	// Look is how many rows are looked through at most where no index says which are
	// meant; 0 is as many as it takes.
	Look int
	// Counted is up to how many rows of the whole list are counted with a part of it, as
	// CountListed counts them; 0 counts none.
	Counted int
	// WithFacts gives the rows with their facts.
	WithFacts bool
}

// ListPart is a part of what a query asks for.
type ListPart struct {
	// Rows are the next ones; fewer than the query's limit at the end of the list, and
	// where looking Stopped.
	Rows []ListRow
	// Next is the place after which the list goes on: there may be rows after it, and
	// none before it that are not in Rows. It is nil at the end.
	Next *ListPlace
	// Looked is how many rows were looked through one after the other, up to Next or
	// the end; 0 where an index told which are meant. Stopped says that Look ended it.
	Looked  int
	Stopped bool
	// Count is what the query's Counted asks for; zero where looking Stopped, or Rows
	// are the whole list.
	Count ListCount
}

// Counts says whether a part of the query's list is one that is counted.
func (q *ListQuery) Counts(p *ListPart) bool {
	return q.Counted > 0 && !p.Stopped && (p.Next != nil || q.After != nil)
}

// ListGroup is what all rows are counted by.
type ListGroup struct {
	Kind  ListKind
	Stage string
}

// CountOf adds up the groups of which a query's rows are: all of them where sums
// says that the query asks for no more than kinds and stages.
func (q *ListQuery) CountOf(groups map[ListGroup]int64) (people int64, sums bool) {
	for g, n := range groups {
		if (len(q.Kinds) == 0 || slices.Contains(q.Kinds, g.Kind)) && (len(q.Stages) == 0 || slices.Contains(q.Stages, g.Stage)) {
			people += n
		}
	}
	none := ListBounds{}
	return people, len(q.Accounts)+len(q.Grades)+len(q.Scores)+len(q.Facts)+len(q.Words) == 0 && q.Excluded == nil &&
		q.FirstSeen == none && q.LastSeen == none && q.StageSince == none
}

// Tidied is the query as stores answer it: with texts as rows have them.
func (q ListQuery) Tidied() ListQuery {
	q.Stages, q.Accounts, q.Grades = listTexts(q.Stages, MaxListText), listTexts(q.Accounts, lead.MaxText), listTexts(q.Grades, MaxListText)
	q.Words = slices.DeleteFunc(listTexts(q.Words, MaxListText), func(w string) bool { return w == "" })
	for i := range q.Words {
		q.Words[i] = ListKey(q.Words[i])
	}
	q.Facts = slices.Clone(q.Facts[:min(len(q.Facts), MaxAsked)])
	for i := range q.Facts {
		c := &q.Facts[i]
		c.Name, c.Text = ListText(c.Name), ListKey(c.Text)
		c.Or = slices.Clone(c.Or[:min(len(c.Or), MaxAsked)])
		for n := range c.Or {
			c.Or[n] = ListKey(c.Or[n])
		}
	}
	q.Scores = slices.Clone(q.Scores[:min(len(q.Scores), MaxAsked)])
	for i := range q.Scores {
		q.Scores[i].Name = ListText(q.Scores[i].Name)
	}
	q.Kinds = slices.Compact(slices.Sorted(slices.Values(q.Kinds)))
	q.Limit = min(q.Limit, MaxListed)
	return q
}

// OfKinds are the kinds of which a tidied query's rows can be at all.
func (q *ListQuery) OfKinds() []ListKind {
	kinds := q.Kinds
	if len(kinds) == 0 {
		kinds = []ListKind{ListVisitor, ListContact, ListLead}
	}
	if len(q.Stages) > 0 && !slices.Contains(q.Stages, "") {
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k ListKind) bool { return k != ListLead })
	}
	return kinds
}

func listTexts(all []string, most int) []string {
	tidied := make([]string, 0, len(all))
	for _, s := range all[:min(len(all), MaxAsked)] {
		tidied = append(tidied, listText(s, most))
	}
	return tidied
}

// Order compares places in the query's order.
func (q *ListQuery) Order(a, b ListPlace) int {
	if x, y := a.Absent(q.Sort), b.Absent(q.Sort); x != y {
		if x {
			return 1
		}
		return -1
	}
	c := cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Lead, b.Lead))
	if q.Descending {
		return -c
	}
	return c
}

// ListCount is how many rows there are: N, or with More that many at least.
type ListCount struct {
	N    int
	More bool
}

// AccountTotal is what the rows of an account come to together.
type AccountTotal struct {
	Account string
	// People are counted by their kinds, ListVisitor first; Stages by where they are.
	People [ListLead]int64
	Stages map[string]int64
	// Sum is of main scores, in whole points; who is excluded counts nothing.
	Sum int64
}

// AccountPlace is where an account stands in the order of their sums.
type AccountPlace struct {
	Sum     int64
	Account string
}

// Place is where the account stands.
func (a *AccountTotal) Place() AccountPlace { return AccountPlace{a.Sum, a.Account} }

// Compare orders accounts: the highest sum first, then by the bytes of their names.
func (p AccountPlace) Compare(q AccountPlace) int {
	return cmp.Or(cmp.Compare(q.Sum, p.Sum), cmp.Compare(p.Account, q.Account))
}

// ListReader is what a Snapshot answers about the listing.
type ListReader interface {
	// ListMark tells how far the listing has come.
	ListMark() (ListMark, error)
	// LastSeq is the place of the newest event of the log; 0 for an empty one.
	LastSeq() (int64, error)
	// Touched gives the leads, at most limit, that the next events above after are of
	// today, ascending. UpTo is the Seq of the last event that was looked at, of at
	// most MaxTouched; after if there is none.
	Touched(after int64, limit int) (ids []lead.ID, upTo int64, err error)
	// ListDue gives leads whose row changes by itself at or before at, at most limit.
	ListDue(at lead.Time, limit int) ([]lead.ID, error)

	// Listed gives the rows that a query asks for, in its order, or as many as are
	// found by looking as far as it says.
	Listed(q ListQuery) (ListPart, error)
	// CountListed counts them up to limit, whatever the query's own limits, and gives
	// up sooner where it would have to look at very many rows.
	CountListed(q ListQuery, limit int) (ListCount, error)
	// ListedGroups counts all rows by kind and stage.
	ListedGroups() (map[ListGroup]int64, error)
	// ListedAfter lists the rows of leads with an id above after, ascending, at most
	// limit, with their facts.
	ListedAfter(after lead.ID, limit int) ([]ListRow, error)
	// ListedStages are the stages of the rows, ascending by their bytes, at most
	// MaxAsked.
	ListedStages() ([]string, error)
	// ListedValues are the texts of a fact with keys above one, ascending by their
	// keys, at most limit. Of those with the same key it gives one.
	ListedValues(name, after string, limit int) ([]string, error)
	// ListedAccounts gives accounts of which anybody is listed, in the order of their
	// places, after one, at most limit and MaxListed; nil begins at the beginning.
	ListedAccounts(after *AccountPlace, limit int) ([]AccountTotal, error)
	// TotalsOf gives those of accounts, at most MaxListed, of which anybody is listed.
	TotalsOf(accounts []string) (map[string]AccountTotal, error)
	// ListedOf gives the rows of an account's people, the highest main score first,
	// of equal ones the higher id, at most limit and MaxListed.
	ListedOf(account string, limit int) ([]ListRow, error)
}

// ListWriter is what a Tx changes about the listing.
type ListWriter interface {
	// ClaimListing gives ListMark and keeps other writers from it until the end of
	// the transaction; false if another has it. It is asked before leads are locked.
	ClaimListing() (ListMark, bool, error)
	// PutListMark replaces the mark, which this transaction has claimed.
	PutListMark(m ListMark) error
	// PutListed inserts or replaces the rows of surviving leads, each of which is
	// locked. A lead that is joined to another or erased leaves the listing.
	PutListed(rows []ListRow) error
}

// EndOfText is like EndOf for valid UTF-8, and gives such.
func EndOfText(prefix string) string {
	for all := []rune(prefix); len(all) > 0; all = all[:len(all)-1] {
		switch last := &all[len(all)-1]; {
		case *last == 0x10ffff:
		case *last == 0xd7ff:
			*last = 0xe000
			return string(all)
		default:
			*last++
			return string(all)
		}
	}
	return ""
}
