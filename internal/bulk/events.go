package bulk

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/phrase"
)

// builder makes events of rows.
type builder struct {
	Mapping
	options Options
	missing map[string]bool
	zones   map[string]*time.Location
	used    map[string]bool // columns that rest leaves out
	// balanceSuffix ends the message ids of balances.
	balanceSuffix string
	// playbookScores are the scores that there are; nil: not known.
	playbookScores []string

	// sanitised says of the row at hand that text of it was mended.
	sanitised bool
	// readings are examples of numbers, one of each column in shown.
	readings []Reading
	shown    map[string]bool
}

func newBuilder(m *Mapping, o Options) (*builder, error) {
	b := &builder{Mapping: *m, options: o, missing: map[string]bool{}, zones: map[string]*time.Location{"": time.UTC}, used: map[string]bool{}, shown: map[string]bool{}}
	for _, s := range m.Missing {
		b.missing[strings.TrimSpace(s)] = true
	}
	for _, column := range []string{m.UserID, m.AnonymousID, m.Email} {
		b.used[column] = true
	}
	load := func(name string) error {
		zone, err := time.LoadLocation(name)
		b.zones[name] = zone
		return fault.Wrap(err, fault.Invalid, "the time zone %q of the mapping is unknown", name)
	}
	moments := []*Moment{m.Occurred}
	data := slices.Clone(m.Traits)
	for i := range m.Events {
		moments = append(moments, m.Events[i].Occurred)
		data = append(data, m.Events[i].Properties...)
	}
	if m.Balance != nil {
		b.balanceSuffix = m.Balance.suffix()
		moments = append(moments, m.Balance.AsOf)
		if m.Balance.AsOf != nil {
			b.used[m.Balance.AsOf.Column] = true
		}
		for _, f := range m.Balance.Scores {
			b.used[f.Column] = true
		}
	}
	for _, t := range moments {
		if t != nil {
			data = append(data, Field{Datum: Datum{Zone: t.Zone}})
		}
	}
	for _, d := range data {
		if err := load(d.Zone); err != nil {
			return nil, err
		}
	}
	for _, f := range m.Traits {
		b.used[f.Column] = true
	}
	if m.Occurred != nil {
		b.used[m.Occurred.Column] = true
	}
	return b, nil
}

func (b *builder) zone(name string) *time.Location { return b.zones[name] }

// isMissing says whether a text means that there is no value.
func (b *builder) isMissing(text string) bool {
	s := strings.TrimSpace(text)
	return s == "" || b.missing[s]
}

// person is who a row is about, and the beginning of its message ids.
type person struct {
	user, anonymous string
	email, address  string // for matching, and as written
	messageID       string
	more            []furtherName
}

// furtherName is one more id or address of a person; the other is "".
type furtherName struct{ user, email string }

// events makes the events of a row: an identify, the balances that it brings
// along, then what the mapping adds.
func (b *builder) events(r *record, number int) ([]lead.Event, *problem) {
	b.sanitised = r.mended
	who, bad := b.person(r)
	if bad != nil {
		return nil, bad
	}
	occurred, bad := b.occurred(r, b.Occurred, b.options.Now)
	if bad != nil {
		return nil, bad
	}
	traits, bad := b.traits(r, who)
	if bad != nil {
		return nil, bad
	}
	context := map[string]any{"import": map[string]any{"source": b.Source, "row": number}}
	identify := b.event(who, lead.Identify, "", occurred)
	identify.MessageID = who.messageID
	if bad := fill(&identify, map[string]any{"context": context, "traits": traits}); bad != nil {
		return nil, bad
	}
	list := []lead.Event{identify}
	balance, bad := b.balance(r, who, occurred, context)
	if bad != nil {
		return nil, bad
	}
	if balance != nil {
		list = append(list, *balance)
	}
	nth := map[string]int{}
	for i := range b.Events {
		rule := &b.Events[i]
		times, bad := b.times(r, rule)
		if bad != nil {
			return nil, bad
		}
		if times == 0 {
			continue
		}
		if len(list)+times > MaxRowEvents {
			return nil, refusal("too_many_events", "the row makes more than %d events: lower `max` in `times`", MaxRowEvents)
		}
		at, bad := b.occurred(r, rule.Occurred, occurred)
		if bad != nil {
			return nil, bad
		}
		properties, bad := b.values(r, rule.Properties)
		if bad != nil {
			return nil, bad
		}
		e := b.event(who, rule.Type, rule.Name, at)
		if bad := fill(&e, map[string]any{"context": context, "properties": properties}); bad != nil {
			return nil, bad
		}
		suffix := eventSuffix(rule)
		for range times {
			// Each is opened by itself, so that none shares its maps with another.
			e.MessageID = who.messageID + suffix + itoa(nth[suffix])
			nth[suffix]++
			one := e
			if err := one.Open(); err != nil {
				return nil, &problem{"bad_value", err.Error()}
			}
			list = append(list, one)
		}
	}
	for i := range who.more {
		if len(list) == MaxRowEvents {
			return nil, tooManyNames
		}
		e := b.named(who, i, occurred)
		if bad := fill(&e, map[string]any{"context": context}); bad != nil {
			return nil, bad
		}
		list = append(list, e)
	}
	for i := range list {
		list[i].Sanitised = b.sanitised
	}
	return list, nil
}

var tooManyNames = refusal("too_many_events", "the row names more than %d ids and addresses", MaxRowEvents)

// named says that one more name is the person's. An id is joined to the first as a
// server would, and an address to an id: of addresses alone nothing makes one person.
func (b *builder) named(who person, nth int, at lead.Time) lead.Event {
	more := who.more[nth]
	e := b.event(who, lead.Identify, "", at)
	e.AnonymousID, e.Company = "", "" // which the first identify says
	if more.user != "" {
		e.Type, e.UserID, e.PreviousID, e.Email = lead.Alias, more.user, who.user, ""
	} else {
		e.Email = more.email
	}
	e.MessageID = namedID(who.messageID, nth)
	return e
}

func namedID(messageID string, nth int) string { return messageID + "_name_" + itoa(nth) }

// ids are the message ids of the events that a row makes; false if it makes none
// because something is wrong with it, or too many.
func (b *builder) ids(r *record) (ids []string, ok bool) {
	who, bad := b.person(r)
	if bad != nil {
		return nil, false
	}
	ids = append(ids, who.messageID)
	scores, bad := b.scores(r)
	if bad != nil {
		return nil, false
	}
	if len(scores) > 0 {
		ids = append(ids, who.messageID+b.balanceSuffix)
	}
	nth := map[string]int{}
	for i := range b.Events {
		rule := &b.Events[i]
		times, bad := b.times(r, rule)
		if bad != nil || len(ids)+times > MaxRowEvents {
			return nil, false
		}
		suffix := eventSuffix(rule)
		for range times {
			ids = append(ids, who.messageID+suffix+itoa(nth[suffix]))
			nth[suffix]++
		}
	}
	if len(ids)+len(who.more) > MaxRowEvents {
		return nil, false
	}
	for i := range who.more {
		ids = append(ids, namedID(who.messageID, i))
	}
	return ids, true
}

// event is an event without a body.
func (b *builder) event(who person, t lead.Type, name string, at lead.Time) lead.Event {
	return lead.Event{
		Type: t, Name: name,
		UserID: who.user, AnonymousID: who.anonymous, Email: who.email, Company: identity.Company(who.email),
		Origin: lead.Import, Source: b.options.SourceID, Backfill: b.options.Backfill,
		Occurred: at,
	}
}

// fill gives an event its body.
func fill(e *lead.Event, parts map[string]any) *problem {
	body, err := json.Marshal(parts, json.Deterministic(true))
	if err != nil {
		return refusal("bad_value", "the row cannot be written as JSON: %s", err.Error())
	}
	if len(body) > MaxBody {
		return refusal("event_too_large", "the row makes an event of %d bytes, more than the %d allowed: leave out long columns with `rest: drop`", len(body), MaxBody)
	}
	e.Body = body
	if err := e.Open(); err != nil {
		return &problem{"bad_value", err.Error()}
	}
	return nil
}

func (b *builder) person(r *record) (person, *problem) {
	var who person
	for _, id := range []struct {
		column string
		into   *string
	}{{b.UserID, &who.user}, {b.AnonymousID, &who.anonymous}} {
		c := r.cell(id.column)
		if c.raw != nil && c.raw.Kind() != '0' {
			return who, unreadable(id.column, c.text, phrase.New("an id; write a text or a number"))
		}
		cell := []string{c.text}
		if b.Several && id.into == &who.user {
			cell = strings.Split(c.text, listSeparator)
		}
		for _, text := range cell {
			text = strings.TrimSpace(text)
			if b.isMissing(text) || identity.Forbidden(text) {
				continue
			}
			if len(text) > MaxID {
				return who, refusal("id_too_long", "%s has %d bytes, more than the %d allowed", id.column, len(text), MaxID)
			}
			text, mended := mend(text)
			b.sanitised = b.sanitised || mended
			if *id.into == "" {
				*id.into = text
			} else if text != *id.into {
				who.more = append(who.more, furtherName{user: text})
			}
		}
	}
	wrong := b.address(r, &who)
	if who.user == "" && who.anonymous == "" && who.email == "" {
		if wrong != "" {
			return who, &problem{"bad_email", wrong}
		}
		return who, b.nobody()
	}
	who.messageID = "imp_" + hex.EncodeToString(b.digest(r, who))
	return who, nil
}

// address finds the address of a row, in the first column that holds one; else it
// says what is wrong with what stands there.
func (b *builder) address(r *record, who *person) (wrong string) {
	for _, column := range append([]string{b.Email}, b.OtherEmails...) {
		text := r.cell(column).text
		if b.isMissing(text) {
			continue
		}
		if all := addresses(text); len(all) > 0 {
			who.email, who.address = all[0].match, all[0].display
			for _, other := range all[1:] {
				if b.Several && who.user != "" && other.match != who.email {
					who.more = append(who.more, furtherName{email: other.match})
				}
			}
			return ""
		}
		if wrong == "" {
			wrong = unreadable(column, text, phrase.New("an email address")).message
		}
	}
	return wrong
}

// address is an address for matching, and as written.
type address struct{ match, display string }

// addresses reads an address, or several in one cell: so do tables write that know
// more than one. Something else among them spoils them all.
func addresses(text string) []address {
	var all []address
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ';' || c == ',' }) {
		match, display, is := identity.Email(part)
		if !is {
			return nil
		}
		all = append(all, address{match, display})
	}
	return all
}

// nobody refuses a row that has nothing in the columns that say who it is about.
func (b *builder) nobody() *problem {
	var named []any
	for _, column := range []string{b.UserID, b.AnonymousID, b.Mapping.Email} {
		if column != "" {
			named = append(named, column)
		}
	}
	const code = "no_user_anon_id"
	switch len(named) {
	case 1:
		return refusal(code, "the row is about nobody: it has no %s", named...)
	case 2:
		return refusal(code, "the row is about nobody: it has no %s and no %s", named...)
	}
	return refusal(code, "the row is about nobody: it has no %s and no %s and no %s", named...)
}

// digest is of the source, the person and the content of the row, whatever the
// order of its columns.
func (b *builder) digest(r *record, who person) []byte {
	h := sha256.New()
	for _, s := range []string{b.Source, who.user, who.anonymous, who.email} {
		hashText(h, s)
	}
	order := make([]int, len(r.cells))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(r.names[i], r.names[j]) })
	for _, i := range order {
		if r.cells[i].text != "" {
			hashText(h, r.names[i])
			hashText(h, r.cells[i].text)
		}
	}
	return h.Sum(nil)
}

// hashText writes s so that no two lists of texts are written alike.
func hashText(h hash.Hash, s string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}

// eventSuffix tells the events of one row apart, whatever else its mapping makes.
func eventSuffix(rule *EventRule) string {
	sum := sha256.Sum256([]byte(rule.Type.String() + " " + rule.Name))
	return "_" + hex.EncodeToString(sum[:4]) + "_"
}

// occurred is when a row or event happened, never after now.
func (b *builder) occurred(r *record, t *Moment, otherwise lead.Time) (lead.Time, *problem) {
	if t == nil {
		return otherwise, nil
	}
	text := r.cell(t.Column).text
	if b.isMissing(text) {
		return otherwise, nil
	}
	at, ok := parseTime(text, t.Layout, b.zone(t.Zone))
	if !ok {
		return 0, unreadable(t.Column, text, phrase.New("a time in the form of the mapping; give its `layout`, or name the text under `missing`"))
	}
	if at <= 0 {
		return 0, unreadable(t.Column, text, phrase.New("a time after 1970"))
	}
	return min(at, b.options.Now), nil
}

func (b *builder) traits(r *record, who person) (map[string]any, *problem) {
	traits, bad := b.values(r, b.Traits)
	if bad != nil {
		return nil, bad
	}
	if _, given := traits["email"]; !given && who.address != "" {
		traits["email"] = who.address
	}
	if !b.KeepRest {
		return traits, nil
	}
	columns, names := b.rest(r.names)
	for i, column := range columns {
		if _, given := traits[names[i]]; given {
			continue
		}
		v, bad := b.value(r, &Datum{Column: column})
		if bad != nil {
			return nil, bad
		}
		if v != nil {
			traits[names[i]] = v
		}
	}
	return traits, nil
}

// rest are the columns that the mapping does not name, and what they are called as
// traits.
func (b *builder) rest(all []string) (columns, names []string) {
	for _, column := range all {
		if !b.used[column] {
			columns = append(columns, column)
			names = append(names, traitName(column))
		}
	}
	return columns, unique(names, func(name string, n int) string { return name + "_" + itoa(n) })
}

func (b *builder) values(r *record, fields []Field) (map[string]any, *problem) {
	values := map[string]any{}
	for i := range fields {
		v, bad := b.value(r, &fields[i].Datum)
		if bad != nil {
			return nil, bad
		}
		if v != nil {
			values[fields[i].Name] = v
		}
	}
	return values, nil
}

// times is how often a rule makes its event of a row.
func (b *builder) times(r *record, rule *EventRule) (int, *problem) {
	for i := range rule.When {
		if !b.holds(r, &rule.When[i]) {
			return 0, nil
		}
	}
	if rule.Times == nil {
		return 1, nil
	}
	text := r.cell(rule.Times.Column).text
	if b.isMissing(text) {
		return 0, nil
	}
	if _, ok := parseNumber(text); !ok {
		return 0, unreadable(rule.Times.Column, text, phrase.New("a number; write 3, or name the text under `missing`"))
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, unreadable(rule.Times.Column, text, phrase.New("a number"))
	}
	return int(math.Max(0, math.Min(math.Floor(f), float64(rule.Times.Max)))), nil
}

func (b *builder) holds(r *record, c *Condition) bool {
	text := strings.TrimSpace(r.cell(c.Column).text)
	is := func(s string) bool { return strings.TrimSpace(s) == text }
	switch {
	case len(c.In) == 0 && len(c.NotIn) == 0:
		return !b.isMissing(text)
	case len(c.In) > 0 && !slices.ContainsFunc(c.In, is):
		return false
	}
	return !slices.ContainsFunc(c.NotIn, is)
}

func itoa(n int) string { return strconv.Itoa(n) }
