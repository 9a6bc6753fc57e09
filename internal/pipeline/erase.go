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
		refused, err := rejectsOf(c.tx, names)
		if err != nil {
			return o, err
		}
		o.Rejects = len(refused)
		if err := eraseNotes(c.tx, id); err != nil {
			return o, err
		}
		if err := c.leave(id); err != nil {
			return o, err
		}
		if err := c.tx.Erase(id); err != nil {
			return o, err
		}
		if err := c.tx.EraseRejects(refused); err != nil {
			return o, err
		}
		_, err = c.act(id, at, lead.ActErase, message, by)
		return o, err
	})
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

// rejectsOf finds the rejects that name a lead.
func rejectsOf(from store.Snapshot, names Names) ([]int64, error) {
	var found []int64
	for after := int64(0); ; {
		rejects, err := from.Rejects(after, pageOf)
		if err != nil || len(rejects) == 0 {
			return found, err
		}
		for i := range rejects {
			r := &rejects[i]
			if names.In(r.MessageID, r.Message, string(bytes.ToValidUTF8(r.Body, nil))) {
				found = append(found, r.Seq)
			}
		}
		after = rejects[len(rejects)-1].Seq
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
