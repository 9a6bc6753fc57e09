package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"galena/internal/engine"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/store"
)

// By these names attributes of whatever playbook, or the traits that fill them, are
// shown in columns of their own: without case and underscores, the first that is
// known.
var (
	namedBy    = []string{"name", "fullname"}
	firstNames = []string{"firstname", "givenname"}
	lastNames  = []string{"lastname", "familyname", "surname"}
	titledBy   = []string{"title", "jobtitle", "position"}
	companyBy  = []string{"company", "companyname", "company.name", "organisation", "organization"}
)

// callings are the names of an attribute and of the traits that fill it.
func callings(a *playbook.Attribute) []string {
	names := []string{a.Name}
	for _, path := range a.From {
		names = append(names, strings.Join(path, "."))
	}
	for i := range names {
		names[i] = strings.ToLower(strings.ReplaceAll(names[i], "_", ""))
	}
	return names
}

// NamesPerson says whether an attribute is how a person is called, or a part of that.
func NamesPerson(a *playbook.Attribute) bool {
	return slices.ContainsFunc(callings(a), func(name string) bool {
		return slices.Contains(namedBy, name) || slices.Contains(firstNames, name) || slices.Contains(lastNames, name)
	})
}

// ConsentFact is the name of the fact by which a lead is listed for where it stands on
// a purpose: the fact's text is the purpose. No attribute is called so.
func ConsentFact(s lead.Standing) string { return "consent." + s.String() }

// SegmentFact is the name of the fact by which a lead is listed for the segments in
// which it is: the fact's text is one of them. No attribute is called so.
const SegmentFact = "segment.in"

// SignalFact is the name of the fact by which a lead is listed for a signal that ever
// occurred: the fact's text is how often, as TimesText writes it, its number when last.
// Whether that is within some days is asked when the list is, so that time changes no
// row. No attribute is called so.
func SignalFact(signal string) string { return "signal." + signal }

// TimesText writes how often a signal occurred so that more comes after less.
func TimesText(n int64) string { return fmt.Sprintf("%09d", min(n, MaxTimes)) }

// MaxTimes is how many times are told apart.
const MaxTimes = 999_999_999

// Bounds of a lead's facts, which together are store.MaxFacts.
const (
	// maxWords is how many words of a lead it can be searched for by.
	maxWords = 40
	// maxSignals is of how many signals it is listed: those that occurred last. Each
	// that occurs is another fact to be written, and no playbook that people read has
	// so many.
	maxSignals = 100
	// maxKnown is how many values of attributes and consents there may be.
	maxKnown = store.MaxFacts - maxWords - maxSignals - rule.MaxSegments
)

// listRow shows a state in the listing, at its own moment.
func listRow(e *engine.Engine, from store.Snapshot, id lead.ID, s *engine.State) (store.ListRow, error) {
	plan := e.Plan()
	r := store.ListRow{
		Lead: id, Account: s.Attribute(playbook.BuiltinAccount).Text,
		FirstSeen: s.First, LastSeen: s.Last, Grade: e.Grade(s),
		Scores: make(map[string]int64, len(plan.Scores)),
	}
	r.Kind = store.ListVisitor
	if s.Kind() == "contact" {
		r.Kind = store.ListContact
	}
	if stage, _, since := e.Stage(s); stage != "" {
		r.Kind, r.Stage, r.StageSince = store.ListLead, stage, since
	}
	if x := s.Excluded(); x >= 0 {
		r.Excluded = plan.Exclusions[x].Name
	}
	for slot, points := range e.Read(s) {
		r.Score = points.Rounded() // the last one is the main score
		r.Scores[plan.Scores[slot].Name] = r.Score
	}
	for _, next := range []lead.Time{e.WakeAt(s), e.FadesAt(s)} {
		if next != 0 && (r.ChangesAt == 0 || next < r.ChangesAt) {
			r.ChangesAt = next
		}
	}
	var err error
	if r.Email, err = displayed(from, id, s.Attribute(playbook.BuiltinEmail).Text); err != nil {
		return r, err
	}
	known := map[string]string{}
	for slot := playbook.Builtins; slot < len(plan.Attributes); slot++ {
		v := s.Attribute(slot)
		if v.Kind == lead.Missing {
			continue
		}
		a := &plan.Attributes[slot]
		r.Facts = append(r.Facts, factsOf(a.Name, v)...)
		for _, name := range callings(a) {
			known[name] = v.String()
		}
	}
	domain := playbook.BuiltinEmailDomain
	r.Facts = append(r.Facts, factsOf(plan.Attributes[domain].Name, s.Attribute(domain))...)
	for _, c := range s.Consents() {
		r.Facts = append(r.Facts, store.Fact{Name: ConsentFact(c.Standing), Text: c.Purpose})
	}
	r.Facts = r.Facts[:min(len(r.Facts), maxKnown)]
	for _, slot := range e.Segments(s) {
		r.Facts = append(r.Facts, store.Fact{Name: SegmentFact, Text: plan.Segments[slot].Name})
	}
	r.Facts = append(r.Facts, signalFacts(plan, s)...)
	first := func(names []string) string {
		for _, name := range names {
			if known[name] != "" {
				return known[name]
			}
		}
		return ""
	}
	if r.Name = first(namedBy); r.Name == "" {
		r.Name = strings.TrimSpace(first(firstNames) + " " + first(lastNames))
	}
	r.Title, r.Company = first(titledBy), first(companyBy)
	for _, word := range wordsOf(r.Name, r.Email, r.Company, r.Title) {
		r.Facts = append(r.Facts, store.Fact{Text: word})
	}
	return r.Tidied(), nil
}

// signalFacts are those of the signals that occurred.
func signalFacts(plan *playbook.Plan, s *engine.State) []store.Fact {
	var slots []int
	for slot := range plan.Signals {
		if s.Count(slot) > 0 {
			slots = append(slots, slot)
		}
	}
	if len(slots) > maxSignals {
		slices.SortStableFunc(slots, func(a, b int) int { return cmp.Compare(s.Latest(b), s.Latest(a)) })
		slots = slots[:maxSignals]
	}
	facts := make([]store.Fact, len(slots))
	for i, slot := range slots {
		facts[i] = store.Fact{Name: SignalFact(plan.Signals[slot].Name), Text: TimesText(s.Count(slot)), Number: float64(s.Latest(slot)), Numeric: true}
	}
	return facts
}

// displayed is an address as its owner wrote it.
func displayed(from store.Snapshot, id lead.ID, address string) (string, error) {
	match, _, ok := identity.Email(address)
	if !ok {
		return address, nil
	}
	links, err := from.Identifiers(id)
	i := slices.IndexFunc(links, func(l store.Link) bool {
		return l.Identifier == lead.Identifier{Kind: lead.Email, Value: match}
	})
	if i >= 0 && links[i].Display != "" {
		return links[i].Display, err
	}
	return address, err
}

// factsOf are the facts that an attribute is listed as.
func factsOf(name string, v lead.Value) []store.Fact {
	switch v.Kind {
	case lead.Missing:
		return nil
	case lead.List:
		facts := make([]store.Fact, len(v.List))
		for i, item := range v.List {
			facts[i] = store.Fact{Name: name, Text: item}
		}
		return facts
	}
	return []store.Fact{{Name: name, Text: v.String(), Number: v.Num, Numeric: v.Kind == lead.Number || v.Kind == lead.Moment}}
}

// wordsOf are the words of texts, in lower case: what stands between spaces, the
// parts of that between other signs, and of an address what follows the @.
func wordsOf(texts ...string) []string {
	var words []string
	add := func(word string) {
		if word != "" && !slices.Contains(words, word) && len(words) < maxWords {
			words = append(words, word)
		}
	}
	sign := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }
	for _, text := range texts {
		for _, field := range strings.Fields(strings.ToLower(text)) {
			add(strings.TrimFunc(field, sign))
			if _, domain, found := strings.Cut(field, "@"); found {
				add(domain)
			}
			for _, part := range strings.FieldsFunc(field, sign) {
				add(part)
			}
		}
	}
	return words
}
