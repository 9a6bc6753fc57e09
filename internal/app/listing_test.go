package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

const fadingBook = `
galena: 1
name: Fading
time_zone: UTC
attributes:
  called: {type: text, from: name}
  country: {type: text}
  employees: {type: number}
  topics: {type: list}
  renews: {type: time}
  studies: {type: bool}
signals:
  visit: {label: visited us, event: Visit}
  demo: {label: asked for a demo, event: Demo}
segments:
  large: {label: is of a large company, when: employees >= 50 && !studies}
scores:
  fit:
    rules:
      - {name: size, label: 50 employees or more, when: employees >= 50, points: 20}
  keen:
    decay: {half_life: 7d}
    rules:
      - {on: visit, points: 10}
      - {on: demo, points: 45.4}
      - {name: quiet, label: nothing for a while, silence: 3d, of: visit, points: -5, decay: none}
totals:
  score: {sum: [fit, keen], cap: 70}
stages:
  - {name: Lead, role: identified, when: reachable && count(visit) >= 1}
  - {name: MQL, role: qualified, when: score >= 60}
  - {name: Patient, role: ready, when: reachable && since(demo) >= 2d}
exclusions:
  student: {when: studies}
`

// keepUp does what a server does every now and then.
func (o *office) keepUp() {
	o.Helper()
	for over := false; !over; {
		progress, err := o.Sweep(o.Context())
		if err != nil {
			o.Fatal(err)
		}
		over = progress.Over
	}
	if err := o.Follow(o.Context()); err != nil {
		o.Fatal(err)
	}
}

func (o *office) checkListing() {
	o.Helper()
	c, err := o.VerifyListing(o.Context())
	if err != nil || !c.Lag.None() || len(c.Found) > 0 {
		o.Fatalf("the listing: %+v, %v", c, err)
	}
}

// Whatever happens to leads, and however late the listing follows, it shows in the
// end what their states say.
func TestTheListingFollows(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 7))
			o := openWith(t, fadingBook)
			version := 1
			joined := []lead.ID{}
			for range 60 {
				who := func() string { return fmt.Sprint("u", random.IntN(8)) }
				browser := func() string { return fmt.Sprint("b", random.IntN(12)) }
				switch random.IntN(12) {
				case 0, 1, 2, 3:
					o.say(visit(browser()), lead.Event{Name: "Demo", AnonymousID: browser()})
				case 4, 5:
					name := who()
					o.say(identify(name, browser(), name+"@corp.example", map[string]any{
						"employees": random.IntN(99), "studies": random.IntN(9) == 0, "name": "Ada " + name, "country": []string{"DE", "fr"}[random.IntN(2)]}))
				case 6:
					o.clock.now = o.clock.now.Add(random.Int64N(5 * lead.Day))
				case 7:
					_, _ = o.Erase(t.Context(), app.Ref{UserID: who()}, eve) // who is there
				case 8:
					if m, err := o.Merge(t.Context(), app.Ref{UserID: who()}, app.Ref{UserID: who()}, eve); err == nil {
						joined = append(joined, m.Lead)
					}
				case 9:
					for _, id := range joined {
						for child := range lead.ID(40) {
							if child != id {
								_, _ = o.Unmerge(t.Context(), child, eve)
							}
						}
					}
				case 10:
					next := strings.Replace(fadingBook, "points: 20", fmt.Sprint("points: ", 20+random.IntN(30)), 1)
					if p, err := o.Publish(t.Context(), app.Proposal{Source: []byte(next), Base: version, Apply: true, Effects: true}); err == nil {
						version = p.Version
						o.clock.now += 2
					}
				default:
					if random.IntN(2) == 0 {
						if err := o.Wake(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					o.keepUp()
					o.checkListing()
				}
			}
			o.keepUp()
			o.checkListing()
		})
	}
}

// crowd is a workspace of people of whom some are known.
func crowd(t *testing.T) *office {
	o := openWith(t, fadingBook)
	for i, name := range []string{"Ada Lovelace", "Bo Å", "Cy von O'Neill", "Dee"} {
		user := fmt.Sprint("u", i)
		o.say(identify(user, "b"+user, user+"@corp"+fmt.Sprint(i%2)+".example", map[string]any{
			"name": name, "employees": 40 + 5*i, "country": []string{"DE", "de", "FR", "Ñ"}[i], "topics": []any{"x", name}, "renews": "2026-05-01", "studies": i == 3}),
			lead.Event{Name: "Visit", UserID: user})
		for range i {
			o.say(lead.Event{Name: "Visit", UserID: user})
		}
	}
	o.say(identify("contact", "", "", nil))
	o.say(visit("stranger"))
	o.keepUp()
	return o
}

func TestLists(t *testing.T) {
	t.Parallel()
	o := crowd(t)
	for query, want := range map[string][]lead.ID{
		"":                                       {3, 2, 6, 1, 5, 4}, // -score, then -id
		"sort=score":                             {4, 5, 1, 6, 2, 3},
		"sort=name":                              {1, 2, 3, 4, 5, 6},
		"sort=-name":                             {4, 3, 2, 1, 6, 5},
		"kind=lead":                              {3, 2, 1},
		"kind=contact&kind=visitor":              {6, 5, 4},
		"stage=lead":                             {3, 2, 1},
		"stage=MQL":                              {},
		"score>=15&score<=19":                    {2},
		"fit>=20&sort=name":                      {3},
		"country=De&sort=name":                   {1, 2},
		"country!=de&sort=email":                 {3, 4, 5, 6},
		"country=*&sort=name":                    {1, 2, 3, 4},
		"country!=*&sort=last_seen":              {5, 6},
		"employees>=45&employees<=50&sort=name":  {2, 3},
		"employees=45.0":                         {2},
		"topics=x&topics~=lace":                  {1},
		"renews>=2026-05-01&sort=name":           {1, 2, 3, 4},
		"renews<=2026-04-30":                     {},
		"excluded=yes":                           {4},
		"excluded=no&kind=lead":                  {3, 2, 1},
		"account=corp1.example&sort=name":        {2, 4},
		"email_domain=CORP1.example&sort=-email": {4, 2},
		"q=lov":                                  {1},
		"q=neill+von":                            {3},
		"q=u2@corp":                              {3},
		"q=corp1&sort=name":                      {2, 4},
		"q=ove":                                  {},
		"last_seen>=-2h&sort=last_seen":          {5, 6},
		"first_seen<=2026-03-01&sort=first_seen": {1, 2, 3, 4, 5, 6},
		"stage_since>=2026-03-02":                {},
		"attribute.called=DEE":                   {4},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			v, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			q, err := app.ParseQuery(v)
			if err != nil {
				t.Fatal(err)
			}
			again, err := app.ParseQuery(q.Values())
			if err != nil || fmt.Sprint(again) != fmt.Sprint(q) {
				t.Errorf("printed and read: %+v, %v, want %+v", again, err, q)
			}
			q.Limit = 2
			var got []lead.ID
			for pages := 0; ; pages++ {
				p, err := o.Reader.List(t.Context(), q)
				if err != nil || !p.Lag.None() {
					t.Fatalf("%+v, %v", p.Lag, err)
				}
				for _, r := range p.Rows {
					got = append(got, r.ID)
				}
				if q.After = p.Next; p.Next == "" {
					break
				}
			}
			equal(t, "listed", got, want)
			n, err := o.Count(t.Context(), q)
			if err != nil || n.N != len(want) || n.More {
				t.Errorf("counted %+v, %v, want %d", n, err, len(want))
			}
		})
	}
}

func TestListsRefuse(t *testing.T) {
	t.Parallel()
	o := crowd(t)
	for query, want := range map[string]string{
		"limit=0":                       `limit="0" is not a number of rows from 1 to 500.`,
		"sort=points":                   `Lists cannot be sorted by "points". They can by score, last_seen, first_seen, stage_since, name, email, account; with a - before it from the highest down.`,
		"after=!!":                      `after="!!" is no place in a list. Take the one that the page before gave, or leave it out to begin at the beginning.`,
		"kind=robot":                    `kind="robot": a kind is visitor, contact or lead.`,
		"stage!=MQL":                    `stage!=MQL: stage is compared by =.`,
		"excluded=maybe":                `excluded="maybe": say yes or no.`,
		"score>=many":                   `score>=many: "many" is not a whole number of points.`,
		"fit~=1":                        `fit~=1: fit is compared by >= or <= or =.`,
		"last_seen>=monday":             `last_seen>=monday: "monday" is no moment. Write a date as 2026-01-31, a moment as 2026-01-31T12:00:00Z, or an age as -7d, -12h or -2w.`,
		"last_seen=-7d":                 `last_seen=-7d: last_seen is compared by >= or <=.`,
		"contry=DE":                     `contry=DE: leads have no field "contry". Did you mean "country"?`,
		"zzzzzzzz=DE":                   "zzzzzzzz=DE: leads have no field \"zzzzzzzz\". `galena playbook show` lists the attributes.",
		"country>=A":                    `country>=A: country is a text, which has no more or less. Compare it by = != or ~=.`,
		"employees=some":                `employees=some: "some" is no number, and employees is one.`,
		"country>=*":                    `country>=*: country is compared by = or !=.`,
		strings.Repeat("score>=1&", 21): `The list has 21 conditions; at most 20 are taken. Leave some out.`,
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := app.ParseQuery(v)
		if err == nil {
			_, err = o.Reader.List(t.Context(), q)
		}
		refused(t, err, fault.Invalid, want)
	}
	for _, s := range []string{"stage", "=MQL", ">=5"} {
		if _, err := app.ParseCondition(s); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", s, err)
		}
	}
	if c, err := app.ParseCondition(" score >= 60 "); err != nil || c != (app.Condition{Field: "score", Op: app.AtLeast, Value: "60"}) {
		t.Errorf("read %+v, %v", c, err)
	}
}

func TestRowsAndFacets(t *testing.T) {
	t.Parallel()
	o := crowd(t)
	p, err := o.Reader.List(t.Context(), app.Query{Sort: "name", Limit: 1, Attributes: true})
	if err != nil {
		t.Fatal(err)
	}
	want := app.Row{
		ID: 1, Kind: "lead", Name: "Ada Lovelace", Email: "u0@corp0.example", Account: "corp0.example", Stage: "Lead", StageSince: midday,
		Score: 10, Scores: map[string]int64{"fit": 0, "keen": 10, "score": 10}, FirstSeen: midday, LastSeen: midday,
		Attributes: map[string][]string{"called": {"Ada Lovelace"}, "country": {"DE"}, "employees": {"40"}, "topics": {"Ada Lovelace", "x"},
			"renews": {"2026-05-01T00:00:00.000Z"}, "studies": {"false"}, "email_domain": {"corp0.example"}},
	}
	if got := fmt.Sprintf("%+v", p.Rows[0]); got != fmt.Sprintf("%+v", want) {
		t.Errorf("row\n%s, want\n%+v", got, want)
	}
	f, err := o.Facets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "kinds", f.Kinds, []string{"visitor", "contact", "lead"})
	equal(t, "stages", f.Stages, []string{"Lead", "MQL", "Patient"})
	equal(t, "scores", f.Scores, []string{"fit", "keen", "score"})
	i := slices.IndexFunc(f.Attributes, func(a app.AttributeFacet) bool { return a.Name == "country" })
	equal(t, "countries", f.Attributes[i].Values, []string{"DE", "FR", "Ñ"})
}

// VerifyListing tells what is wrong.
func TestVerifyListing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tamper func(store.Tx) error
		want   []app.Mismatch
	}{
		"nothing": {func(store.Tx) error { return nil }, nil},
		"missing": {func(tx store.Tx) error {
			rows, err := tx.States([]lead.ID{1})
			if err != nil {
				return err
			}
			return tx.PutLeads([]store.LeadRow{{ID: 7, State: rows[1].State}})
		}, []app.Mismatch{{Lead: 7, What: "is not listed"}}},
		"too many": {func(tx store.Tx) error { return tx.PutListed([]store.ListRow{{Lead: 7}}) }, []app.Mismatch{{Lead: 7, What: "is listed, and has no state"}}},
		"different": {func(tx store.Tx) error {
			rows, err := tx.ListedAfter(1, 1)
			rows[0].Score = 99
			if err != nil {
				return err
			}
			return tx.PutListed(rows)
		}, []app.Mismatch{{Lead: 2, What: "is listed with the score 99 instead of 19"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := crowd(t)
			o.write(func(tx store.Tx) error {
				if _, err := tx.NewLeads(1); err != nil {
					return err
				}
				return c.tamper(tx)
			})
			got, err := o.VerifyListing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "found", got.Found, c.want)
		})
	}
	o := crowd(t)
	o.say(visit("somebody"))
	if c, err := o.VerifyListing(t.Context()); err != nil || c.Lag.Events != 1 || c.Rows != 0 {
		t.Errorf("trailing: %+v, %v", c, err)
	}
}

// Of several values that one field is said to be any is enough; of different fields
// all must hold.
func TestAnyOfSeveralValues(t *testing.T) {
	t.Parallel()
	o := open(t)
	for i, who := range []string{"ada", "bo", "cy"} {
		o.say(identify(who, "", who+"@corp.example", map[string]any{"employees": 10 * (i + 1), "studies": i == 2}))
	}
	o.keepUp()
	for query, want := range map[string][]string{
		"employees=10&employees=30":               {"ada@corp.example", "cy@corp.example"},
		"employees=10&employees=20&studies=false": {"ada@corp.example", "bo@corp.example"},
		"employees=10&employees!=10":              nil,
		"employees=10&employees=20&employees>=20": {"bo@corp.example"},
		"employees!=10&employees!=20":             {"cy@corp.example"},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := app.ParseQuery(values)
		if err != nil {
			t.Fatal(err)
		}
		q.Sort = "email"
		again, err := app.ParseQuery(q.Values())
		if err != nil || !slices.Equal(again.Where, q.Where) {
			t.Errorf("%s is written as %s, which says %v (%v)", query, q.Values().Encode(), again.Where, err)
		}
		page, err := o.List(t.Context(), q)
		var found []string
		for _, r := range page.Rows {
			found = append(found, r.Email)
		}
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("%s finds %v, want %v (%v)", query, found, want, err)
		}
	}
}
