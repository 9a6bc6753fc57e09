package sqlite

import (
	"slices"

	"galena/internal/lead"
)

var (
	putRow = define(`INSERT INTO leads (id, wake_at, state) VALUES (?1, ?2, ?3)
		ON CONFLICT (id) DO UPDATE SET wake_at = ?2, state = ?3`)
	dropRow  = define(`DELETE FROM leads WHERE id = ?`)
	setMarks = define(`UPDATE marks SET seq = ?, entry = ?`)
)

// writeBack brings a tail that grows no more to where it belongs.
type writeBack struct {
	store  *Store
	tail   *tail
	ids    []lead.ID // whose rows are still to be written
	drafts []*draft
}

func (s *Store) newWriteBack(t *tail) *writeBack {
	t.sort()
	w := &writeBack{store: s, tail: t, ids: t.sorted.leads}
	for _, k := range kinds {
		distinct := map[kind]int{byMessage: len(t.events) + len(t.refiled), byLead: len(t.newest) + len(t.moved)}
		if keys := s.tails[0].without(k, t.sorted.keys[k]); len(keys) > 0 {
			w.drafts = append(w.drafts, newDraft(s.takeRunID(), k, filterSize(distinct[k]), ofKeys(keys)))
		}
	}
	return w
}

func (w *writeBack) slice(view *snapshot, p *pace) (func(), error) {
	for len(w.ids) > 0 {
		if err := w.row(view, w.ids[0]); err != nil {
			return nil, err
		}
		w.ids = w.ids[1:]
		if p.over(1) {
			return nil, nil
		}
	}
	for _, d := range w.drafts {
		if err := d.write(view, p); err != nil || !d.done {
			return nil, err
		}
	}
	runs := slices.Clone(w.store.runs)
	for _, d := range w.drafts {
		if err := d.end(view); err != nil {
			return nil, err
		}
		runs = append(runs, d.run)
	}
	if _, err := view.exec(setMarks, w.tail.upTo.seq, w.tail.upTo.entry); err != nil {
		return nil, err
	}
	return func() {
		w.store.runs = runs
		w.store.tails = w.store.tails[:1:1]
		for _, v := range w.tail.rows {
			w.store.waking.alone(&v.row)
		}
		for _, id := range w.tail.entries {
			w.store.garbage = append(w.store.garbage, garbage{entry: id})
		}
	}, nil
}

// row writes the row of a lead.
func (w *writeBack) row(view *snapshot, id lead.ID) (err error) {
	if w.store.tails[0].rows[id] != nil {
		return nil // it is in the journal again, and will be written with that
	}
	v := w.tail.rows[id]
	if v.gone {
		_, err = view.exec(dropRow, int64(id))
	} else {
		_, err = view.exec(putRow, int64(id), int64(v.row.WakeAt), v.row.State)
	}
	return err
}

func (w *writeBack) abandon() { w.store.discard(w.drafts...) }
