package sqlite

import (
	"database/sql"

	"galena/internal/lead"
	"galena/internal/store"
)

const decisionColumns = `lead, cycle, stage, from_stage, role, nth, at, event, version, verb, recorded, silent, reason`

var (
	insertDecision = define(`INSERT INTO decisions (` + decisionColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	decisionsOfLead = define(`SELECT ` + decisionColumns + ` FROM decisions WHERE lead IN (` + family + `) ORDER BY id`)
	// What a row takes the place of is found by its lead: there are few rows of one.
	decisionsAfter = define(`SELECT d.lead, d.cycle, d.stage, d.from_stage, d.role, d.nth, d.at, d.event, d.version, d.verb, d.recorded, d.silent, d.reason,
			coalesce(was.verb, 0), coalesce(was.from_stage, ''), coalesce(was.at, 0)
		FROM decisions AS d LEFT JOIN decisions AS was ON was.id = (
			SELECT max(+of.id) FROM decisions AS of INDEXED BY decisions_lead
			WHERE of.lead = d.lead AND of.id < d.id AND of.cycle = d.cycle AND of.stage = d.stage AND of.nth = d.nth)
		WHERE d.id > ? ORDER BY d.id LIMIT ?`)
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
		return rows.Scan(decisionPlaces(d)...)
	}, int64(id))
}

func (s *snapshot) DecisionLog(after int64, limit int) ([]store.LoggedDecision, error) {
	return page(s, decisionsAfter, func(rows *sql.Rows, d *store.LoggedDecision) error {
		return rows.Scan(append(decisionPlaces(&d.Decision), &d.Was, &d.WasFrom, &d.WasAt)...)
	}, after, limit)
}

// decisionPlaces are where the columns of a decision go.
func decisionPlaces(d *lead.Decision) []any {
	return []any{&d.Lead, &d.Cycle, &d.Stage, &d.From, &d.Role, &d.Nth, &d.At, &d.Event,
		&d.Version, &d.Verb, &d.Recorded, &d.Silent, &d.Reason}
}
