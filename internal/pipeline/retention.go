package pipeline

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/privacy"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// What is too old by the policy goes once a day, in a pass. How far the pass came is
// a paper, which whoever does a part of it claims: several nodes take turns, and one
// that is killed loses nothing but the part it was at.
const passPaper = "pass"

// Grace is after how long a workspace that nobody chose a policy for begins to keep
// to the one it has: whoever brings history or updates has time to choose another.
const Grace = 7 * lead.Day

// Bounds of what one part of a pass does in a commit, so that events never wait long.
const (
	maxExpired = 25   // leads that are looked at, nearly all of which go
	maxEmptied = 1000 // rejects
)

// Steps of a pass, in their order.
const (
	emptyRejects = iota
	eraseVisitors
	eraseLeads
	passOver
)

// Pass is how far one went that takes away what is too old.
type Pass struct {
	// From is before when none begins.
	From lead.Time `json:"from"`
	// Day is the first moment in UTC of the day on which it began, 0 before the first.
	Day     lead.Time `json:"day"`
	Started lead.Time `json:"started"`
	Ended   lead.Time `json:"ended"` // 0 as long as it is under way
	// Visitors and Leads are how many it erased, Rejects how many it emptied.
	Visitors int64 `json:"visitors"`
	Leads    int64 `json:"leads"`
	Rejects  int64 `json:"rejects"`

	Step int `json:"step"`
	// Place is up to where in the order of when they were seen last people were
	// looked at.
	Place *store.ListPlace `json:"place"`
	// Emptied is up to which place all rejects are emptied, of all passes.
	Emptied int64 `json:"emptied"`
}

// under says that a pass was begun and is not over.
func (p *Pass) under() bool { return p.Day != 0 && p.Ended == 0 }

// due says whether at a moment one is to be begun.
func (p *Pass) due(now lead.Time) bool { return now >= p.From && p.Day < dayOf(now) }

// begin makes it the pass of a moment.
func (p *Pass) begin(now lead.Time) {
	*p = Pass{From: p.From, Day: dayOf(now), Started: now, Emptied: p.Emptied}
}

// next goes to the next step.
func (p *Pass) next() { p.Step, p.Place = p.Step+1, nil }

func dayOf(t lead.Time) lead.Time { return t - t%lead.Time(lead.Day) }

// PassOf tells of the last pass, or of that under way.
func PassOf(from store.PaperReader) (Pass, error) {
	var p Pass
	_, err := paper.Read(from, privacyDrawer, passPaper, &p)
	return p, err
}

// PutPolicy replaces the policy. A pass keeps to it at once: one that is under way
// begins again, and there is no grace any more.
func PutPolicy(tx store.Tx, policy privacy.Policy) error {
	now, err := tx.Now()
	if err != nil {
		return err
	}
	p, err := PassOf(tx)
	if err != nil {
		return err
	}
	if p.From = now; p.under() {
		p.Step, p.Place = emptyRejects, nil
	} else {
		p.Day = 0
	}
	if err := paper.Write(tx, privacyDrawer, passPaper, &p); err != nil {
		return err
	}
	return paper.Write(tx, privacyDrawer, policyPaper, &policy)
}

// Slice is what one part of a pass came to.
type Slice struct {
	Pass
	More bool // something is left to do now
	Over bool // it was the last part of the pass
}

// Retain does the next part of a pass, if one is under way or due. Where it is asked
// for, one is due at any time.
func (p *Pipeline) Retain(ctx context.Context, asked bool) (Slice, error) {
	var e expiry
	if err := p.store.Read(ctx, func(from store.Snapshot) error {
		e = expiry{}
		return e.look(ctx, p.versions, from, asked)
	}); err != nil {
		return Slice{}, err
	}
	if e.rests {
		return Slice{Pass: e.pass}, nil
	}
	var s Slice
	_, err := p.correct(ctx, func(c *commit) (Outcome, error) {
		s = Slice{Pass: e.pass, More: true}
		held, err := c.tx.Paper(privacyDrawer, passPaper)
		if err != nil || !bytes.Equal(held, e.held) {
			return Outcome{}, err // another node was faster
		}
		if err := e.do(c, &s.Pass); err != nil {
			return Outcome{}, err
		}
		if s.Step == passOver && s.Day != 0 {
			s.Ended = c.now
		}
		s.More = s.under()
		s.Over = s.Day != 0 && !s.More
		return Outcome{}, paper.Write(c.tx, privacyDrawer, passPaper, &s.Pass)
	})
	return s, err
}

// expiry is a part of a pass: what is to be done, found without keeping anybody from
// writing.
type expiry struct {
	held   []byte // the paper of the pass
	pass   Pass
	policy privacy.Policy
	now    lead.Time
	rests  bool // nothing is due

	found []lead.ID        // who goes
	place *store.ListPlace // of the last who was looked at
	last  bool             // nobody comes after them
	// mentioned are the rejects up to the place searched that name any of them.
	mentioned []int64
	searched  int64
}

// look finds what the next part of the pass is about.
func (e *expiry) look(ctx context.Context, v *Versions, from store.Snapshot, asked bool) (err error) {
	if e.now, err = from.Now(); err != nil {
		return err
	}
	if e.held, err = from.Paper(privacyDrawer, passPaper); err != nil {
		return err
	}
	if e.pass, err = PassOf(from); err != nil {
		return err
	}
	if e.policy, err = Policy(from); err != nil {
		return err
	}
	switch {
	case e.pass.under():
	case e.held == nil && !asked:
		e.pass.From, e.pass.Step = e.now.Add(Grace), passOver
		return nil
	case asked || e.pass.due(e.now):
		e.pass.begin(e.now)
	default:
		e.rests = true
		return nil
	}
	if e.pass.Step != eraseVisitors && e.pass.Step != eraseLeads {
		return nil
	}
	q, ever := query(e.pass.Step, e.policy, e.now)
	if ever {
		e.last = true
		return nil
	}
	q.Sort, q.After, q.Limit = store.ByLastSeen, e.pass.Place, maxExpired
	part, err := from.Listed(q)
	if err != nil {
		return err
	}
	rows := part.Rows
	if e.last = part.Next == nil; len(rows) > 0 {
		place := rows[len(rows)-1].Place(store.ByLastSeen)
		e.place = &place
	}
	ids := make([]lead.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].Lead
	}
	slices.Sort(ids)
	chain, err := v.Chain(from)
	if err != nil {
		return err
	}
	if e.found, err = e.old(from, chain.Newest(), ids, func(row store.LeadRow) (*engine.State, error) {
		if len(row.State) == 0 {
			return chain.Newest().NewState(), nil
		}
		return chain.Newest().Decode(row.State)
	}); err != nil {
		return err
	}
	e.mentioned, e.searched, err = rejectsOf(ctx, from, e.found, e.pass.Emptied)
	return err
}

// rejectsOf finds the rejects above a place that name any of some leads, and where
// the last of all is.
func rejectsOf(ctx context.Context, from store.Snapshot, ids []lead.ID, after int64) ([]int64, int64, error) {
	var all Crowd
	for _, id := range ids {
		names, err := NamesOf(from, id)
		if err != nil {
			return nil, 0, err
		}
		all.add(names)
	}
	return all.rejects(ctx, from, after)
}

// query asks the listing who is too old at a moment in a step; ever says that nobody
// is by the policy.
func query(step int, policy privacy.Policy, now lead.Time) (q store.ListQuery, ever bool) {
	age := policy.Visitors
	q.Kinds = []store.ListKind{store.ListVisitor}
	if step == eraseLeads {
		age = policy.Leads
		q.Kinds = []store.ListKind{store.ListContact, store.ListLead}
	}
	before := int64(age.Before(now)) - 1
	q.LastSeen.Most = &before
	return q, age.Ever()
}

// do does the part that look found.
func (e *expiry) do(c *commit, pass *Pass) error {
	switch pass.Step {
	case emptyRejects:
		return e.emptyRejects(c, pass)
	case eraseVisitors, eraseLeads:
		return e.erase(c, pass)
	}
	return nil
}

// emptyRejects takes away the texts of the next rejects that are too old.
func (e *expiry) emptyRejects(c *commit, pass *Pass) error {
	if e.policy.Rejects.Ever() {
		pass.next()
		return nil
	}
	before := e.policy.Rejects.Before(e.now)
	rejects, err := c.tx.Rejects(pass.Emptied, maxEmptied)
	if err != nil {
		return err
	}
	var old []int64
	over := len(rejects) < maxEmptied
	for i := range rejects {
		r := &rejects[i]
		if r.Received >= before {
			over = true
			break
		}
		pass.Emptied = r.Seq
		if holdsText(r) {
			old = append(old, r.Seq)
		}
	}
	pass.Rejects += int64(len(old))
	if over {
		pass.next()
	}
	return c.tx.EraseRejects(old)
}

// holdsText says whether a reject tells more than that there was one.
func holdsText(r *lead.Reject) bool { return len(r.Body) > 0 || r.Message != "" || r.MessageID != "" }

// erase takes out those who were found, as far as they are too old still: somebody
// may have come back since.
func (e *expiry) erase(c *commit, pass *Pass) error {
	if err := c.tx.Lock(e.found); err != nil {
		return err
	}
	states := map[lead.ID]*engine.State{}
	old, err := e.old(c.tx, c.engine, e.found, func(row store.LeadRow) (s *engine.State, err error) {
		s, err = c.state(row)
		states[row.ID] = s
		return s, err
	})
	if err != nil {
		return err
	}
	mentioned, searched := e.mentioned, e.searched
	if len(old) < len(e.found) {
		mentioned, searched = nil, e.pass.Emptied
	}
	if len(old) > 0 {
		since, _, err := rejectsOf(context.Background(), c.tx, old, searched)
		if err != nil {
			return err
		}
		if err := c.tx.EraseRejects(slices.Concat(mentioned, since)); err != nil {
			return err
		}
	}
	for _, id := range old {
		if err := c.erase(id, states[id].At, message(pass, id), e.signature(pass.Step)); err != nil {
			return err
		}
	}
	if pass.Step == eraseVisitors {
		pass.Visitors += int64(len(old))
	} else {
		pass.Leads += int64(len(old))
	}
	if pass.Place = e.place; e.last {
		pass.next()
	}
	return nil
}

// old gives those of some leads whom the step erases. Whose state is of another
// version of the playbook, and cannot be read here, is among them.
func (e *expiry) old(from store.Snapshot, under *engine.Engine, ids []lead.ID, state func(store.LeadRow) (*engine.State, error)) ([]lead.ID, error) {
	rows, err := from.States(ids)
	if err != nil {
		return nil, err
	}
	var old []lead.ID
	for _, id := range ids {
		row, there := rows[id]
		if !there {
			continue // joined to somebody, or erased
		}
		s, err := state(row)
		goes := errors.Is(err, engine.ErrForeignState)
		if err == nil {
			goes, err = e.tooOld(from, under, id, s)
		}
		if err != nil && !goes {
			return nil, err
		}
		if goes {
			old = append(old, id)
		}
	}
	return old, nil
}

// message is the id of the act of an erasure: nobody is erased twice.
func message(pass *Pass, id lead.ID) string { return actOf("act:retention-"+pass.Started.String(), id) }

// signature says who erases by the policy, and why.
func (e *expiry) signature(step int) lead.Signature {
	age := e.policy.Visitors
	if step == eraseLeads {
		age = e.policy.Leads
	}
	return lead.Signature{Author: "retention", Reason: "not seen for " + age.Words()}
}

// tooOld says whether the step erases a lead.
func (e *expiry) tooOld(from store.Snapshot, under *engine.Engine, id lead.ID, s *engine.State) (bool, error) {
	age, step := e.policy.Visitors, e.pass.Step
	if step == eraseLeads {
		age = e.policy.Leads
		if _, role, _ := under.Stage(s); slices.Contains(privacy.KeptRoles, role) {
			return false, nil
		}
	}
	if (s.Kind() == "visitor") != (step == eraseVisitors) {
		return false, nil
	}
	links, err := from.Identifiers(id)
	if err != nil {
		return false, err
	}
	if step == eraseVisitors && slices.ContainsFunc(links, func(l store.Link) bool { return l.Identifier.Kind != lead.Anonymous }) {
		return false, nil
	}
	seen := s.Last
	if seen == 0 { // all that is known of them was made by robots
		last, err := from.Latest(id, 0, 1)
		if err != nil || len(last) == 0 {
			return false, err
		}
		seen = last[0].Received
	}
	return seen < age.Before(e.now), nil
}

// maxTexts is up to how many rejects are counted, each of which is read for it.
const maxTexts = 1000

// Overdue is how much would go by a policy.
type Overdue struct{ Visitors, Leads, Rejects store.ListCount }

// Any says whether anything would.
func (d *Overdue) Any() bool { return d.Visitors.N+d.Leads.N+d.Rejects.N > 0 }

// OverdueBy counts what would go by a policy at a moment, of each up to a limit. It
// asks the listing, which may trail.
func OverdueBy(from store.Snapshot, plan *playbook.Plan, policy privacy.Policy, now lead.Time, limit int) (d Overdue, err error) {
	if q, ever := query(eraseVisitors, policy, now); !ever {
		if d.Visitors, err = from.CountListed(q, limit); err != nil {
			return d, err
		}
	}
	if q, ever := query(eraseLeads, policy, now); !ever {
		if d.Leads, err = from.CountListed(q, limit); err != nil {
			return d, err
		}
		for i := range plan.Stages {
			if st := &plan.Stages[i]; slices.Contains(privacy.KeptRoles, st.Role) {
				q.Stages = append(q.Stages, st.Name)
			}
		}
		if len(q.Stages) > 0 {
			kept, err := from.CountListed(q, limit)
			if err != nil {
				return d, err
			}
			d.Leads.N = max(d.Leads.N-kept.N, 0)
		}
	}
	if policy.Rejects.Ever() {
		return d, nil
	}
	pass, err := PassOf(from)
	if err != nil {
		return d, err
	}
	before := policy.Rejects.Before(now)
	for after := pass.Emptied; ; {
		rejects, err := from.Rejects(after, pageOf)
		if err != nil {
			return d, err
		}
		for i := range rejects {
			if rejects[i].Received >= before {
				return d, nil
			}
			if d.Rejects.N == min(limit, maxTexts) {
				d.Rejects.More = true
				return d, nil
			}
			if holdsText(&rejects[i]) {
				d.Rejects.N++
			}
		}
		if len(rejects) < pageOf {
			return d, nil
		}
		after = rejects[len(rejects)-1].Seq
	}
}
