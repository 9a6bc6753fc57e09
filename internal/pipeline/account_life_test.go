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
	after  lead.Time
	events []lead.Event
	// told is how many people are told of what changed, -1 for all.
	told int
	// dies says that the program ends then, and begins anew.
	dies bool
}

var companyPeople = []string{"ann", "bob", "cid", "dan"}

// companyLives draws what random people say of random companies, live and as history,
// in batches, with the telling cut into slices of any size.
func companyLives() *rapid.Generator[[]companyDay] {
	return rapid.Custom(func(t *rapid.T) []companyDay {
		var days []companyDay
		now := midday
		for range rapid.IntRange(3, 25).Draw(t, "days") {
			d := companyDay{after: lead.Time(rapid.IntRange(0, 2).Draw(t, "after"))}
			now += d.after
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0, 1:
				d.told = rapid.IntRange(-1, 2).Draw(t, "told")
				d.dies = rapid.Bool().Draw(t, "dies")
			default:
				for range rapid.IntRange(1, 3).Draw(t, "together") {
					d.events = append(d.events, companyEvent(t, now))
				}
			}
			days = append(days, d)
		}
		return days
	})
}

func companyEvent(t *rapid.T, now lead.Time) lead.Event {
	user := rapid.SampledFrom(companyPeople).Draw(t, "user")
	switch rapid.IntRange(0, 5).Draw(t, "event") {
	case 0:
		return visits(user)
	case 1:
		return colleague(user, user+"@corp.example", "")
	}
	traits := map[string]any{}
	for _, trait := range []string{"tier", "seats"} {
		if rapid.Bool().Draw(t, trait) {
			traits[trait] = rapid.SampledFrom([]any{"pro", 80.0, nil}).Draw(t, "value")
		}
	}
	e := group(user, rapid.SampledFrom([]string{"corp.example", "g1"}).Draw(t, "account"), traits)
	if rapid.IntRange(0, 3).Draw(t, "backfill") == 0 {
		e.Backfill, e.Occurred, e.Origin = true, now-lead.Time(rapid.IntRange(1, 5).Draw(t, "ago")), lead.Import
	}
	return e
}

// liveAsCompanies leads a life, in which reopen is what is left of a store whose
// program died.
func (h *house) liveAsCompanies(days []companyDay, reopen func(*house) *house) *house {
	h.Helper()
	for _, d := range days {
		h.clock.now += d.after
		if len(d.events) > 0 {
			h.say(slices.Clone(d.events)...)
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
	return h
}

// lastWords is, computed from the log alone, the last word on each trait of each
// company.
func (h *house) lastWords() map[string]map[string]any {
	h.Helper()
	words := map[string]map[string]any{}
	h.read(func(s store.Snapshot) error {
		log, err := s.Log(0, 10_000)
		slices.SortFunc(log, func(a, b lead.Event) int {
			if a.Before(&b) {
				return -1
			}
			return 1
		})
		for _, e := range log {
			if err := e.Open(); err != nil {
				return err
			}
			if e.Type != lead.Group {
				continue
			}
			if words[e.GroupID] == nil {
				words[e.GroupID] = map[string]any{}
			}
			for name, value := range e.Traits {
				words[e.GroupID][name] = value
			}
		}
		return err
	})
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
				for i, name := range []string{"tier", "seats"} {
					kind := []lead.Kind{lead.Text, lead.Number}[i]
					known := state.Attribute(playbook.Builtins + i)
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
		h := emptyHouse(t, b).liveAsCompanies(companyLives().Draw(t, "life"), nil)
		h.checkWords()
		h.sound()
	})
}

// The same lives come to the same in every store, with the program killed between
// slices.
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
				var h *house
				if open == nil {
					h = furnish(t, memory.New(c.read), c, b).liveAsCompanies(days, nil)
				} else {
					h = furnish(t, open(c), c, b).liveAsCompanies(days, func(h *house) *house {
						if err := h.store.Close(); err != nil {
							t.Fatal(err)
						}
						again := furnish(t, open(c), c, b)
						again.sent = h.sent
						return again
					})
				}
				came = append(came, h.checkWords())
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
