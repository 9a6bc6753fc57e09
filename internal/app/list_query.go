package app

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/spelling"
	"galena/internal/store"
)

// Query asks for leads. As parameters of a URL it reads
//
//	stage=MQL&stage=SQL&score>=60&country=Germany&last_seen>=-7d&q=anna&sort=-last_seen
//
// A parameter is a condition: a field, an operator and a value. The operators are =
// (is; given several times for one field: any of them), != (is not), ~= (contains), >=
// and <=. Fields are kind, stage, score, the names of the playbook's scores, grade,
// account, excluded (yes or no), first_seen, last_seen, stage_since, consent,
// consent_claimed and consent_withdrawn (what of, see Consents), signal (see
// Occurrence) and segment, of which several must all hold, and the names of
// attributes, which "attribute.name" names where another field has the name. The value
// * stands for any: country=* for who has one, country!=* for who has none. A moment is
// a date, a moment as in 2026-01-31T12:00:00Z, or an age: -7d, -12h, -2w.
type Query struct {
	Where []Condition
	// Search are words that each begin a word of the name, address, company or title.
	Search string
	// Sort is score, last_seen, first_seen, stage_since, name, email or account, with
	// a - before it from the highest down; "" is -score.
	Sort  string
	After string // Page.Next of the page before
	Limit int    // 0 is 50
	// Attributes asks for the attributes of the rows, Counted for how many there are in
	// all. Look is how many leads are looked through at most for a page; 0 is MaxLooked.
	// None of them is in URLs.
	Attributes, Counted bool
	Look                int
}

// Condition is a part of a query, as written.
type Condition struct {
	Field string
	Op    Op
	Value string
}

// Op compares.
type Op string

// The operators.
const (
	Is       Op = "="
	IsNot    Op = "!="
	Contains Op = "~="
	AtLeast  Op = ">="
	AtMost   Op = "<="
)

func (c Condition) String() string { return c.Field + string(c.Op) + c.Value }

// Parameters of a URL that are no conditions.
const (
	searchKey = "q"
	sortKey   = "sort"
	afterKey  = "after"
	limitKey  = "limit"
)

// maxConditions is how many a query has: more than anybody reads.
const maxConditions = store.MaxAsked

// ParseCondition reads a condition as it is written: "score>=60".
func ParseCondition(s string) (Condition, error) {
	key, value, found := strings.Cut(s, "=")
	if !found || strings.Trim(key, " !~<>") == "" {
		return Condition{}, fault.New(fault.Invalid, "%q is no condition. Write a field, one of = != ~= >= <=, and a value, as in stage=MQL or score>=60.", s)
	}
	return condition(strings.TrimSpace(key), strings.TrimSpace(value)), nil
}

// condition reads what stands before the first = of a condition, and after it.
func condition(key, value string) Condition {
	op := Is
	for sign, named := range map[string]Op{"!": IsNot, "~": Contains, ">": AtLeast, "<": AtMost} {
		if before, found := strings.CutSuffix(key, sign); found {
			key, op = strings.TrimSpace(before), named
		}
	}
	return Condition{Field: key, Op: op, Value: value}
}

// ParseQuery reads a query from the parameters of a URL. Whether fields and values
// make sense, the workspace tells that is asked.
func ParseQuery(v url.Values) (Query, error) {
	q := Query{Search: v.Get(searchKey), Sort: v.Get(sortKey), After: v.Get(afterKey)}
	if s := v.Get(limitKey); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > MaxPage {
			return Query{}, fault.New(fault.Invalid, "limit=%q is not a number of rows from 1 to %d.", s, MaxPage)
		}
		q.Limit = n
	}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		switch key {
		case searchKey, sortKey, afterKey, limitKey:
			continue
		}
		for _, value := range v[key] {
			if value == "" { // a field of a form that was left empty
				continue
			}
			q.Where = append(q.Where, condition(key, value))
		}
	}
	return q, nil
}

// Values writes the query as parameters of a URL, which ParseQuery reads.
func (q Query) Values() url.Values {
	v := url.Values{}
	for _, c := range q.Where {
		v.Add(c.Field+strings.TrimSuffix(string(c.Op), "="), c.Value)
	}
	for key, value := range map[string]string{searchKey: q.Search, sortKey: q.Sort, afterKey: q.After} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.Limit != 0 {
		v.Set(limitKey, strconv.Itoa(q.Limit))
	}
	return v
}

// Orders are what lists can be sorted by.
func Orders() []string {
	return []string{store.ByScore: "score", store.ByLastSeen: "last_seen", store.ByFirstSeen: "first_seen", store.ByStageSince: "stage_since",
		store.ByName: "name", store.ByEmail: "email", store.ByAccount: "account"}
}

// compiler turns a query into one of the store.
type compiler struct {
	snap store.Snapshot
	plan *playbook.Plan
	now  lead.Time
	out  store.ListQuery
}

func (r *Reader) compiler(snap store.Snapshot) (*compiler, error) {
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, err
	}
	c := &compiler{snap: snap, plan: chain.Newest().Plan()}
	c.now, err = snap.Now()
	return c, err
}

func (r *Reader) compile(snap store.Snapshot, q *Query) (store.ListQuery, error) {
	c, err := r.compiler(snap)
	if err != nil {
		return store.ListQuery{}, err
	}
	err = c.compile(q)
	return c.out, err
}

func (c *compiler) compile(q *Query) error {
	if len(q.Where) > maxConditions {
		return fault.New(fault.Invalid, "The list has %d conditions; at most %d are taken. Leave some out.", len(q.Where), maxConditions)
	}
	words := strings.Fields(q.Search)
	if len(words) > maxConditions {
		return fault.New(fault.Invalid, "q has %d words; at most %d are searched for. Leave some out.", len(words), maxConditions)
	}
	c.out.Words = words
	name, down := strings.CutPrefix(q.Sort, "-")
	if q.Sort == "" {
		name, down = "score", true
	}
	by := slices.Index(Orders(), name)
	if by < 0 {
		return fault.New(fault.Invalid, "Lists cannot be sorted by %q. They can by %s; with a - before it from the highest down.", name, strings.Join(Orders(), ", "))
	}
	c.out.Sort, c.out.Descending = store.ListSort(by), down
	if q.Limit < 0 || q.Limit > MaxPage {
		return fault.New(fault.Invalid, "A page of %d rows cannot be had; take 1 to %d.", q.Limit, MaxPage)
	}
	if c.out.Limit = q.Limit; q.Limit == 0 {
		c.out.Limit = usualPage
	}
	c.out.WithFacts = q.Attributes
	if q.After != "" {
		from, err := cursorOf(q.After)
		if err != nil {
			return err
		}
		c.out.After = &from.ListPlace
	}
	for _, one := range q.Where {
		if err := c.add(one); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) add(one Condition) error {
	one.Value = strings.TrimSpace(one.Value)
	switch one.Field {
	case "kind":
		kind := slices.Index(listKinds, strings.ToLower(one.Value))
		if kind < int(store.ListVisitor) {
			return fault.New(fault.Invalid, "kind=%q: a kind is visitor, contact or lead.", one.Value)
		}
		c.out.Kinds = append(c.out.Kinds, store.ListKind(kind))
		return c.only(one, Is)
	case "stage":
		if one.Value != "" { // of those who are in none
			named, err := c.stageNamed(one.Value)
			if err != nil {
				return err
			}
			one.Value = named
		}
		c.out.Stages = append(c.out.Stages, one.Value)
		return c.only(one, Is)
	case SignalField:
		return c.signal(one)
	case SegmentField:
		return c.segment(one)
	case "account":
		c.out.Accounts = append(c.out.Accounts, one.Value)
		return c.only(one, Is)
	case "grade":
		c.out.Grades = append(c.out.Grades, one.Value)
		return c.only(one, Is)
	case "excluded":
		excluded, ok := map[string]bool{"yes": true, "no": false}[strings.ToLower(one.Value)]
		if !ok {
			return fault.New(fault.Invalid, "excluded=%q: say yes or no.", one.Value)
		}
		c.out.Excluded = &excluded
		return c.only(one, Is)
	case "first_seen":
		return c.moment(one, &c.out.FirstSeen)
	case "last_seen":
		return c.moment(one, &c.out.LastSeen)
	case "stage_since":
		return c.moment(one, &c.out.StageSince)
	case "score":
		return c.score(one, "")
	}
	if standing, is := consentFields[one.Field]; is {
		return c.consent(one, standing)
	}
	main := len(c.plan.Scores) - 1
	for i := range c.plan.Scores {
		if name := c.plan.Scores[i].Name; name == one.Field {
			if i == main {
				name = ""
			}
			return c.score(one, name)
		}
	}
	return c.attribute(one)
}

// only refuses operators that a field does not have.
func (c *compiler) only(one Condition, ops ...Op) error {
	if slices.Contains(ops, one.Op) {
		return nil
	}
	can := phrase.Term(string(ops[0]))
	for _, op := range ops[1:] {
		can = phrase.New("%s or %s", can, string(op))
	}
	return fault.New(fault.Invalid, "%s: %s is compared by %s.", one, one.Field, can)
}

// bound narrows bounds by a condition.
func (c *compiler) bound(one Condition, n int64, b *store.ListBounds) error {
	if one.Op != AtMost && (b.Least == nil || *b.Least < n) {
		b.Least = &n
	}
	if one.Op != AtLeast && (b.Most == nil || *b.Most > n) {
		b.Most = &n
	}
	return c.only(one, AtLeast, AtMost, Is)
}

func (c *compiler) score(one Condition, name string) error {
	n, err := strconv.ParseInt(one.Value, 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "%s: %q is not a whole number of points.", one, one.Value)
	}
	s := store.ScoreCondition{Name: name}
	err = c.bound(one, n, &s.ListBounds)
	c.out.Scores = append(c.out.Scores, s)
	return err
}

func (c *compiler) moment(one Condition, b *store.ListBounds) error {
	t, err := momentOf(one, c.now)
	if err != nil {
		return err
	}
	if err := c.only(one, AtLeast, AtMost); err != nil {
		return err
	}
	return c.bound(one, int64(t), b)
}

// momentOf reads a moment of a condition. The end of a span includes the day that it
// names.
func momentOf(one Condition, now lead.Time) (lead.Time, error) {
	if age, found := strings.CutPrefix(one.Value, "-"); found {
		if span, ok := spanOf(age); ok {
			return now.Add(-span), nil
		}
	}
	if t, err := time.Parse(time.DateOnly, one.Value); err == nil {
		if one.Op == AtMost {
			t = t.Add(24*time.Hour - time.Millisecond)
		}
		return lead.TimeOf(t), nil
	}
	if t, err := time.Parse(time.RFC3339, one.Value); err == nil {
		return lead.TimeOf(t), nil
	}
	return 0, fault.New(fault.Invalid, "%s: %q is no moment. Write a date as 2026-01-31, a moment as 2026-01-31T12:00:00Z, or an age as -7d, -12h or -2w.", one, one.Value)
}

// listedAttributes are the slots of the attributes by which leads can be listed.
func listedAttributes(plan *playbook.Plan) []int {
	slots := []int{playbook.BuiltinEmailDomain}
	for slot := playbook.Builtins; slot < len(plan.Attributes); slot++ {
		slots = append(slots, slot)
	}
	return slots
}

// consentFields are those by which leads are found by where they stand on a purpose.
var consentFields = map[string]lead.Standing{"consent": lead.Granted, "consent_claimed": lead.Claimed, "consent_withdrawn": lead.Withdrawn}

func (c *compiler) consent(one Condition, standing lead.Standing) error {
	name := pipeline.ConsentFact(standing)
	return c.fact(one, &playbook.Attribute{Name: name, Label: one.Field, Kind: lead.Text})
}

const attributePrefix = "attribute."

func (c *compiler) attribute(one Condition) error {
	name := strings.TrimPrefix(one.Field, attributePrefix)
	var names []string
	for _, slot := range listedAttributes(c.plan) {
		if c.plan.Attributes[slot].Name == name {
			return c.fact(one, &c.plan.Attributes[slot])
		}
		names = append(names, c.plan.Attributes[slot].Name)
	}
	fields := append([]string{"kind", "stage", "score", "grade", "account", "excluded", "first_seen", "last_seen", "stage_since",
		"consent", "consent_claimed", "consent_withdrawn", SignalField, SegmentField}, c.plan.ScoreNames()...)
	hint := phrase.New("`galena playbook show` lists the attributes.")
	if near := spelling.Nearest(name, append(fields, names...)); near != "" {
		hint = phrase.New("Did you mean %q?", near)
	}
	return fault.New(fault.Invalid, "%s: leads have no field %q. %s", one, one.Field, hint)
}

// fact is a condition on an attribute.
func (c *compiler) fact(one Condition, a *playbook.Attribute) error {
	f := store.FactCondition{Name: a.Name, Text: one.Value}
	switch {
	case one.Value == "*":
		f.Op = map[Op]store.FactOp{Is: store.FactSet, IsNot: store.FactNotSet}[one.Op]
		c.out.Facts = append(c.out.Facts, f)
		return c.only(one, Is, IsNot)
	case one.Op == Contains:
		f.Op = store.FactContains
		c.out.Facts = append(c.out.Facts, f)
		return nil
	}
	v, err := factValue(one, a.Kind, c.now)
	if err != nil {
		return err
	}
	f.Text, f.Number = v.String(), v.Num
	switch one.Op {
	case Is:
		for i := range c.out.Facts { // any of them
			if same := &c.out.Facts[i]; same.Name == f.Name && same.Op == store.FactIs {
				same.Or = append(same.Or, f.Text)
				return nil
			}
		}
	case AtLeast, AtMost:
		if a.Kind != lead.Number && a.Kind != lead.Moment {
			return fault.New(fault.Invalid, "%s: %s is a %s, which has no more or less. Compare it by = != or ~=.", one, one.Field, phrase.Term(a.Kind.String()))
		}
		if f.Op = store.FactAtLeast; one.Op == AtMost {
			f.Op = store.FactAtMost
		}
	case IsNot:
		f.Op = store.FactIsNot
	}
	c.out.Facts = append(c.out.Facts, f)
	return nil
}

// factValue reads the value of a condition as one of an attribute.
func factValue(one Condition, kind lead.Kind, now lead.Time) (lead.Value, error) {
	if kind == lead.Moment {
		t, err := momentOf(one, now)
		return lead.Value{Kind: kind, Num: float64(t)}, err
	}
	if kind == lead.List {
		kind = lead.Text
	}
	v, ok := lead.Convert(one.Value, kind)
	if !ok {
		return v, fault.New(fault.Invalid, "%s: %q is no %s, and %s is one.", one, one.Value, phrase.Term(kind.String()), one.Field)
	}
	return v, nil
}
