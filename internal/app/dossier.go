package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"galena/internal/engine"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/store"
)

const (
	// courseMoments is how many moments the course of a dossier has.
	courseMoments = 48
	// maxColleagues is how many people of an account a dossier looks at, maxDoubles
	// how many possible duplicates it names.
	maxColleagues = 50
	maxDoubles    = 5
)

// Dossier is all that is known of a lead, read at one moment.
type Dossier struct {
	Lead Lead
	// Seq is the place of the log up to which all of it is told; see News.
	Seq int64
	// Name is how the person is called by the last event that says it, "" if none does.
	Name string
	// Entered are the latest decisions that stand, by stage, of the present cycle.
	Entered map[string]lead.Decision
	Joins   []store.Join
	Notes   []Note
	Consent ConsentRecord
	// Long says that there are more events than a page can be made of: what is told by
	// them is left out, from Why to Quality, and they are from the Timeline.
	Long bool
	// Why is where the points come from, by what is known now.
	Why Explanation
	// Course are the scores since the lead was first seen.
	Course    []engine.Reading
	Prospects []engine.Prospect
	Timeline  []Entry
	Older     lead.Time // see Timeline
	// First and Last are the touches by which the person came first and last; nil
	// where no event says anything about it.
	First, Last *Touch
	// Colleagues are people of the same account, those with the highest main score
	// first, of the first maxColleagues; More says that there are others.
	Colleagues []*Lead
	More       bool
	Quality    Quality
	Doubles    []Double
	work       work
}

// Touch is how somebody came.
type Touch struct {
	At                                      lead.Time
	Source, Medium, Campaign, Term, Content string
	Referrer, Page                          string
}

// Quality is what can be known today about how good the data is.
type Quality struct {
	Missing  []string // labels of attributes without a value
	FreeMail bool     // the address tells no company
	// Robots is how many of Messages were judged to be made by robots.
	Robots, Messages int
}

// Double is somebody who may be the same person.
type Double struct {
	Lead *Lead
	// Shared is what the two have in common: "email", "phone" or "name".
	Shared string
}

// Dossier gathers what is known of a lead.
func (r *Reader) Dossier(ctx context.Context, ref Ref) (*Dossier, error) {
	d := &Dossier{}
	return d, r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
		if err != nil {
			return err
		}
		now, err := snap.Now()
		if err != nil {
			return err
		}
		if d.Seq, err = snap.LastSeq(); err != nil {
			return err
		}
		chain, err := r.versions.Chain(snap)
		if err != nil {
			return err
		}
		if err := r.present(snap, d, id, now); err != nil {
			return err
		}
		d.Long = d.Lead.Events > maxTold
		c, _, err := r.chronicle(snap, id, d.Long)
		if err != nil {
			return err
		}
		defer func() { d.work = c.work }()
		d.Joins, d.Notes = c.joins, c.notes
		d.Entered = map[string]lead.Decision{}
		for _, x := range c.standing {
			if x.Cycle == d.Lead.Cycle {
				d.Entered[x.Stage] = x
			}
		}
		if d.Long {
			if d.Timeline, d.Older, err = c.page(0); err != nil {
				return err
			}
			return r.company(snap, d, nil, now)
		}
		var moments []lead.Time
		if len(c.events) > 0 && c.events[0].Effective() < now {
			moments = steps(c.events[0].Effective(), now, courseMoments)
		}
		d.Why = Explanation{Lead: id, Known: KnownNow}
		d.Why.Explanation, d.Course = c.explain(chain, now, moments)
		c.given = givenBy(d.Why.Explanation, r.MainScore())
		if d.Timeline, d.Older, err = c.page(0); err != nil {
			return err
		}
		if err := c.consents(&d.Consent); err != nil {
			return err
		}
		d.Name = nameIn(c.events)
		if d.First, d.Last, err = c.touches(); err != nil {
			return err
		}
		d.Quality = r.quality(c, &d.Lead)
		return r.company(snap, d, c.record, now)
	})
}

// present reads the lead as it is, with what would move it on.
func (r *Reader) present(snap store.Snapshot, d *Dossier, id lead.ID, now lead.Time) error {
	rows, err := snap.States([]lead.ID{id})
	if err != nil {
		return err
	}
	e, s, err := r.stateAt(snap, rows[id], now)
	if err != nil {
		return err
	}
	links, err := snap.Identifiers(id)
	if err != nil {
		return err
	}
	d.Lead, d.Consent.Standing = *show(e, id, s, links), s.Consents()
	d.Prospects = e.Prospects(s)
	return nil
}

// nameIn is the name that the last event tells which tells any.
func nameIn(events []lead.Event) string {
	for i := len(events) - 1; i >= 0; i-- {
		traits := events[i].Traits
		if traits == nil || events[i].Type != lead.Identify {
			continue
		}
		text := func(names ...string) string {
			for _, n := range names {
				if s, ok := traits[n].(string); ok && strings.TrimSpace(s) != "" {
					return strings.TrimSpace(s)
				}
			}
			return ""
		}
		if name := cmp.Or(text("name", "full_name", "fullName"), strings.TrimSpace(text("first_name", "firstName", "firstname")+" "+text("last_name", "lastName", "lastname"))); name != "" {
			return name
		}
	}
	return ""
}

// touches finds how somebody came first and last. The first touch is the first
// event that says anything about it; later ones count where a campaign or another
// site brought the person. No more events are opened than it takes to find them.
func (c *chronicle) touches() (first, last *Touch, err error) {
	for i := 0; i < len(c.events) && first == nil; i++ {
		if first, _, err = c.touch(&c.events[i], "campaign", "referrer", "url", "path"); err != nil {
			return nil, nil, err
		}
	}
	for i := len(c.events) - 1; i >= 0 && last == nil; i-- {
		t, brought, err := c.touch(&c.events[i], "campaign", "referrer", "utm_")
		if err != nil {
			return nil, nil, err
		}
		if brought {
			last = t
		}
	}
	return first, last, nil
}

// touch is what a message says about how somebody came, nil if that is nothing, as
// where it mentions none of some words; and whether a campaign or another site
// brought the person.
func (c *chronicle) touch(e *lead.Event, words ...string) (t *Touch, brought bool, err error) {
	if e.Type >= lead.Act || !mentions(e.Body, words...) {
		return nil, false, nil
	}
	if e, err = c.whole(e); err != nil {
		return nil, false, err
	}
	campaign, page := rule.CampaignOf(e), rule.PageOf(e)
	text := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	t = &Touch{At: e.Occurred, Source: text(campaign, "source"), Medium: text(campaign, "medium"), Campaign: text(campaign, "name"),
		Term: text(campaign, "term"), Content: text(campaign, "content"), Referrer: text(page, "referrer"),
		Page: cmp.Or(text(page, "url"), text(page, "path"))}
	brought = t.Source != "" || t.Campaign != "" || t.Referrer != "" && !sameSite(t.Referrer, text(page, "url"))
	if !brought && t.Page == "" {
		return nil, false, nil
	}
	return t, brought, nil
}

// sameSite says whether a referrer is a page of the same site.
func sameSite(referrer, page string) bool {
	host := func(address string) string {
		_, rest, _ := strings.Cut(address, "://")
		host, _, _ := strings.Cut(rest, "/")
		return strings.ToLower(host)
	}
	return host(referrer) == host(page)
}

func (r *Reader) quality(c *chronicle, l *Lead) Quality {
	q := Quality{}
	plan := r.Plan()
	for slot := playbook.Builtins; slot < len(plan.Attributes); slot++ {
		a := &plan.Attributes[slot]
		if _, known := l.Attributes[a.Name]; !known && slot != plan.Persona && !pipeline.NamesPerson(a) {
			q.Missing = append(q.Missing, cmp.Or(a.Label, a.Name))
		}
	}
	for _, address := range l.Emails {
		match, _, ok := identity.Email(address)
		q.FreeMail = ok && identity.Company(match) == ""
		break // the first is the one that the playbook knows
	}
	for i := range c.record {
		if e := &c.record[i]; e.Type < lead.Act {
			q.Messages++
			if c.robots[e.Seq] {
				q.Robots++
			}
		}
	}
	return q
}

// company looks for colleagues, and for who may be the same person.
func (r *Reader) company(snap store.Snapshot, d *Dossier, record []lead.Event, now lead.Time) error {
	claimed, err := r.claimed(snap, d.Lead.ID, record)
	if err != nil {
		return err
	}
	ids := claimed.ids()
	members := 0
	if d.Lead.Account != "" {
		of, err := snap.MembersOf(d.Lead.Account, 0, maxColleagues+1)
		if err != nil {
			return err
		}
		members = min(len(of), maxColleagues)
		d.More = len(of) > maxColleagues
		ids = append(of[:members], ids...)
	}
	rows, err := snap.States(ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		row, there := rows[id]
		if id == d.Lead.ID || !there {
			continue
		}
		delete(rows, id) // once
		l, err := r.view(snap, row, now)
		if err != nil {
			return err
		}
		if i < members {
			d.Colleagues = append(d.Colleagues, l)
		}
		shared := claimed[id]
		if shared == "" && i < members && sameName(&d.Lead, l) {
			shared = "name"
		}
		if shared != "" && len(d.Doubles) < maxDoubles {
			d.Doubles = append(d.Doubles, Double{l, shared})
		}
	}
	score := r.MainScore()
	slices.SortStableFunc(d.Colleagues, func(a, b *Lead) int { return cmp.Compare(b.Scores[score], a.Scores[score]) })
	return nil
}

// claims tell by whose lead an identifier is held that another's events name, and
// of which kind it is.
type claims map[lead.ID]string

func (c claims) ids() []lead.ID {
	var ids []lead.ID
	for id := range c {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// claimed finds who has an address or a number that events of a lead say is this
// person's.
func (r *Reader) claimed(snap store.Snapshot, id lead.ID, record []lead.Event) (claims, error) {
	var said []lead.Identifier
	for i := range record {
		for _, x := range []lead.Identifier{{Kind: lead.Email, Value: record[i].Email}, {Kind: lead.Phone, Value: record[i].Phone}} {
			if x.Value != "" && len(said) < maxColleagues && !slices.Contains(said, x) {
				said = append(said, x)
			}
		}
	}
	holders, err := snap.Find(said)
	if err != nil {
		return nil, err
	}
	c := claims{}
	for _, x := range said {
		if of := holders[x]; of != 0 && of != id && c[of] == "" {
			c[of] = x.Kind.String()
		}
	}
	return c, nil
}

// sameName says whether two people of one account have one name, or the same one
// before the @.
func sameName(a, b *Lead) bool {
	called := func(l *Lead) string {
		text := func(name string) string { return strings.TrimSpace(l.Attributes[name].String()) }
		return cmp.Or(text("name"), strings.TrimSpace(text("first_name")+" "+text("last_name")))
	}
	if name := called(a); name != "" && strings.EqualFold(name, called(b)) {
		return true
	}
	for _, one := range a.Emails {
		for _, other := range b.Emails {
			before, _, _ := strings.Cut(one, "@")
			if same, _, _ := strings.Cut(other, "@"); strings.EqualFold(before, same) {
				return true
			}
		}
	}
	return false
}
