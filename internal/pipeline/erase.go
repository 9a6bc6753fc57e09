package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"galena/internal/lead"
	"galena/internal/store"
)

// pageOf is how many rejects or events are read at once when all are gone through.
const pageOf = 500

// Erase takes a person out of the workspace: see store.Tx.Erase. Rejects that
// name them are emptied, too, and notes about them go. What stays is the act, which names nobody, and the
// changes of stage without a person.
func (p *Pipeline) Erase(ctx context.Context, who Who, message string, by lead.Signature) (Outcome, error) {
	return p.correct(ctx, func(c *commit) (Outcome, error) {
		id, at, err := c.seize(who)
		if err != nil {
			return Outcome{}, err
		}
		o := Outcome{Lead: id}
		record, err := c.tx.History(id)
		if err != nil {
			return o, err
		}
		o.Events = len(record)
		names, err := NamesOf(c.tx, id)
		if err != nil {
			return o, err
		}
		var who Crowd
		who.add(names)
		refused, _, err := who.rejects(ctx, c.tx, 0)
		if err != nil {
			return o, err
		}
		o.Rejects = len(refused)
		if err := c.tx.EraseRejects(refused); err != nil {
			return o, err
		}
		return o, c.erase(id, at, message, by)
	})
}

// erase takes a lead out, but for the rejects that name it.
func (c *commit) erase(id lead.ID, at lead.Time, message string, by lead.Signature) error {
	if err := eraseNotes(c.tx, id); err != nil {
		return err
	}
	if err := c.leave(id); err != nil {
		return err
	}
	if err := c.tx.Erase(id); err != nil {
		return err
	}
	_, err := c.act(id, at, lead.ActErase, message, by)
	return err
}

// Names are what a text is searched for to tell whether it names a lead.
type Names struct {
	anywhere []string // addresses and numbers, in lower case
	quoted   []string // ids, which may be as short as "7": as a JSON string only
}

// NamesOf gathers what a lead is known by.
func NamesOf(from store.Snapshot, id lead.ID) (Names, error) {
	links, err := from.Identifiers(id)
	var n Names
	for _, l := range links {
		switch l.Identifier.Kind {
		case lead.User, lead.Anonymous:
			n.quoted = append(n.quoted, strings.ToLower(strconv.Quote(l.Identifier.Value)))
		default:
			n.anywhere = append(n.anywhere, strings.ToLower(l.Identifier.Value))
			if l.Display != "" {
				n.anywhere = append(n.anywhere, strings.ToLower(l.Display))
			}
		}
	}
	return n, err
}

// In says whether any of the texts names the lead, whatever their case and
// however JSON escapes them.
func (n *Names) In(texts ...string) bool {
	for _, text := range texts {
		text = strings.ToLower(text)
		if strings.ContainsRune(text, '\\') {
			text = unescaped(text)
		}
		for _, name := range n.anywhere {
			if strings.Contains(text, name) {
				return true
			}
		}
		for _, name := range n.quoted {
			if strings.Contains(text, name) || text == name[1:len(name)-1] {
				return true
			}
		}
	}
	return false
}

// unescaped reads the \u escapes of JSON in a text that may be cut or broken.
func unescaped(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\u`)
		b.WriteString(before)
		if !found {
			return strings.ReplaceAll(b.String(), `\/`, `/`)
		}
		n := min(4, len(after))
		var r string
		if err := json.Unmarshal([]byte(`"\u`+after[:n]+`"`), &r); err != nil {
			b.WriteString(`\u`)
			n = 0
		}
		b.WriteString(strings.ToLower(r))
		text = after[n:]
	}
}

// Crowd is what a text is searched for to tell whether it names any of some leads.
// Their ids are looked up, so that it takes no longer for many than for one.
type Crowd struct {
	ids  map[string]bool // in quotes
	rest Names
}

func (all *Crowd) add(n Names) {
	all.rest.anywhere = append(all.rest.anywhere, n.anywhere...)
	for _, quoted := range n.quoted {
		if strings.Contains(quoted, `\`) {
			all.rest.quoted = append(all.rest.quoted, quoted)
			continue
		}
		if all.ids == nil {
			all.ids = map[string]bool{}
		}
		all.ids[quoted] = true
	}
}

// in says whether any of the texts names one of the leads; see Names.In.
func (all *Crowd) in(texts ...string) bool {
	if len(all.rest.anywhere)+len(all.rest.quoted) > 0 && all.rest.In(texts...) {
		return true
	}
	for _, text := range texts {
		text = strings.ToLower(text)
		if strings.ContainsRune(text, '\\') {
			text = unescaped(text)
		}
		if all.ids[`"`+text+`"`] {
			return true
		}
		for begin := strings.IndexByte(text, '"'); begin >= 0; {
			length := strings.IndexByte(text[begin+1:], '"')
			if length < 0 {
				break
			}
			if all.ids[text[begin:begin+length+2]] {
				return true
			}
			begin += length + 1
		}
	}
	return false
}

// rejects finds the rejects above a place that name any of the leads, and where the
// last of all is.
func (all *Crowd) rejects(ctx context.Context, from store.Snapshot, after int64) (found []int64, last int64, err error) {
	for last = after; ; {
		rejects, err := from.Rejects(last, pageOf)
		if err != nil || len(rejects) == 0 {
			return found, last, err
		}
		if err := ctx.Err(); err != nil {
			return found, last, err
		}
		for i := range rejects {
			r := &rejects[i]
			if all.in(r.MessageID, r.Message, string(bytes.ToValidUTF8(r.Body, nil))) {
				found = append(found, r.Seq)
			}
		}
		last = rejects[len(rejects)-1].Seq
	}
}

// Mentions finds other surviving leads whose events name a lead, with how many of
// them do. It reads the whole log.
func Mentions(ctx context.Context, from store.Snapshot, id lead.ID, names Names) (map[lead.ID]int, error) {
	found := map[lead.ID]int{}
	for after := int64(0); ; {
		events, err := from.Log(after, pageOf)
		if err != nil || len(events) == 0 {
			return found, err
		}
		if err := ctx.Err(); err != nil {
			return found, err
		}
		var ids []lead.ID
		for i := range events {
			e := &events[i]
			if e.Type < lead.Act && names.In(e.UserID, e.AnonymousID, e.PreviousID, e.Email, string(e.Body)) {
				ids = append(ids, e.Lead)
			}
		}
		surviving, err := from.Surviving(ids)
		if err != nil {
			return found, err
		}
		for _, of := range ids {
			if owner := surviving[of]; owner != id {
				found[owner]++
			}
		}
		after = events[len(events)-1].Seq
	}
}
