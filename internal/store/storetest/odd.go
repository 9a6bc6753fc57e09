package storetest

import (
	"fmt"
	"strings"

	"galena/internal/lead"
	"galena/internal/store"
)

// oddTexts are what senders send.
var oddTexts = []string{
	"", " ", "\x00", "a\x00b", "a\x00c", "\x00\x00", "\ufffe", "\ufeff", "\uffff", "😀", "é", "e\u0301", "\xff\xfe", "\xed\xa0\x80",
	`'";--`, `' OR 1=1`, "%", "_", "*", "?1", "$1", ":a", "@b", `\`, "\r\n", "NULL", "null", "0", "00", "1", "1.0", "1e3", "0x10", "A", "a",
	"x'00'", "{}", strings.Repeat("ü", 5000), strings.Repeat("x", 10_000),
}

var odd = []test{
	{"odd text is kept to the byte", func(f *fixture) {
		id := f.newLeads(1)[0]
		var made []lead.Event
		var all []store.Link
		f.write(func(tx store.Tx) error {
			for i, text := range oddTexts {
				made = append(made, lead.Event{
					Lead: id, MessageID: text, Name: text, UserID: text, AnonymousID: text, GroupID: text, PreviousID: text,
					Email: text, Company: text, Phone: text, Occurred: lead.Time(i), Received: lead.Time(i), Body: []byte(text),
				})
				all = append(all, store.Link{Lead: id, Identifier: user(text), Display: text, Origin: id})
				if err := tx.Count(text, int64(i)); err != nil {
					return err
				}
				d := lead.Decision{Lead: id, Stage: text, From: text, Role: text, Event: text, Reason: text}
				if err := tx.Decide([]lead.Decision{d}); err != nil {
					return err
				}
				r := lead.Reject{MessageID: text, Code: text, Message: text, Body: []byte(text)}
				if err := tx.Reject([]lead.Reject{r}); err != nil {
					return err
				}
				k := lead.Key{Hash: [32]byte{byte(i)}, Hint: text, Kind: lead.KeyKind(text), Name: text}
				if err := tx.PutKey(&k); err != nil {
					return err
				}
				p := store.Playbook{Version: i + 1, Source: []byte(text), Note: text}
				if err := tx.PutPlaybook(p); err != nil {
					return err
				}
				if err := tx.PutLeads([]store.LeadRow{{ID: id, State: []byte(text)}}); err != nil {
					return err
				}
			}
			return firstOf(tx.Append(made), func() error { return tx.Link(all) })
		})
		p := portray(f, f.Store, id)
		one := p.Each[id]
		same(f, "identifiers", one.Identifiers, all)
		if len(p.Holders) != len(oddTexts) || len(p.Known) != len(oddTexts) {
			f.Errorf("%d identifiers and %d messages are found of %d", len(p.Holders), len(p.Known), len(oddTexts))
		}
		for i, text := range oddTexts {
			e, d, r, k, b := p.Log[i], one.Decisions[i], p.Rejects[i], p.Keys[i], p.Playbooks[i]
			for what, got := range map[string]string{
				"message": e.MessageID, "name": e.Name, "user": e.UserID, "anonymous": e.AnonymousID, "group": e.GroupID,
				"previous": e.PreviousID, "email": e.Email, "phone": e.Phone, "body": string(e.Body), "history": one.History[i].Name,
				"stage": d.Stage, "from": d.From, "role": d.Role, "event": d.Event,
				"reject message id": r.MessageID, "code": r.Code, "why": r.Message, "reject body": string(r.Body),
				"hint": k.Hint, "kind": string(k.Kind), "key name": k.Name, "source": string(b.Source), "note": b.Note,
			} {
				if got != text {
					f.Errorf("%s of %.20q came back as %.20q", what, text, got)
				}
			}
			if got, there := p.Counts.Named[text]; got != int64(i) || !there {
				f.Errorf("counter %.20q is %d, want %d", text, got, i)
			}
		}
		if got := string(p.States[id].State); got != oddTexts[len(oddTexts)-1] {
			f.Errorf("state came back as %.20q", got)
		}
	}},

	{"extreme numbers are kept", func(f *fixture) {
		id := f.newLeads(1)[0]
		const low, high = -1 << 63, 1<<63 - 1
		made := []lead.Event{
			{Lead: id, MessageID: "low", Source: low, Occurred: low, Received: low},
			{Lead: id, MessageID: "high", Source: high, Occurred: high, Received: high, Type: 255, Origin: 255},
		}
		f.append(made...)
		f.write(func(tx store.Tx) error { return tx.PutLeads([]store.LeadRow{{ID: id, WakeAt: lead.Never}}) })
		p := portray(f, f.Store, id)
		if d := difference(portrait{Log: p.Each[id].History, Due: p.Due},
			portrait{Log: made, Due: []store.LeadRow{{ID: id, WakeAt: lead.Never}}}); d != "" {
			f.Errorf("numbers differ:\n%s", d)
		}
	}},

	{"large bodies are kept", func(f *fixture) {
		id := f.newLeads(1)[0]
		e := live(id, "large", today)
		e.Body = fmt.Appendf(nil, `{"context":{"text":"%s"}}`, strings.Repeat("0123456789", 100_000))
		f.append(e)
		f.write(func(tx store.Tx) error { return tx.PutLeads([]store.LeadRow{{ID: id, State: e.Body}}) })
		p := portray(f, f.Store, id)
		if string(p.Log[0].Body) != string(e.Body) || string(p.Leads[0].State) != string(e.Body) {
			f.Errorf("a megabyte came back as %d and %d bytes", len(p.Log[0].Body), len(p.Leads[0].State))
		}
	}},

	{"an empty store answers emptily", func(f *fixture) {
		p := portray(f, f.Store, 3)
		none := person{}
		want := portrait{Counts: store.Counts{Named: map[string]int64{}}, Each: map[lead.ID]person{0: none, 1: none, 2: none, 3: none}}
		if d := difference(p, want); d != "" {
			f.Errorf("an empty store holds something:\n%s", d)
		}
		for what, missing := range map[string]bool{
			"Known": p.Known == nil, "Surviving": p.Surviving == nil, "States": p.States == nil, "Find": p.Holders == nil, "Counts": p.Counts.Named == nil,
		} {
			if missing {
				f.Errorf("%s gives no map; a caller may want to write into it", what)
			}
		}
	}},

	{"empty inputs do nothing", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		f.write(func(tx store.Tx) error {
			id, err := tx.NewLeads(0)
			if id != 0 {
				f.Errorf("no new leads begin at %d", id)
			}
			for _, e := range []error{
				tx.Lock(nil), tx.Append(nil), tx.Append([]lead.Event{}), tx.Link(nil), tx.PutLeads(nil), tx.Join(nil),
				tx.Decide(nil), tx.Reject(nil),
			} {
				err = firstOf(err, func() error { return e })
			}
			return err
		})
		f.write(func(store.Tx) error { return nil })
		f.read(func(s store.Snapshot) error {
			known, err := s.Known(nil)
			found, err2 := s.Find(nil)
			surviving, err3 := s.Surviving(nil)
			states, err4 := s.States(nil)
			if len(known)+len(found)+len(surviving)+len(states) > 0 {
				f.Errorf("asked for nothing: %v %v %v %v", known, found, surviving, states)
			}
			return firstOf(err, func() error {
				return firstOf(err2, func() error { return firstOf(err3, func() error { return err4 }) })
			})
		})
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("empty inputs changed the store:\n%s", d)
		}
	}},
}
