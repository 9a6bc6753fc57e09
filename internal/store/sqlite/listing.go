package sqlite

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"strings"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
)

var (
	listMark    = define(`SELECT seq, form, version, reached, over FROM listing_mark`)
	putListMark = define(`UPDATE listing_mark SET seq = ?, form = ?, version = ?, reached = ?, over = ?`)

	touched = define(`SELECT seq, coalesce(survivor, lead) FROM events LEFT JOIN joins ON child = lead
		WHERE seq > ? ORDER BY seq LIMIT ?`)
	listDue = define(`SELECT lead FROM listing WHERE changes_at <> 0 AND changes_at <= ? ORDER BY changes_at LIMIT ?`)

	listedAfter  = define(`SELECT ` + listsql.Columns + ` FROM listing WHERE lead > ? ORDER BY lead LIMIT ?`)
	listedByID   = define(`SELECT ` + listsql.Columns + ` FROM listing WHERE lead IN (SELECT value FROM json_each(?))`)
	insertListed = define(`INSERT INTO listing (` + listsql.Columns + `, name_key, email_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	// What is not named here has no index that would have to follow.
	moveListed      = define(`UPDATE listing SET score = ?2, scores = ?3, grade = ?4, last_seen = ?5, title = ?6, company = ?7, changes_at = ?8 WHERE lead = ?1`)
	dropListed      = define(`DELETE FROM listing WHERE lead = ?`)
	dropFacts       = define(`DELETE FROM listing_facts WHERE lead = ?`)
	dropFact        = define(`DELETE FROM listing_facts WHERE lead = ? AND name = ? AND key = ?`)
	insertFact      = define(insertFacts + factValues)
	insertSomeFacts = define(insertFacts + factValues + strings.Repeat(", "+factValues, factsAtOnce-1))
)

const (
	insertFacts = `INSERT INTO listing_facts (` + listsql.FactColumns + `) VALUES `
	factValues  = `(?, ?, ?, ?, ?)`
	// factsAtOnce is how many facts one statement writes, where there are as many:
	// leads that are listed for the first time have a dozen each.
	factsAtOnce = 32
)

// newDialect is how queries of the listing are written for SQLite.
func newDialect(b listsql.Bounds) *listsql.Dialect {
	return &listsql.Dialect{
		Bounds:   b.OrUsual(),
		Contains: "instr(f.key, ?) > 0",
		In:       "IN (SELECT value FROM json_each(?))",
		// Without figures about the tables SQLite would go through all of a kind.
		ByLead: " NOT INDEXED",
		Along:  func(index string) string { return " INDEXED BY " + index },
		Untied: true,
		Leads:  func(ids []lead.ID) any { return idList(ids) },
	}
}

func (s *snapshot) ListMark() (m store.ListMark, err error) {
	err = s.each(listMark, func(rows *sql.Rows) error {
		return rows.Scan(&m.Seq, &m.Form, &m.Version, &m.Reached, &m.Over)
	})
	return m, err
}

func (s *snapshot) LastSeq() (seq int64, err error) {
	_, err = s.one(lastSeq, &seq)
	return seq, err
}

func (s *snapshot) Touched(after int64, limit int) ([]lead.ID, int64, error) {
	ids, upTo, err := listsql.Touched(after, limit, func(after int64, most int, event func(int64, lead.ID)) error {
		return s.each(touched, func(rows *sql.Rows) error {
			var seq int64
			var id lead.ID
			err := rows.Scan(&seq, &id)
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
	return listsql.List(onListing{s}, s.dialect, q)
}

func (s *snapshot) CountListed(q store.ListQuery, limit int) (store.ListCount, error) {
	return listsql.Count(onListing{s}, s.dialect, q, limit)
}

func (s *snapshot) ListedGroups() (map[store.ListGroup]int64, error) {
	return listsql.Groups(onListing{s}, s.dialect)
}

func (s *snapshot) ListedStages() ([]string, error) { return listsql.Stages(onListing{s}, s.dialect) }

func (s *snapshot) ListedValues(name, after string, limit int) ([]string, error) {
	return listsql.Values(onListing{s}, s.dialect, name, after, limit)
}

func (s *snapshot) ListedAfter(after lead.ID, limit int) ([]store.ListRow, error) {
	rows, err := page(s, listedAfter, scanListed, int64(after), limit)
	if err != nil {
		return nil, err
	}
	return rows, listsql.AddFacts(onListing{s}, s.dialect, rows)
}

// onListing runs statements that are made as they are needed.
type onListing struct{ *snapshot }

// eachOf is each for a text that is not kept prepared: there are too many of them.
func (s onListing) eachOf(text string, args []any, row func(*sql.Rows) error) error {
	if s.err != nil {
		return s.err
	}
	rows, err := s.on.conn.QueryContext(s.ctx, text, args...)
	if err != nil {
		return s.fail(explain(s.ctx, err, s.path))
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return s.fail(explain(s.ctx, err, s.path))
		}
	}
	if err := rows.Err(); err != nil {
		return s.fail(explain(s.ctx, err, s.path))
	}
	return nil
}

// Leads takes all ids as one text, which is read faster than as many rows.
func (s onListing) Leads(text string, args []any) ([]lead.ID, error) {
	var ids []lead.ID
	err := s.eachOf("SELECT json_group_array(lead) FROM ("+text+")", args, func(rows *sql.Rows) error {
		var all sql.RawBytes
		if err := rows.Scan(&all); err != nil {
			return err
		}
		ids = idsIn(all)
		return nil
	})
	return ids, err
}

// idsIn reads what idList writes.
func idsIn(list []byte) []lead.ID {
	var ids []lead.ID
	n, within := lead.ID(0), false
	for _, c := range list {
		if c >= '0' && c <= '9' {
			n, within = 10*n+lead.ID(c-'0'), true
		} else if within {
			ids = append(ids, n)
			n, within = 0, false
		}
	}
	return ids
}

func (s onListing) Rows(text string, args []any) ([]store.ListRow, error) {
	var all []store.ListRow
	err := s.eachOf(text, args, func(rows *sql.Rows) error {
		var r store.ListRow
		err := scanListed(rows, &r)
		all = append(all, r)
		return err
	})
	return all, err
}

func (s onListing) Facts(text string, args []any, yield func(lead.ID, store.Fact)) error {
	return s.eachOf(text, args, func(rows *sql.Rows) error {
		var id lead.ID
		var f store.Fact
		var shown sql.NullString
		var number sql.NullFloat64
		if err := rows.Scan(&id, &f.Name, &f.Text, &shown, &number); err != nil {
			return err
		}
		if shown.Valid {
			f.Text = shown.String
		}
		f.Number, f.Numeric = number.Float64, number.Valid
		yield(id, f)
		return nil
	})
}

func (s onListing) Number(text string, args []any) (n int64, err error) {
	err = s.eachOf(text, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

func (s onListing) Places(text string, args []any, texts bool) ([]store.ListPlace, error) {
	var all []store.ListPlace
	err := s.eachOf(text, args, func(rows *sql.Rows) error {
		var p store.ListPlace
		key := any(&p.Number)
		if texts {
			key = &p.Text
		}
		err := rows.Scan(key, &p.Lead)
		all = append(all, p)
		return err
	})
	return all, err
}

func (s *snapshot) ListedAccounts(after *store.AccountPlace, limit int) ([]store.AccountTotal, error) {
	return listsql.Accounts(onListing{s}, s.dialect, after, limit)
}

func (s *snapshot) TotalsOf(accounts []string) (map[string]store.AccountTotal, error) {
	return listsql.Totals(onListing{s}, s.dialect, accounts)
}

func (s *snapshot) ListedOf(account string, limit int) ([]store.ListRow, error) {
	return listsql.Of(onListing{s}, s.dialect, account, limit)
}

func (s onListing) Sums(text string, args []any) ([]store.AccountPlace, error) {
	var all []store.AccountPlace
	err := s.eachOf(text, args, func(rows *sql.Rows) error {
		var p store.AccountPlace
		err := rows.Scan(&p.Account, &p.Sum)
		all = append(all, p)
		return err
	})
	return all, err
}

func (s onListing) Groups(text string, args []any, yield func(string, store.ListKind, string, int64)) error {
	return s.eachOf(text, args, func(rows *sql.Rows) error {
		var account, stage string
		var kind store.ListKind
		var people int64
		err := rows.Scan(&account, &kind, &stage, &people)
		if err == nil {
			yield(account, kind, stage, people)
		}
		return err
	})
}

func scanListed(rows *sql.Rows, r *store.ListRow) error {
	var scores sql.RawBytes
	if err := rows.Scan(&r.Lead, &r.Kind, &r.Stage, &r.StageSince, &r.Score, &scores, &r.Grade, &r.Account, &r.FirstSeen, &r.LastSeen,
		&r.Name, &r.Email, &r.Title, &r.Company, &r.Excluded, &r.ChangesAt); err != nil {
		return err
	}
	return json.Unmarshal(scores, &r.Scores)
}

// ClaimListing always succeeds: there is one writer.
func (t *tx) ClaimListing() (store.ListMark, bool, error) {
	m, err := t.ListMark()
	return m, err == nil, err
}

func (t *tx) PutListMark(m store.ListMark) error {
	_, err := t.exec(putListMark, m.Seq, m.Form, m.Version, int64(m.Reached), m.Over)
	return err
}

func (t *tx) PutListed(rows []store.ListRow) error {
	if len(rows) == 0 {
		return t.err
	}
	ids := make([]lead.ID, len(rows))
	last := make(map[lead.ID]int, len(rows)) // of each lead the last row counts
	for i := range rows {
		ids[i] = rows[i].Lead
		last[ids[i]] = i
	}
	if err := t.requireSurviving(ids...); err != nil {
		return err
	}
	listed, err := list(&t.snapshot, listedByID, scanListed, idList(ids))
	if err != nil {
		return err
	}
	if err := listsql.AddFacts(onListing{&t.snapshot}, t.dialect, listed); err != nil {
		return err
	}
	kept := make(map[lead.ID]store.ListRow, len(listed))
	for _, row := range listed {
		kept[row.Lead] = row
	}
	t.listed += len(rows)
	facts := t.on.values[:0]
	defer func() {
		clear(facts)
		t.on.values = facts[:0]
	}()
	for i := range rows {
		if last[ids[i]] != i {
			continue
		}
		row := rows[i].Tidied()
		was, is := kept[row.Lead]
		if err := t.putListed(was, row, is, &facts); err != nil {
			return err
		}
	}
	const width = 5 // values of a fact
	rest := facts
	for ; len(rest) >= factsAtOnce*width; rest = rest[factsAtOnce*width:] {
		if _, err := t.exec(insertSomeFacts, rest[:factsAtOnce*width]...); err != nil {
			return err
		}
	}
	for ; len(rest) > 0; rest = rest[width:] {
		if _, err := t.exec(insertFact, rest[:width]...); err != nil {
			return err
		}
	}
	return t.err
}

// putListed writes a row, and of one that is there what is other. It adds the values
// of the facts that are to be written to those of others.
func (t *tx) putListed(was, row store.ListRow, is bool, facts *[]any) error {
	scores, err := json.Marshal(row.Scores)
	if err != nil {
		return err
	}
	id := int64(row.Lead)
	moved := was
	moved.Score, moved.Scores, moved.Grade, moved.LastSeen = row.Score, row.Scores, row.Grade, row.LastSeen
	moved.Title, moved.Company, moved.ChangesAt, moved.Facts = row.Title, row.Company, row.ChangesAt, row.Facts
	if is && listsql.Same(&moved, &row) {
		if !listsql.Same(&was, &row) {
			_, err = t.exec(moveListed, id, row.Score, string(scores), row.Grade, int64(row.LastSeen), row.Title, row.Company, int64(row.ChangesAt))
		}
	} else {
		if is {
			_, err = t.exec(dropListed, id)
		}
		if err == nil {
			_, err = t.exec(insertListed, id, int64(row.Kind), row.Stage, int64(row.StageSince), row.Score, string(scores), row.Grade, row.Account,
				int64(row.FirstSeen), int64(row.LastSeen), row.Name, row.Email, row.Title, row.Company, row.Excluded, int64(row.ChangesAt),
				store.ListKey(row.Name), store.ListKey(row.Email))
		}
	}
	if err != nil {
		return err
	}
	gone, written := listsql.Changed(was.Facts, row.Facts)
	for i := range gone {
		if _, err := t.exec(dropFact, id, gone[i].Name, gone[i].Key()); err != nil {
			return err
		}
	}
	for i := range written {
		f := &written[i]
		key := f.Key()
		var shown, number any
		if f.Text != key {
			shown = f.Text
		}
		if f.Numeric {
			number = f.Number
		}
		*facts = append(*facts, id, f.Name, key, shown, number)
	}
	return nil
}
