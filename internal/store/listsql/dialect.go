package listsql

import (
	"strconv"
	"strings"

	"galena/internal/lead"
	"galena/internal/store"
)

// Columns are those of a row, as Database.Rows scans them. Its facts are a table of
// their own.
const Columns = `lead, kind, stage, stage_since, score, scores, grade, account, first_seen, last_seen,
	name, email, title, company, exclusion, changes_at`

// FactColumns are those of a fact: shown is its text where that is not its key.
const FactColumns = `lead, name, key, shown, number`

// Dialect is how a database writes what databases write differently, and how far
// it looks.
type Dialect struct {
	Bounds Bounds
	// Numbered gives parameters numbers and types, as PostgreSQL wants them.
	Numbered bool
	// Contains is a condition of two texts: that the second is within the first.
	Contains string
	// In is a condition on a number: that it is one of a parameter of Leads.
	In string
	// ByLead and Along are written after the table that is read by the ids of leads,
	// or along an index, for a planner that would choose otherwise.
	ByLead string
	Along  func(index string) string
	// Fenced says that rows are taken from an index by a query of their own, with a
	// limit, before anything is asked of them: for a planner that would choose otherwise.
	Fenced bool
	// Untied says that of two columns that are compared at once an index finds only
	// the first.
	Untied bool
	// Leads makes one parameter of ids.
	Leads func([]lead.ID) any
}

// Database runs statements within a transaction.
type Database interface {
	// Leads gives the ids that a statement selects.
	Leads(text string, args []any) ([]lead.ID, error)
	// Rows gives the rows whose Columns a statement selects.
	Rows(text string, args []any) ([]store.ListRow, error)
	// Facts calls yield with the facts whose FactColumns a statement selects.
	Facts(text string, args []any, yield func(lead.ID, store.Fact)) error
	// Number gives the one number that a statement selects.
	Number(text string, args []any) (int64, error)
	// Places gives the places that a statement selects: what an order is by, which is
	// a text or a number, and the lead.
	Places(text string, args []any, texts bool) ([]store.ListPlace, error)
	// Groups calls yield with the account, kind, stage and number of people that a
	// statement selects.
	Groups(text string, args []any, yield func(account string, kind store.ListKind, stage string, people int64)) error
}

// statement is SQL with its arguments; each ? is one.
type statement struct {
	text strings.Builder
	args []any
}

func (s *statement) add(text string, args ...any) {
	s.text.WriteString(text)
	s.args = append(s.args, args...)
}

// written gives the statement in a dialect.
func (s *statement) written(d *Dialect) string {
	if !d.Numbered {
		return s.text.String()
	}
	parts := strings.Split(s.text.String(), "?")
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i == len(parts)-1 {
			break
		}
		b.WriteString("$" + strconv.Itoa(i+1))
		switch s.args[i].(type) {
		case string:
			b.WriteString("::text")
		case int64:
			b.WriteString("::bigint")
		case float64:
			b.WriteString("::float8")
		}
	}
	return b.String()
}

// marks are n parameters of a list.
func marks(n int) string { return strings.Repeat(", ?", n)[2:] }

func anys[T, U any](all []T, as func(T) U) []any {
	made := make([]any, len(all))
	for i, v := range all {
		made[i] = as(v)
	}
	return made
}

func text(s string) string { return s }

func (d *Dialect) along(index string) string {
	if d.Along == nil {
		return ""
	}
	return d.Along(index)
}
