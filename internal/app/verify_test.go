package app_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/store"
)

func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		tamper func(tx store.Tx, row store.LeadRow) error
		want   string // "" for nothing
	}{
		{"nothing", func(store.Tx, store.LeadRow) error { return nil }, ""},
		{"the state of somebody else", func(tx store.Tx, row store.LeadRow) error {
			rows, err := tx.States([]lead.ID{2})
			row.State = rows[2].State
			if err != nil {
				return err
			}
			return tx.PutLeads([]store.LeadRow{row})
		}, "the stored state differs from the fold of its 3 events"},
		{"an unreadable state", func(tx store.Tx, row store.LeadRow) error {
			row.State = row.State[:5]
			return tx.PutLeads([]store.LeadRow{row})
		}, "the stored state cannot be read: engine: not a state of this playbook version"},
		{"another moment to wake", func(tx store.Tx, row store.LeadRow) error {
			row.WakeAt = midday
			return tx.PutLeads([]store.LeadRow{row})
		}, "wakes at 2026-03-01T12:00:00.000Z instead of never"},
		{"a decision that nobody made", func(tx store.Tx, row store.LeadRow) error {
			return tx.Decide([]lead.Decision{{Lead: 1, Cycle: 2, Stage: "Lead", Nth: 1, At: midday, Verb: lead.Made}})
		}, "decision lead_1/2/Lead/1 (retracted) is not as the log has it"},
		{"a decision dated otherwise", func(tx store.Tx, row store.LeadRow) error {
			return tx.Decide([]lead.Decision{{Lead: 1, Cycle: 1, Stage: "MQL", Nth: 1, At: midday, From: "Lead", Verb: lead.Made}})
		}, "decision lead_1/1/MQL/1 (made) is not as the log has it"},
		{"a decision taken back", func(tx store.Tx, row store.LeadRow) error {
			log, err := tx.Decisions(1)
			if err != nil {
				return err
			}
			log[0].Verb = lead.Retracted
			return tx.Decide(log[:1])
		}, "decision lead_1/1/Lead/1 (reinstated) is not as the log has it"},
		{"an event slipped in", func(tx store.Tx, row store.LeadRow) error {
			return tx.Append([]lead.Event{{
				Lead: 1, MessageID: "slipped in", Type: lead.Track, Name: "Visit", UserID: "u1", Origin: lead.Browser, Occurred: midday, Received: midday,
			}})
		}, "the stored state differs from the fold of its 4 events"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.say(visit("a1"))
			o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"employees": 80}), visit("a2"))
			o.say(lead.Event{Name: "Demo", UserID: "u1"})
			o.write(func(tx store.Tx) error {
				rows, err := tx.States([]lead.ID{1})
				if err != nil {
					return err
				}
				return c.tamper(tx, rows[1])
			})
			n, found, err := o.Verify(t.Context())
			if err != nil || n != 2 {
				t.Errorf("looked at %d: %v", n, err)
			}
			var want []app.Mismatch
			if c.want != "" {
				want = append(want, app.Mismatch{Lead: 1, What: c.want})
			}
			equal(t, "found", found, want)
		})
	}
}
