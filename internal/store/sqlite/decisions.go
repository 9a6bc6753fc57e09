package sqlite

import (
	"database/sql"

	"galena/internal/lead"
)

const decisionColumns = `lead, cycle, stage, from_stage, role, nth, at, event, version, verb, recorded, silent, reason`

var (
	insertDecision = define(`INSERT INTO decisions (` + decisionColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	decisionsOfLead = define(`SELECT ` + decisionColumns + ` FROM decisions WHERE lead IN (` + family + `) ORDER BY id`)
)

func (t *tx) Decide(decisions []lead.Decision) error {
	if len(decisions) == 0 {
		return t.err
	}
	last, err := t.lastLead()
	if err != nil {
		return err
	}
	for i := range decisions {
		d := &decisions[i]
		if d.Lead < 1 || d.Lead > last {
			return t.refuse("Decision %q is of a lead that does not exist.", d.ID())
		}
		_, err := t.exec(insertDecision, int64(d.Lead), int64(d.Cycle), d.Stage, d.From, d.Role, int64(d.Nth),
			int64(d.At), d.Event, int64(d.Version), int64(d.Verb), int64(d.Recorded), d.Silent, d.Reason)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *snapshot) Decisions(id lead.ID) ([]lead.Decision, error) {
	return list(s, decisionsOfLead, func(rows *sql.Rows, d *lead.Decision) error {
		return rows.Scan(&d.Lead, &d.Cycle, &d.Stage, &d.From, &d.Role, &d.Nth, &d.At, &d.Event,
			&d.Version, &d.Verb, &d.Recorded, &d.Silent, &d.Reason)
	}, int64(id))
}
