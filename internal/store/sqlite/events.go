package sqlite

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"

	"galena/internal/lead"
)

const eventColumns = `seq, lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
	origin, source, occurred, received, backfill, sanitised, body, phone`

const (
	insertEvents = `INSERT INTO events (` + eventColumns + `, hash) VALUES `
	eventValues  = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	// insertedAtOnce is how many events one statement appends, where there are as many.
	insertedAtOnce = 16
)

var (
	insertEvent  = define(insertEvents + eventValues)
	insertSome   = define(insertEvents + eventValues + strings.Repeat(", "+eventValues, insertedAtOnce-1))
	lastSeq      = define(`SELECT coalesce(max(seq), 0) FROM events`)
	eventsLog    = define(`SELECT ` + eventColumns + ` FROM events WHERE seq > ? ORDER BY seq LIMIT ?`)
	eventsAt     = define(`SELECT ` + eventColumns + ` FROM events WHERE seq IN (SELECT value FROM json_each(?))`)
	hashAt       = define(`SELECT hash FROM events WHERE seq = ?`)
	keysOfEvents = define(`SELECT seq, lead, hash FROM events WHERE seq > ? ORDER BY seq LIMIT ?`)
)

// Append sets Seq itself, so that the numbers have no gaps and need no reading back.
func (t *tx) Append(events []lead.Event) error {
	if len(events) == 0 {
		return t.err
	}
	last, err := t.lastLead()
	if err != nil {
		return err
	}
	for len(events) > 0 {
		some := events[:min(insertedAtOnce, len(events))]
		events = events[len(some):]
		if err := t.appendSome(some, last); err != nil {
			return err
		}
	}
	return nil
}

// appendSome appends at most insertedAtOnce events of leads up to last.
func (t *tx) appendSome(events []lead.Event, last lead.ID) error {
	before := t.own.upTo.seq
	values := t.on.values[:0]
	for i := range events {
		e := &events[i]
		if e.Lead < 1 || e.Lead > last {
			return t.refuse("Event %q is of %s, which does not exist.", e.MessageID, e.Lead)
		}
		hash := lead.HashMessage(e.MessageID)
		known := false
		if !t.absent[hash] || t.own.place(hash, t.at) > 0 {
			var err error
			if known, err = t.knows(hash); err != nil {
				return err
			}
		}
		if known || t.own.place(hash, t.at) > before { // of the latter there is no row yet
			return t.refuse("Message %q is in the log already.", e.MessageID)
		}
		e.Seq = t.own.upTo.seq + 1
		t.own.addEvent(hash, e.Lead)
		values = append(values, e.Seq, int64(e.Lead), e.MessageID, int64(e.Type), e.Name, e.UserID,
			e.AnonymousID, e.GroupID, e.PreviousID, e.Email, e.Company, int64(e.Origin), e.Source,
			int64(e.Occurred), int64(e.Received), e.Backfill, e.Sanitised, e.Body, e.Phone, hash[:])
	}
	t.on.values = values
	defer clear(values)
	if len(events) == insertedAtOnce {
		_, err := t.exec(insertSome, values...)
		return err
	}
	for width := len(values) / len(events); len(values) > 0; values = values[width:] {
		if _, err := t.exec(insertEvent, values[:width]...); err != nil {
			return err
		}
	}
	return nil
}

// Known remembers what is not there: an Append that follows need not look again.
func (t *tx) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	found, err := t.snapshot.Known(hashes)
	if err != nil {
		return nil, err
	}
	for _, hash := range hashes {
		if !found[hash] {
			t.absent[hash] = true
		}
	}
	return found, nil
}

func (s *snapshot) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	found := map[lead.MessageHash]bool{}
	for _, hash := range hashes {
		known, err := s.knows(hash)
		if err != nil {
			return nil, err
		}
		if known {
			found[hash] = true
		}
	}
	return found, s.err
}

// knows says whether a message is or was in the log: of tombstones it is known by
// a keyed hash.
func (s *snapshot) knows(hash lead.MessageHash) (bool, error) {
	seq, err := s.find(hash)
	if seq > 0 || err != nil {
		return seq > 0, err
	}
	key, err := s.erasureKey()
	if key == nil || err != nil {
		return false, err
	}
	seq, err = s.find(keyedHash(key, hash))
	return seq > 0, err
}

// find gives the place in the log of the message with a hash, 0 if there is none.
func (s *snapshot) find(hash lead.MessageHash) (int64, error) {
	if err := s.look(); err != nil {
		return 0, err
	}
	var some [4]int64
	places := some[:0]
	for _, t := range s.tails {
		if seq := t.place(hash, s.at); seq > 0 {
			places = append(places, seq)
		}
	}
	places, err := s.indexed(hash, places)
	for _, seq := range places {
		var there []byte
		if err := s.each(hashAt, func(rows *sql.Rows) error { return rows.Scan(&there) }, seq); err != nil {
			return 0, err
		}
		if string(there) == string(hash[:]) {
			return seq, nil
		}
	}
	return 0, err
}

func (s *snapshot) Messages(hashes []lead.MessageHash) ([]lead.Event, error) {
	var places []int64
	for _, hash := range hashes {
		seq, err := s.find(hash)
		if err != nil {
			return nil, err
		}
		if seq > 0 {
			places = append(places, seq)
		}
	}
	if len(places) == 0 {
		return nil, s.err
	}
	events, err := list(s, eventsAt, scanEvent, idList(places))
	events = slices.DeleteFunc(events, func(e lead.Event) bool { return e.Type == lead.Tombstone })
	slices.SortFunc(events, func(a, b lead.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return events, err
}

func (s *snapshot) Log(after int64, limit int) ([]lead.Event, error) {
	return page(s, eventsLog, scanEvent, after, limit)
}

func (s *snapshot) History(id lead.ID) ([]lead.Event, error) {
	family, places, err := s.familyPlaces(id)
	if err != nil {
		return nil, err
	}
	events, err := list(s, eventsAt, scanEvent, idList(places))
	events = slices.DeleteFunc(events, func(e lead.Event) bool { return !slices.Contains(family, e.Lead) })
	slices.SortFunc(events, func(a, b lead.Event) int {
		return cmp.Or(cmp.Compare(a.Effective(), b.Effective()), cmp.Compare(a.Seq, b.Seq))
	})
	return events, err
}

func (s *snapshot) Latest(id lead.ID, before int64, limit int) ([]lead.Event, error) {
	family, places, err := s.familyPlaces(id)
	if err != nil {
		return nil, err
	}
	if before > 0 {
		below, _ := slices.BinarySearch(places, before)
		places = places[:below]
	}
	var all []lead.Event
	for len(places) > 0 && len(all) < limit {
		some := places[max(0, len(places)-limit+len(all)):]
		places = places[:len(places)-len(some)]
		events, err := list(s, eventsAt, scanEvent, idList(some))
		if err != nil {
			return nil, err
		}
		events = slices.DeleteFunc(events, func(e lead.Event) bool { return !slices.Contains(family, e.Lead) })
		slices.SortFunc(events, func(a, b lead.Event) int { return cmp.Compare(b.Seq, a.Seq) })
		all = append(all, events...)
	}
	return all, s.err
}

// familyPlaces gives a surviving lead and all that were joined into it, and where
// in the log their events are, ascending. A row there may be another lead's by
// now.
func (s *snapshot) familyPlaces(id lead.ID) (family []lead.ID, places []int64, err error) {
	if err := s.look(); err != nil {
		return nil, nil, err
	}
	family, err = list(s, familyOf, func(rows *sql.Rows, id *lead.ID) error { return rows.Scan(id) }, int64(id))
	if err != nil {
		return nil, nil, err
	}
	for _, member := range family {
		for _, t := range s.tails {
			places = t.placesOf(member, s.at, places)
		}
		if places, err = s.placesOf(member, places); err != nil {
			return nil, nil, err
		}
	}
	slices.Sort(places)
	// A tail that is being written back may be in runs already.
	return family, slices.Compact(places), nil
}

func scanEvent(rows *sql.Rows, e *lead.Event) error {
	return rows.Scan(&e.Seq, &e.Lead, &e.MessageID, &e.Type, &e.Name, &e.UserID, &e.AnonymousID, &e.GroupID,
		&e.PreviousID, &e.Email, &e.Company, &e.Origin, &e.Source, &e.Occurred, &e.Received, &e.Backfill, &e.Sanitised, &e.Body, &e.Phone)
}
