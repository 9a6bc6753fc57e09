package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// companyDay is something that happens in the random life of two companies.
type companyDay struct {
	after  lead.Time // the clock may be put back
	events []lead.Event
	// corrects is a correction of the past, erases the place of one who is erased.
	corrects *correction
	erases   int
	// publishes is the place of a playbook among tierEditions.
	publishes int
	sweeps    bool
	// told is how many people are told of what changed, -1 for all.
	told int
	// dies says that the program ends then, and begins anew.
	dies bool
}

var companyPeople = []string{"ann", "bob", "cid", "dan"}

// tierEditions are playbooks that follow each other; one does not read the tier.
var tierEditions = []string{
	tiers,
	strings.NewReplacer("points: 20", "points: 25").Replace(tiers),
	strings.NewReplacer("  tier: {type: text, from: [account.tier]}\n", "", "      - {name: pro, when: 'tier == \"pro\"', points: 20}\n", "").Replace(tiers),
}

// companyLives draws what random people say of random companies, live and as history,
// in batches, with the telling cut into slices of any size; what is corrected, and
// which playbooks are published.
func companyLives() *rapid.Generator[[]companyDay] {
	return rapid.Custom(func(t *rapid.T) []companyDay {
		var days []companyDay
		now := midday
		publishing := rapid.IntRange(0, 3).Draw(t, "publishing") == 0 // compiling takes time
		for range rapid.IntRange(3, 25).Draw(t, "days") {
			d := companyDay{after: lead.Time(rapid.IntRange(-1, 2).Draw(t, "after")), erases: -1, publishes: -1}
			now += d.after
			switch rapid.IntRange(0, 8).Draw(t, "what") {
			case 0, 1:
				d.told = rapid.IntRange(-1, 2).Draw(t, "told")
				d.dies = rapid.Bool().Draw(t, "dies")
			case 2:
				d.corrects = &correction{
					rapid.IntRange(0, 9).Draw(t, "correction"), rapid.IntRange(0, 9).Draw(t, "whose"),
					rapid.IntRange(0, 9).Draw(t, "which"), rapid.IntRange(0, 2).Draw(t, "at"),
				}
			case 3:
				switch rapid.IntRange(0, 2).Draw(t, "rare") {
				case 0:
					d.erases = rapid.IntRange(0, 9).Draw(t, "erases")
				case 1:
					if publishing {
						d.publishes = rapid.IntRange(0, len(tierEditions)-1).Draw(t, "publishes")
					}
				case 2:
					d.sweeps = true
				}
			default:
				for range rapid.IntRange(1, 4).Draw(t, "together") {
					d.events = append(d.events, companyEvent(t, now))
				}
			}
			days = append(days, d)
		}
		return days
	})
}

func companyEvent(t *rapid.T, now lead.Time) lead.Event {
	e := companyMessage(t)
	// One may be known by a browser alone, and later be found to be somebody.
	if browser := rapid.IntRange(0, 7).Draw(t, "browser"); browser < 4 {
		e.AnonymousID = fmt.Sprint("browser ", browser/2)
		if browser%2 == 0 {
			e.UserID = ""
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "backfill") == 0 {
		e.Backfill, e.Occurred, e.Origin = true, now-lead.Time(rapid.IntRange(1, 5).Draw(t, "ago")), lead.Import
	}
	return e
}

func companyMessage(t *rapid.T) lead.Event {
	user := rapid.SampledFrom(companyPeople).Draw(t, "user")
	switch rapid.IntRange(0, 5).Draw(t, "event") {
	case 0:
		return visits(user)
	case 1:
		company := rapid.SampledFrom([]string{"corp.example", "other.example"}).Draw(t, "company")
		return colleague(user, user+"@"+company, "")
	}
	traits := map[string]any{}
	for _, trait := range []string{"tier", "seats"} {
		if rapid.Bool().Draw(t, trait) {
			traits[trait] = rapid.SampledFrom([]any{"pro", 80.0, nil}).Draw(t, "value")
		}
	}
	return group(user, rapid.SampledFrom([]string{"corp.example", "g1"}).Draw(t, "account"), traits)
}

// liveAsCompanies leads a life, in which reopen is what is left of a store whose
// program died.
func (h *house) liveAsCompanies(days []companyDay, reopen func(*house) *house) *house {
	h.Helper()
	if h.judged == nil {
		h.judged = robots{}
	}
	for _, d := range days {
		h.clock.now += d.after
		if len(d.events) > 0 {
			h.say(slices.Clone(d.events)...)
			h.listen()
		}
		if d.corrects != nil {
			h.sweep() // a portrait reads no state of an older version
			h.correct(*d.corrects, h.judged)
		}
		if ids := h.surviving(); d.erases >= 0 && len(ids) > 0 {
			if _, err := h.Erase(context.Background(), is(ids[d.erases%len(ids)]), h.act(), someone); err != nil {
				h.Fatal(err)
			}
		}
		if d.publishes >= 0 {
			h.publish(tierEditions[d.publishes], true, true)
		}
		if d.sweeps {
			h.sweep()
		}
		if d.told < 0 {
			h.spread()
		} else if d.told > 0 {
			if err := h.TellSome(context.Background(), d.told); err != nil {
				h.Fatal(err)
			}
		}
		if d.dies && reopen != nil {
			h = reopen(h)
		}
	}
	h.spread()
	h.sweep()
	return h
}

// listen remembers the group calls that came into the log, as an erasure takes out
// only who said them.
func (h *house) listen() {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		log, err := s.Log(h.heardTo, 10_000)
		for _, e := range log {
			h.heardTo = e.Seq
			if err := e.Open(); err != nil {
				return err
			}
			if e.Type == lead.Group {
				h.heard = append(h.heard, e)
			}
		}
		return err
	})
}

// lastWords is, computed from what was heard alone, the last word on each trait of
// each company.
func (h *house) lastWords() map[string]map[string]any {
	words := map[string]map[string]any{}
	heard := slices.SortedFunc(slices.Values(h.heard), func(a, b lead.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	for _, e := range heard {
		if words[e.GroupID] == nil {
			words[e.GroupID] = map[string]any{}
		}
		for name, value := range e.Traits {
			words[e.GroupID][name] = value
		}
	}
	return words
}

// checkWords compares what is kept of each company, and what each of its people knows
// of it, with the last words of the log; and gives all that in words.
func (h *house) checkWords() string {
	h.Helper()
	var b strings.Builder
	words := h.lastWords()
	who := map[lead.ID]string{} // a node that begins anew skips ids
	for _, user := range companyPeople {
		who[h.who(lead.User, user)] = user
	}
	h.read(func(s store.Snapshot) error {
		accounts, err := s.AccountList("", 100)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			facts, err := lead.DecodeFacts(a.Facts)
			if err != nil {
				return err
			}
			if d := cmp.Diff(words[a.Name], facts.Traits()); len(facts)+len(words[a.Name]) > 0 && d != "" {
				h.Errorf("the traits of %s are not the last words:\n%s", a.Name, d)
			}
			ids, err := s.MembersOf(a.Name, 0, 100)
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, a.Name, a.Change, facts.Traits(), len(ids))
			var lines []string
			for _, id := range ids {
				state := h.stateOf(id)
				for slot, a := range h.engine().Plan().Attributes[playbook.Builtins:] {
					name, kind := a.Name, a.Kind
					known := state.Attribute(playbook.Builtins + slot)
					lines = append(lines, fmt.Sprint(who[id], " ", name, " ", known))
					raw, said := words[a.Name][name]
					if want, readable := lead.Convert(raw, kind); said && readable && !known.Equal(want) {
						h.Errorf("%s knows %s of %s as %v, want %v", who[id], name, a.Name, known, want)
					}
				}
			}
			slices.Sort(lines)
			fmt.Fprintln(&b, strings.Join(lines, "\n"))
		}
		return nil
	})
	return b.String()
}

// However it is cut, in the end each knows the last word of its company.
func TestCompanies(t *testing.T) {
	t.Parallel()
	b := newShelf(tiers)
	rapid.Check(t, func(t *rapid.T) {
		days := companyLives().Draw(t, "life")
		h := emptyHouse(t, forLife(b, days)).liveAsCompanies(days, nil)
		words := h.checkWords()
		h.sound()
		h.enlist(rapid.IntRange(1, 50).Draw(t, "enlisted"))
		if d := cmp.Diff(words, h.checkWords()); d != "" {
			t.Fatalf("what was known was changed by enlisting:\n%s", d)
		}
		h.soundAccounts()
	})
}

// However a workspace came about that is older than accounts, in the end each knows
// the last word of its company that is in the log.
func TestCompaniesFromBeforeAccounts(t *testing.T) {
	t.Parallel()
	b := newShelf(tiers)
	rapid.Check(t, func(t *rapid.T) {
		days := companyLives().Draw(t, "life")
		early := rapid.IntRange(0, len(days)).Draw(t, "early")
		h := emptyHouse(t, forLife(b, days)).liveAsCompanies(days[:early], nil)
		h.forgetAccounts()
		h.heard, h.heardTo = nil, 0 // with whom was erased, what they said
		h.listen()
		for i := early; i < len(days); i++ {
			days[i].erases = -1 // it takes out words that nobody took notes of
		}
		h = h.liveAsCompanies(days[early:], nil)
		h.enlist(rapid.IntRange(1, 50).Draw(t, "enlisted"))
		h.spread()
		h.checkWords()
		h.sound()
	})
}

// forLife is a shelf for a life: the versions that are published in one are no
// other's.
func forLife(b *shelf, days []companyDay) *shelf {
	if slices.ContainsFunc(days, func(d companyDay) bool { return d.publishes >= 0 }) {
		return newShelf(b.source)
	}
	return b
}

// The same lives come to the same in every store, with the program killed between
// slices; also if nobody had taken notes of accounts, and the log makes them known.
func TestCompaniesInEveryStore(t *testing.T) {
	t.Parallel()
	b := newShelf(tiers)
	database := cluster.URL(t)
	draw := companyLives()
	for seed := range 6 {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			days := draw.Example(seed)
			dir := t.TempDir()
			openings := []func(c *clock) store.Store{
				nil,
				func(c *clock) store.Store { return openSQLite(t, dir, c) },
				func(c *clock) store.Store { return openPostgres(t, database, fmt.Sprint("company_", seed), c) },
			}
			var came []string
			for _, open := range openings {
				c := &clock{midday}
				b := forLife(b, days)
				var h *house
				if open == nil {
					h = furnish(t, memory.New(c.read), c, b).liveAsCompanies(days, nil)
				} else {
					h = furnish(t, open(c), c, b).liveAsCompanies(days, func(h *house) *house {
						if err := h.store.Close(); err != nil {
							t.Fatal(err)
						}
						again := furnish(t, open(c), c, b)
						again.sent, again.heard, again.heardTo, again.judged = h.sent, h.heard, h.heardTo, h.judged
						return again
					})
				}
				words := h.checkWords()
				h.sound()
				h.forgetAccounts()
				h.heard, h.heardTo = nil, 0
				h.listen()
				h.enlist(5)
				h.spread()
				came = append(came, words+h.checkWords())
				h.sound()
				if err := h.store.Close(); err != nil {
					t.Error(err)
				}
			}
			for i, name := range []string{"SQLite", "PostgreSQL"} {
				if d := cmp.Diff(came[0], came[i+1]); d != "" {
					t.Errorf("memory and %s differ:\n%s", name, d)
				}
			}
		})
	}
}
