package postgres

import (
	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
)

const decisionColumns = `lead, cycle, stage, from_stage, role, nth, at, event, version, verb, recorded, silent, reason`

var (
	insertDecisions = define(`
		WITH taken AS (
			UPDATE workspace SET last_decision = last_decision + $1::bigint RETURNING last_decision - $1::bigint AS before
		)
		INSERT INTO decisions (id, ` + decisionColumns + `)
		SELECT before + place, ` + decisionColumns + `
		FROM taken, unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[],
			$10::bigint[], $11::smallint[], $12::bigint[], $13::boolean[], $14::text[])
			WITH ORDINALITY AS d(` + decisionColumns + `, place)`)
	decisionsOfLead = define(`SELECT ` + decisionColumns + ` FROM decisions WHERE lead = ANY(ARRAY(` + family + `)) ORDER BY id`)
	// What a row takes the place of is found by its lead, of which there are few rows:
	// the sums keep old figures from finding it by the ids instead.
	decisionsAfter = define(`SELECT d.lead, d.cycle, d.stage, d.from_stage, d.role, d.nth, d.at, d.event, d.version, d.verb, d.recorded, d.silent, d.reason,
			coalesce(was.verb, 0), coalesce(was.from_stage, ''), coalesce(was.at, 0)
		FROM (SELECT * FROM decisions WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint) AS d LEFT JOIN LATERAL (
			SELECT verb, from_stage, at FROM decisions AS earlier
			WHERE earlier.lead = d.lead AND earlier.id + 0 < d.id AND earlier.cycle = d.cycle AND earlier.stage = d.stage AND earlier.nth = d.nth
			ORDER BY earlier.id + 0 DESC LIMIT 1) AS was ON true
		ORDER BY d.id`)
)

func (t *tx) Decide(decisions []lead.Decision) error {
	leads := make([]lead.ID, len(decisions))
	for i := range decisions {
		leads[i] = decisions[i].Lead
	}
	if err := t.requireExisting(leads); err != nil {
		return err
	}
	t.decisions = append(t.decisions, decisions...)
	return nil
}

// decisionSteps write the decisions that wait.
func (t *tx) decisionSteps() []step {
	n := len(t.decisions)
	if n == 0 {
		return nil
	}
	leads, cycles, nths := make([]int64, n), make([]int64, n), make([]int64, n)
	ats, versions, recorded, verbs := make([]int64, n), make([]int64, n), make([]int64, n), make([]int16, n)
	silent := make([]bool, n)
	stages, froms, roles, events := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	reasons := make([]string, n)
	for i := range t.decisions {
		d := &t.decisions[i]
		leads[i], cycles[i], nths[i] = int64(d.Lead), int64(d.Cycle), int64(d.Nth)
		ats[i], versions[i], recorded[i], verbs[i] = int64(d.At), int64(d.Version), int64(d.Recorded), int16(d.Verb)
		silent[i] = d.Silent
		stages[i], froms[i], roles[i], events[i] = pack(d.Stage), pack(d.From), pack(d.Role), pack(d.Event)
		reasons[i] = pack(d.Reason)
	}
	t.decisions = t.decisions[:0]
	return []step{{query: insertDecisions, args: []any{
		int64(n), leads, cycles, stages, froms, roles, nths, ats, events, versions, verbs, recorded, silent, reasons,
	}}}
}

func (t *tx) Decisions(id lead.ID) ([]lead.Decision, error) {
	if err := t.run(t.decisionSteps()...); err != nil {
		return nil, err
	}
	return t.snapshot.Decisions(id)
}

func (s *snapshot) Decisions(id lead.ID) ([]lead.Decision, error) {
	return list(s, decisionsOfLead, scanDecision, int64(id))
}

func (t *tx) DecisionLog(after int64, limit int) ([]store.LoggedDecision, error) {
	if err := t.run(t.decisionSteps()...); err != nil {
		return nil, err
	}
	return t.snapshot.DecisionLog(after, limit)
}

func (s *snapshot) DecisionLog(after int64, limit int) ([]store.LoggedDecision, error) {
	return page(s, decisionsAfter, func(rows pgx.Rows, d *store.LoggedDecision) error {
		if err := rows.Scan(append(decisionPlaces(&d.Decision), (*uint8)(&d.Was), &d.WasFrom, (*int64)(&d.WasAt))...); err != nil {
			return err
		}
		return unpackAll(&d.Stage, &d.From, &d.Role, &d.Event, &d.Reason, &d.WasFrom)
	}, after, limit)
}

func scanDecision(rows pgx.Rows, d *lead.Decision) error {
	if err := rows.Scan(decisionPlaces(d)...); err != nil {
		return err
	}
	return unpackAll(&d.Stage, &d.From, &d.Role, &d.Event, &d.Reason)
}

// decisionPlaces are where the columns of a decision go.
func decisionPlaces(d *lead.Decision) []any {
	return []any{(*int64)(&d.Lead), &d.Cycle, &d.Stage, &d.From, &d.Role, &d.Nth, (*int64)(&d.At), &d.Event,
		&d.Version, (*uint8)(&d.Verb), (*int64)(&d.Recorded), &d.Silent, &d.Reason}
}
