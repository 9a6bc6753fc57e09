package app

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Bounds of what the listing answers.
const (
	usualPage = 50
	// MaxPage is how many rows one page has.
	MaxPage = store.MaxListed / 2
	// MaxCounted is up to how many rows are counted.
	MaxCounted = 10_000
	// facetValues is how many values of an attribute are offered.
	facetValues = 12
)

// Row is a lead in a list.
type Row struct {
	ID         lead.ID          `json:"id"`
	Kind       string           `json:"kind"` // "visitor", "contact" or "lead"
	Name       string           `json:"name"`
	Email      string           `json:"email"`
	Title      string           `json:"title"`
	Company    string           `json:"company"`
	Account    string           `json:"account"`
	Stage      string           `json:"stage"`
	StageSince lead.Time        `json:"stage_since"`
	Score      int64            `json:"score"`  // the main one
	Scores     map[string]int64 `json:"scores"` // all of them, in whole points
	Grade      string           `json:"grade"`
	Excluded   string           `json:"excluded"`
	FirstSeen  lead.Time        `json:"first_seen"`
	LastSeen   lead.Time        `json:"last_seen"`
	// Attributes are as texts, each item of a list one; only if the query asks.
	Attributes map[string][]string `json:"attributes,omitzero"`
}

// MaxLooked is how many leads are looked through for a page.
const MaxLooked = store.MaxLooked

// Page is a part of a list.
type Page struct {
	Rows []Row
	// Next is what Query.After is for the next page; "" after the last.
	Next string
	// Found is how many rows this page has and those before, Looked how many were
	// looked through for them, one after the other, where no index says which are
	// meant.
	Found, Looked int
	// Stopped says that the page ended before it was full, since enough was looked
	// through for one; Of is how many there are to be looked through.
	Stopped bool
	Of      int64
	// Count is how many there are on all pages, where the query asks for it.
	Count Count
	// Lag is how far the list trails what was taken in.
	Lag Lag
}

// Lag is how far the listing trails what was taken in.
type Lag = pipeline.Lag

// Count is how many rows there are: N, or with More that many at least.
type Count = store.ListCount

// List gives a page of the leads that a query asks for. It takes a moment until
// what was taken in is listed; see Page.Lag.
func (r *Reader) List(ctx context.Context, q Query) (Page, error) {
	var p Page
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		asked, err := r.compile(snap, &q)
		if err != nil {
			return err
		}
		before, err := cursorOf(q.After)
		if err != nil {
			return err
		}
		asked.Look = cmp.Or(q.Look, store.MaxLooked)
		var people int64
		sums := false
		if q.Counted {
			groups, err := snap.ListedGroups()
			if err != nil {
				return err
			}
			if people, sums = asked.CountOf(groups); !sums {
				asked.Counted = MaxCounted
			}
		}
		part, err := snap.Listed(asked)
		if err != nil {
			return err
		}
		rows := part.Rows
		p = Page{Found: before.Found + len(rows), Looked: before.Looked + part.Looked, Stopped: part.Stopped}
		if part.Next != nil {
			if p.Next, err = (cursor{*part.Next, p.Found, p.Looked}).word(); err != nil {
				return err
			}
		}
		if p.Stopped {
			groups, err := snap.ListedGroups()
			if err != nil {
				return err
			}
			p.Of, _ = (&store.ListQuery{Kinds: asked.OfKinds()}).CountOf(groups)
		}
		if q.Counted {
			p.Count = countOf(&p, q.After == "", int(people), sums, part.Count)
		}
		p.Rows = make([]Row, len(rows))
		for i := range rows {
			p.Rows[i] = shownRow(&rows[i])
			if q.Attributes {
				p.Rows[i].Attributes = attributesOf(rows[i].Facts)
			}
		}
		p.Lag, err = pipeline.Trailing(snap)
		return err
	})
	return p, err
}

// countOf is how many are on all pages, of which one is known and perhaps counted
// all, or people if these are all there are.
func countOf(p *Page, first bool, people int, sums bool, all Count) Count {
	found := Count{N: p.Found, More: p.Next != ""}
	switch {
	case p.Stopped || p.Next == "" && (first || p.Looked > 0):
		return found
	case sums:
		return Count{N: people}
	case all.More: // counting may have ended before this page
		all.N = max(all.N, found.N)
	}
	return all
}

// Count counts the leads that a query asks for, whatever its page, up to MaxCounted;
// those of kinds and stages, however many there are.
func (r *Reader) Count(ctx context.Context, q Query) (Count, error) {
	var n Count
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		asked, err := r.compile(snap, &q)
		if err != nil {
			return err
		}
		groups, err := snap.ListedGroups()
		if err != nil {
			return err
		}
		if people, sums := asked.CountOf(groups); sums {
			n = Count{N: int(people)}
			return nil
		}
		n, err = snap.CountListed(asked, MaxCounted)
		return err
	})
	return n, err
}

// LeadsNamed gives leads as they are now, in the order given. Who is not there any
// more is left out.
func (r *Reader) LeadsNamed(ctx context.Context, ids []lead.ID) ([]*Lead, error) {
	var all []*Lead
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		now, err := snap.Now()
		if err != nil {
			return err
		}
		rows, err := snap.States(ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			row, there := rows[id]
			if !there {
				continue
			}
			l, err := r.view(snap, row, now)
			if err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, err
}

var listKinds = []string{store.ListVisitor: "visitor", store.ListContact: "contact", store.ListLead: "lead"}

func shownRow(r *store.ListRow) Row {
	return Row{
		ID: r.Lead, Kind: listKinds[r.Kind], Name: r.Name, Email: r.Email, Title: r.Title, Company: r.Company, Account: r.Account,
		Stage: r.Stage, StageSince: r.StageSince, Score: r.Score, Scores: r.Scores, Grade: r.Grade, Excluded: r.Excluded,
		FirstSeen: r.FirstSeen, LastSeen: r.LastSeen,
	}
}

func attributesOf(facts []store.Fact) map[string][]string {
	known := map[string][]string{}
	for i := range facts {
		if name := facts[i].Name; name != "" && !strings.Contains(name, ".") { // which no attribute has in its name
			known[name] = append(known[name], facts[i].Text)
		}
	}
	return known
}

// cursor is where a page begins, and what the pages before came to.
type cursor struct {
	store.ListPlace
	Found, Looked int
}

// word writes a cursor as one word, which cursorOf reads.
func (c cursor) word() (string, error) {
	b, err := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// cursorOf reads a cursor; "" is the beginning.
func cursorOf(word string) (c cursor, err error) {
	if word == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(word)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		err = fault.Wrap(err, fault.Invalid, "after=%q is no place in a list. Take the one that the page before gave, or leave it out to begin at the beginning.", word)
	}
	return c, err
}

// Facets are what lists can be filtered by.
type Facets struct {
	Kinds      []string
	Stages     []string // in the playbook's order, then those of earlier versions
	Scores     []string // the main one last
	Attributes []AttributeFacet
	// Signals and Segments are the playbook's, in its order.
	Signals, Segments []NamedFacet
	// Agreed and Withdrawn are purposes that somebody agreed to, or refused.
	Agreed, Withdrawn []string
}

// AttributeFacet is an attribute with a few of the values that it has.
type AttributeFacet struct {
	Name, Label string
	Kind        lead.Kind
	Values      []string // the first by their letters
}

// NamedFacet is something that holds of a lead or does not: Label completes "the lead …".
type NamedFacet struct{ Name, Label string }

// Facets tells what lists can be filtered by.
func (r *Reader) Facets(ctx context.Context) (*Facets, error) {
	f := &Facets{}
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		chain, err := r.versions.Chain(snap)
		if err != nil {
			return err
		}
		plan := chain.Newest().Plan()
		f.Kinds = slices.Clone(listKinds[store.ListVisitor:])
		f.Scores = plan.ScoreNames()
		for i := range plan.Stages {
			f.Stages = append(f.Stages, plan.Stages[i].Name)
		}
		there, err := snap.ListedStages()
		if err != nil {
			return err
		}
		for _, name := range there {
			if !slices.Contains(f.Stages, name) {
				f.Stages = append(f.Stages, name)
			}
		}
		for i := range plan.Signals {
			f.Signals = append(f.Signals, NamedFacet{plan.Signals[i].Name, plan.Signals[i].Label})
		}
		for i := range plan.Segments {
			f.Segments = append(f.Segments, NamedFacet{plan.Segments[i].Name, plan.Segments[i].Label})
		}
		for _, slot := range listedAttributes(plan) {
			a := &plan.Attributes[slot]
			x := AttributeFacet{Name: a.Name, Label: a.Label, Kind: a.Kind}
			if x.Values, err = snap.ListedValues(a.Name, "", facetValues); err != nil {
				return err
			}
			f.Attributes = append(f.Attributes, x)
		}
		if f.Agreed, err = snap.ListedValues(pipeline.ConsentFact(lead.Granted), "", facetValues); err != nil {
			return err
		}
		f.Withdrawn, err = snap.ListedValues(pipeline.ConsentFact(lead.Withdrawn), "", facetValues)
		return err
	})
	return f, err
}

// Purposes are those that somebody agreed to or refused, each once.
func (f *Facets) Purposes() []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.Agreed, f.Withdrawn))))
}
