package storetest

import (
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
)

// Watched is a database of a listing that shows each statement by which rows are read,
// counted or found before it runs it: for tests of what a list costs.
type Watched struct {
	listsql.Database
	Watch func(text string, args []any)
}

func (w Watched) Leads(text string, args []any) ([]lead.ID, error) {
	w.Watch(text, args)
	return w.Database.Leads(text, args)
}

func (w Watched) Rows(text string, args []any) ([]store.ListRow, error) {
	w.Watch(text, args)
	return w.Database.Rows(text, args)
}

func (w Watched) Number(text string, args []any) (int64, error) {
	w.Watch(text, args)
	return w.Database.Number(text, args)
}

func (w Watched) Places(text string, args []any, texts bool) ([]store.ListPlace, error) {
	w.Watch(text, args)
	return w.Database.Places(text, args, texts)
}
