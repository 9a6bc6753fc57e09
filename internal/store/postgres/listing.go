package postgres

import (
	"cmp"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
)

var (
	listMark = define(`SELECT seq, form, version, reached, over FROM listing_mark`)
	// What another node has claimed is left to it.
	claimListMark = define(listMark.text + ` FOR UPDATE SKIP LOCKED`)
	// Whoever has claimed the mark adds up what others have counted; nobody waits for it.
	addUpPeople = define(`WITH counted AS (DELETE FROM listing_people RETURNING kind, stage, people)
		INSERT INTO listing_people SELECT kind, stage, sum(people) FROM counted GROUP BY kind, stage HAVING sum(people) <> 0`)
	putListMark = define(`UPDATE listing_mark SET seq = $1::bigint, form = $2::bigint, version = $3::bigint, reached = $4::bigint, over = $5::boolean`)

	lastSeq = define(`SELECT coalesce(max(seq), 0) FROM events`)
	touched = define(`SELECT seq, coalesce(survivor, lead) FROM events LEFT JOIN joins ON child = lead
		WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint`)
	listDue = define(`SELECT lead FROM listing WHERE changes_at <> 0 AND changes_at <= $1::bigint ORDER BY changes_at LIMIT $2::bigint`)

	listedAfter = define(`SELECT ` + listsql.Columns + ` FROM listing WHERE lead > $1::bigint ORDER BY lead LIMIT $2::bigint`)
	putRows     = define(`INSERT INTO listing (` + listsql.Columns + `, name_key, email_key)
		SELECT lead, kind, stage, stage_since, score, scores::jsonb, grade, account, first_seen, last_seen,
			name, email, title, company, exclusion, changes_at, name_key, email_key
		FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[],
			$11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::text[], $18::text[])
			AS n(` + listsql.Columns + `, name_key, email_key)
		ON CONFLICT (lead) DO UPDATE SET kind = excluded.kind, stage = excluded.stage, stage_since = excluded.stage_since,
			score = excluded.score, scores = excluded.scores, grade = excluded.grade, account = excluded.account,
			first_seen = excluded.first_seen, last_seen = excluded.last_seen, name = excluded.name, email = excluded.email,
			title = excluded.title, company = excluded.company, exclusion = excluded.exclusion, changes_at = excluded.changes_at,
			name_key = excluded.name_key, email_key = excluded.email_key
		WHERE listing IS DISTINCT FROM excluded`)
	dropRows = define(`DELETE FROM listing WHERE lead = ANY($1::bigint[])`)

	factsOf  = define(`SELECT ` + listsql.FactColumns + ` FROM listing_facts WHERE lead = ANY($1::bigint[])`)
	putFacts = define(`INSERT INTO listing_facts (` + listsql.FactColumns + `)
		SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::float8[])`)
	dropSomeFacts = define(`DELETE FROM listing_facts AS f USING unnest($1::bigint[], $2::text[], $3::text[]) AS n(lead, name, key)
		WHERE f.lead = n.lead AND f.name = n.name AND f.key = n.key`)
	dropFacts = define(`DELETE FROM listing_facts WHERE lead = ANY($1::bigint[])`)
)

// newDialect is how queries of the listing are written for PostgreSQL.
func newDialect(b listsql.Bounds) *listsql.Dialect {
	return &listsql.Dialect{
		Bounds:   b.OrUsual(),
		Numbered: true,
		Contains: "strpos(f.key, ?) > 0",
		In:       "= ANY(?::bigint[])",
		Fenced:   true,
		Leads:    func(ids []lead.ID) any { return numbers(ids) },
	}
}

func (s *snapshot) ListMark() (m store.ListMark, err error) {
	err = s.each(listMark, func(rows pgx.Rows) error { return scanListMark(rows, &m) })
	return m, err
}

func scanListMark(rows pgx.Rows, m *store.ListMark) error {
	return rows.Scan(&m.Seq, &m.Form, &m.Version, (*int64)(&m.Reached), &m.Over)
}

func (s *snapshot) LastSeq() (seq int64, err error) {
	err = s.one(lastSeq, []any{&seq})
	return seq, err
}

func (s *snapshot) Touched(after int64, limit int) ([]lead.ID, int64, error) {
	ids, upTo, err := listsql.Touched(after, limit, func(after int64, most int, event func(int64, lead.ID)) error {
		return s.each(touched, func(rows pgx.Rows) error {
			var seq int64
			var id lead.ID
			err := rows.Scan(&seq, (*int64)(&id))
			event(seq, id)
			return err
		}, after, int64(most))
	})
	return ids, upTo, cmp.Or(err, s.err)
}

func (s *snapshot) ListDue(at lead.Time, limit int) ([]lead.ID, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, listDue, scanID, int64(at), int64(limit))
}

func (s *snapshot) Listed(q store.ListQuery) (store.ListPart, error) {
	return listsql.List(onListing{s}, s.node.dialect, q)
}

func (s *snapshot) CountListed(q store.ListQuery, limit int) (store.ListCount, error) {
	return listsql.Count(onListing{s}, s.node.dialect, q, limit)
}

func (s *snapshot) ListedGroups() (map[store.ListGroup]int64, error) {
	return listsql.Groups(onListing{s}, s.node.dialect)
}

func (s *snapshot) ListedStages() ([]string, error) {
	return listsql.Stages(onListing{s}, s.node.dialect)
}

func (s *snapshot) ListedValues(name, after string, limit int) ([]string, error) {
	return listsql.Values(onListing{s}, s.node.dialect, name, after, limit)
}

func (s *snapshot) ListedAfter(after lead.ID, limit int) ([]store.ListRow, error) {
	rows, err := page(s, listedAfter, scanListed, int64(after), limit)
	if err != nil {
		return nil, err
	}
	return rows, listsql.AddFacts(onListing{s}, s.node.dialect, rows)
}

// onListing runs statements that are made as they are needed.
type onListing struct{ *snapshot }

func (s onListing) Leads(text string, args []any) ([]lead.ID, error) {
	return list(s.snapshot, &query{text: text}, scanID, args...)
}

func (s onListing) Rows(text string, args []any) ([]store.ListRow, error) {
	return list(s.snapshot, &query{text: text}, scanListed, args...)
}

func (s onListing) Facts(text string, args []any, yield func(lead.ID, store.Fact)) error {
	return s.each(&query{text: text}, func(rows pgx.Rows) error {
		var id lead.ID
		var f store.Fact
		var shown *string
		var number *float64
		if err := rows.Scan((*int64)(&id), &f.Name, &f.Text, &shown, &number); err != nil {
			return err
		}
		if shown != nil {
			f.Text = *shown
		}
		if number != nil {
			f.Number, f.Numeric = *number, true
		}
		yield(id, f)
		return nil
	}, args...)
}

func (s onListing) Number(text string, args []any) (n int64, err error) {
	err = s.one(&query{text: text}, []any{&n}, args...)
	return n, err
}

func (s onListing) Places(text string, args []any, texts bool) ([]store.ListPlace, error) {
	return list(s.snapshot, &query{text: text}, func(rows pgx.Rows, p *store.ListPlace) error {
		if texts {
			return rows.Scan(&p.Text, (*int64)(&p.Lead))
		}
		return rows.Scan(&p.Number, (*int64)(&p.Lead))
	}, args...)
}

func (s *snapshot) ListedAccounts(after *store.AccountPlace, limit int) ([]store.AccountTotal, error) {
	return listsql.Accounts(onListing{s}, s.node.dialect, after, limit)
}

func (s *snapshot) TotalsOf(accounts []string) (map[string]store.AccountTotal, error) {
	return listsql.Totals(onListing{s}, s.node.dialect, accounts)
}

func (s *snapshot) ListedOf(account string, limit int) ([]store.ListRow, error) {
	return listsql.Of(onListing{s}, s.node.dialect, account, limit)
}

func (s onListing) Sums(text string, args []any) ([]store.AccountPlace, error) {
	return list(s.snapshot, &query{text: text}, func(rows pgx.Rows, p *store.AccountPlace) error { return rows.Scan(&p.Account, &p.Sum) }, args...)
}

func (s onListing) Groups(text string, args []any, yield func(string, store.ListKind, string, int64)) error {
	return s.each(&query{text: text}, func(rows pgx.Rows) error {
		var account, stage string
		var kind store.ListKind
		var people int64
		err := rows.Scan(&account, (*uint8)(&kind), &stage, &people)
		if err == nil {
			yield(account, kind, stage, people)
		}
		return err
	}, args...)
}

func scanListed(rows pgx.Rows, r *store.ListRow) error {
	return rows.Scan((*int64)(&r.Lead), (*uint8)(&r.Kind), &r.Stage, (*int64)(&r.StageSince), &r.Score, &r.Scores, &r.Grade, &r.Account,
		(*int64)(&r.FirstSeen), (*int64)(&r.LastSeen), &r.Name, &r.Email, &r.Title, &r.Company, &r.Excluded, (*int64)(&r.ChangesAt))
}

func (t *tx) ClaimListing() (m store.ListMark, claimed bool, err error) {
	if err := t.flush(); err != nil {
		return m, false, err
	}
	err = t.each(claimListMark, func(rows pgx.Rows) error {
		claimed = true
		return scanListMark(rows, &m)
	})
	return m, claimed, err
}

func (t *tx) PutListMark(m store.ListMark) error {
	return t.run(step{query: putListMark, args: []any{m.Seq, int64(m.Form), int64(m.Version), int64(m.Reached), m.Over}},
		step{query: addUpPeople})
}

// rowArrays are rows column by column, as unnest takes them.
type rowArrays struct {
	leads, stageSince, score, firstSeen, lastSeen, changesAt []int64
	kinds                                                    []int16
	stage, scores, grade, account, name, email, title        []string
	company, excluded, nameKey, emailKey                     []string
}

func (a *rowArrays) add(r *store.ListRow) error {
	scores, err := json.Marshal(r.Scores)
	a.leads, a.kinds = append(a.leads, int64(r.Lead)), append(a.kinds, int16(r.Kind))
	a.stage, a.stageSince = append(a.stage, r.Stage), append(a.stageSince, int64(r.StageSince))
	a.score, a.scores = append(a.score, r.Score), append(a.scores, string(scores))
	a.grade, a.account = append(a.grade, r.Grade), append(a.account, r.Account)
	a.firstSeen, a.lastSeen = append(a.firstSeen, int64(r.FirstSeen)), append(a.lastSeen, int64(r.LastSeen))
	a.name, a.email, a.title, a.company = append(a.name, r.Name), append(a.email, r.Email), append(a.title, r.Title), append(a.company, r.Company)
	a.excluded, a.changesAt = append(a.excluded, r.Excluded), append(a.changesAt, int64(r.ChangesAt))
	a.nameKey, a.emailKey = append(a.nameKey, store.ListKey(r.Name)), append(a.emailKey, store.ListKey(r.Email))
	return err
}

// factArrays are facts likewise.
type factArrays struct {
	leads       []int64
	names, keys []string
	shown       []*string
	numbers     []*float64
}

func (a *factArrays) add(id lead.ID, facts []store.Fact) {
	for i := range facts {
		f := &facts[i]
		var shown *string
		var number *float64
		key := f.Key()
		if f.Text != key {
			shown = &f.Text
		}
		if f.Numeric {
			number = &f.Number
		}
		a.leads, a.names, a.keys = append(a.leads, int64(id)), append(a.names, f.Name), append(a.keys, key)
		a.shown, a.numbers = append(a.shown, shown), append(a.numbers, number)
	}
}

func (t *tx) PutListed(rows []store.ListRow) error {
	if len(rows) == 0 {
		return t.err
	}
	last := make(map[lead.ID]int, len(rows)) // one statement changes no row twice
	ids := make([]lead.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].Lead
		last[ids[i]] = i
	}
	if err := t.requireSurviving(ids...); err != nil {
		return err
	}
	kept := map[lead.ID][]store.Fact{}
	if err := (onListing{t.snapshot}).Facts(factsOf.text, []any{numbers(ids)}, func(id lead.ID, f store.Fact) {
		kept[id] = append(kept[id], f)
	}); err != nil {
		return err
	}
	var put rowArrays
	var gone, written factArrays
	for i := range rows {
		if last[ids[i]] != i {
			continue
		}
		row := rows[i].Tidied()
		if err := put.add(&row); err != nil {
			return t.fail(err)
		}
		less, more := listsql.Changed(kept[row.Lead], row.Facts)
		gone.add(row.Lead, less)
		written.add(row.Lead, more)
	}
	steps := []step{{query: putRows, args: []any{put.leads, put.kinds, put.stage, put.stageSince, put.score, put.scores, put.grade, put.account,
		put.firstSeen, put.lastSeen, put.name, put.email, put.title, put.company, put.excluded, put.changesAt, put.nameKey, put.emailKey}}}
	if len(gone.leads) > 0 {
		steps = append(steps, step{query: dropSomeFacts, args: []any{gone.leads, gone.names, gone.keys}})
	}
	if len(written.leads) > 0 {
		steps = append(steps, step{query: putFacts, args: []any{written.leads, written.names, written.keys, written.shown, written.numbers}})
	}
	return t.run(steps...)
}
