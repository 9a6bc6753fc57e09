package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/web/view"
	"galena/internal/web/words"
)

const (
	leadsPath   = "/leads"
	maxLeadCell = 12 // values of an attribute in a cell
)

// usualColumns are those of somebody who chose none.
var usualColumns = []string{"stage", "score", "company", "last_seen"}

// fixedColumns are those that every lead has; the others are scores and attributes.
var fixedColumns = []string{"stage", "stage_since", "score", "grade", "title", "company", "account", "email", "first_seen", "last_seen", "kind"}

// kinds are the tabs of the list: contacts, visitors and leads are kept apart.
var kinds = []string{"lead", "contact", "visitor", ""}

// leadQuery is the list that an address asks for. Without a kind it is of leads,
// unless somebody searches: then it is of all.
func (q *request) leadQuery() (app.Query, error) {
	if err := q.ParseForm(); err != nil {
		return app.Query{}, fault.Wrap(err, fault.Invalid, "The address of the list cannot be read.")
	}
	values := url.Values{}
	for name, all := range q.Form {
		values[name] = all
	}
	for _, own := range []string{"add_field", "add_op", "add_value", "add_signal", "add_did", "add_when", "add_segment", "add_in", "as"} {
		values.Del(own)
	}
	asked, err := app.ParseQuery(values)
	if err != nil {
		return asked, err
	}
	if added := q.addedConditions(); len(added) > 0 {
		asked.Where = append(asked.Where, added...)
		asked.After = ""
	}
	return asked, nil
}

// addedConditions are those that the forms beside the list add to it.
func (q *request) addedConditions() []app.Condition {
	var added []app.Condition
	if field, value := q.FormValue("add_field"), strings.TrimSpace(q.FormValue("add_value")); field != "" && value != "" {
		for _, answer := range []string{"yes", "no"} {
			if field == "excluded" && strings.EqualFold(value, q.t("leadlist."+answer)) {
				value = answer
			}
		}
		added = append(added, app.Condition{Field: field, Op: app.Op(q.FormValue("add_op")), Value: value})
	}
	if signal := q.FormValue("add_signal"); signal != "" {
		value := strings.TrimSpace(signal + " " + q.FormValue("add_when"))
		added = append(added, app.Condition{Field: app.SignalField, Op: isOrNot(q.FormValue("add_did")), Value: value})
	}
	if segment := q.FormValue("add_segment"); segment != "" {
		added = append(added, app.Condition{Field: app.SegmentField, Op: isOrNot(q.FormValue("add_in")), Value: segment})
	}
	return added
}

func isOrNot(chosen string) app.Op {
	if chosen == "no" {
		return app.IsNot
	}
	return app.Is
}

// kindOf is the tab of a list; "all" for one of everybody.
func kindOf(asked *app.Query) string {
	kind := ""
	for _, c := range asked.Where {
		if c.Field == "kind" && c.Op == app.Is {
			if kind != "" {
				return "all"
			}
			kind = c.Value
		}
	}
	if kind == "" || !slices.Contains(kinds, kind) {
		return "all"
	}
	return kind
}

// without is a query less a condition, from the beginning.
func without(asked app.Query, i int) app.Query {
	asked.Where = slices.Delete(slices.Clone(asked.Where), i, i+1)
	asked.After = ""
	return asked
}

// with is a query with a field's conditions replaced.
func with(asked app.Query, field string, conditions ...app.Condition) app.Query {
	asked.Where = append(slices.DeleteFunc(slices.Clone(asked.Where), func(c app.Condition) bool { return c.Field == field }), conditions...)
	asked.After = ""
	return asked
}

// toggled is a query with a condition, or without it where it has it, from the
// beginning. Several that say what one field is stand side by side: any of them is
// enough.
func toggled(asked app.Query, one app.Condition) app.Query {
	if i := slices.Index(asked.Where, one); i >= 0 {
		return without(asked, i)
	}
	at := len(asked.Where)
	for i, c := range asked.Where {
		if c.Field == one.Field && c.Op == one.Op {
			at = i + 1
		}
	}
	asked.Where = slices.Insert(slices.Clone(asked.Where), at, one)
	asked.After = ""
	return asked
}

func listPath(path string, asked app.Query) string {
	if v := asked.Values(); len(v) > 0 {
		return path + "?" + v.Encode()
	}
	return path
}

// leadList shows people as a table.
func (q *request) leadList() error {
	asked, err := q.leadQuery()
	if err != nil {
		return err
	}
	if len(q.addedConditions()) > 0 { // the address is to say what the list is of
		return q.goTo(listPath(leadsPath, asked))
	}
	if len(asked.Values()) == 0 { // whoever comes for leads
		return q.showLeads(with(asked, "kind", app.Condition{Field: "kind", Op: app.Is, Value: "lead"}))
	}
	return q.showLeads(asked)
}

func (q *request) showLeads(asked app.Query) error {
	ctx := q.Context()
	facets, err := q.site.App.Facets(ctx)
	if err != nil {
		return err
	}
	columns, err := q.site.Staff.Columns(ctx, q.user.ID)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		columns = usualColumns
	}
	p := &view.LeadList{Frame: q.frame("leads", q.t("frame.leads")), Kind: kindOf(&asked), Search: asked.Search}
	p.Query, p.Narrows = asked.Search, true
	asked.Counted = true
	asked.Attributes = slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(fixedColumns, c) })
	page, err := q.site.App.List(ctx, asked)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		p.Problem = q.fault(err)
	} else if err != nil {
		return err
	}
	p.Count, p.More = page.Count.N, page.Count.More
	p.Stopped, p.Looked, p.Of = page.Stopped, page.Looked, int(page.Of)
	p.Trailing = page.Lag.Events > 0 || page.Lag.Walking
	p.Self = listPath(leadsPath, asked)
	p.Columns = q.columnHeads(columns, &asked, facets)
	for i := range page.Rows {
		p.Rows = append(p.Rows, q.leadRow(&page.Rows[i], columns))
	}
	if page.Next != "" {
		next := asked
		next.After = page.Next
		p.Next = listPath(leadsPath, next)
	}
	if asked.After != "" {
		first := asked
		first.After = ""
		p.First = listPath(leadsPath, first)
	}
	if q.partial() {
		return q.show(p.List())
	}
	if err := q.leadTools(p, &asked, facets); err != nil {
		return err
	}
	return q.show(p.Render())
}

// leadTools adds to the list what narrows it down.
func (q *request) leadTools(p *view.LeadList, asked *app.Query, facets *app.Facets) error {
	for _, kind := range kinds {
		to := with(*asked, "kind")
		name := "all"
		if kind != "" {
			to = with(*asked, "kind", app.Condition{Field: "kind", Op: app.Is, Value: kind})
			name = kind
		}
		path := listPath(leadsPath, to)
		if kind == "" && path == leadsPath {
			path = leadsPath + "?sort=-score" // an address without anything is of leads
		}
		p.Kinds = append(p.Kinds, view.Tab{Label: q.t("leadlist.kind." + name), Path: path, Here: p.Kind == name})
	}
	p.Chips = q.chips(leadsPath, asked, facets)
	for name, all := range asked.Values() {
		for _, v := range all {
			if name != "after" {
				p.Hidden = append(p.Hidden, view.Option{Label: name, Value: v})
			}
			if name != "after" && name != "kind" && name != "q" { // whoever is searched for may be of any kind
				p.Kept = append(p.Kept, view.Option{Label: name, Value: v})
			}
		}
	}
	p.Fields = q.fieldOptions(facets)
	p.Signals, p.Segments = named(facets.Signals), named(facets.Segments)
	p.Whens = q.whenOptions()
	for _, op := range []app.Op{app.Is, app.IsNot, app.Contains, app.AtLeast, app.AtMost} {
		p.Ops = append(p.Ops, view.Option{Value: string(op), Label: q.t("leadlist.op." + opNames[op])})
	}
	for _, stage := range facets.Stages {
		to := toggled(*asked, app.Condition{Field: "stage", Op: app.Is, Value: stage})
		p.Stages = append(p.Stages, view.Tab{Label: stage, Path: listPath(leadsPath, to), Here: hasCondition(asked, "stage", stage)})
	}
	group := func(label, field string, values []string) {
		g := view.FacetGroup{Label: label}
		for _, v := range values {
			to := toggled(*asked, app.Condition{Field: field, Op: app.Is, Value: v})
			g.Values = append(g.Values, view.Tab{Label: v, Path: listPath(leadsPath, to), Here: hasCondition(asked, field, v)})
		}
		if len(values) > 0 {
			p.Facets = append(p.Facets, g)
		}
	}
	group(q.t("leadlist.field.consent"), "consent", facets.Agreed)
	group(q.t("leadlist.field.consent_withdrawn"), "consent_withdrawn", facets.Withdrawn)
	for _, a := range facets.Attributes {
		group(q.attributeLabel(a.Label, a.Name), fieldOf(a.Name), a.Values)
	}
	views, err := q.site.Staff.Views(q.Context(), q.user.ID)
	if err != nil {
		return err
	}
	here := asked.Values().Encode()
	for _, v := range views {
		p.Views = append(p.Views, view.ViewTab{ID: v.ID, Name: v.Name, Path: leadsPath + "?" + v.Query, Here: v.Query == here, Shared: v.Shared,
			Mine: v.Owner == q.user.ID || v.Shared && q.may(access.Share)})
	}
	p.Saveable = here
	p.MayShare, p.MayWork, p.MayExport = q.may(access.Share), q.may(access.Work), q.may(access.Export)
	p.Export = listPath("/leads/export", *asked)
	p.Board = listPath("/leads/board", with(*asked, "kind"))
	for _, st := range q.site.App.Plan().Stages {
		p.Targets = append(p.Targets, view.Target{Name: st.Name, Reasons: st.Reasons})
	}
	return nil
}

// chips are the conditions of a list at a path, each with the way to the list without
// it.
func (q *request) chips(path string, asked *app.Query, facets *app.Facets) []view.Chip {
	var chips []view.Chip
	for i, c := range asked.Where {
		if c.Field == "kind" {
			continue
		}
		said := q.conditionWords(c, facets)
		if i > 0 && alternatives(c, asked.Where[i-1]) {
			said = q.t("leadlist.chip.or", c.Value)
		}
		chips = append(chips, view.Chip{Text: said, Remove: listPath(path, without(*asked, i))})
	}
	return chips
}

// alternatives says of two conditions that either is enough.
func alternatives(a, b app.Condition) bool {
	return a.Field == b.Field && a.Op == app.Is && b.Op == app.Is && a.Value != "*" && b.Value != "*" && a.Field != app.SignalField && a.Field != app.SegmentField
}

var opNames = map[app.Op]string{app.Is: "is", app.IsNot: "is_not", app.Contains: "contains", app.AtLeast: "at_least", app.AtMost: "at_most"}

func hasCondition(asked *app.Query, field, value string) bool {
	return slices.Contains(asked.Where, app.Condition{Field: field, Op: app.Is, Value: value})
}

// Of spans and of numbers of times these are offered; an address may say any.
var (
	offeredDays  = []int{7, 30, 90}
	offeredTimes = []int{2, 3, 5, 10}
)

// whenOptions are when, or how often, somebody did something.
func (q *request) whenOptions() []view.Option {
	all := []view.Option{{Label: q.t("leadlist.when.ever")}}
	for _, days := range offeredDays {
		all = append(all, view.Option{Value: fmt.Sprintf("%dd", days), Label: q.n("leadlist.when.days", days)})
	}
	for _, times := range offeredTimes {
		all = append(all, view.Option{Value: fmt.Sprintf("%dx", times), Label: q.n("leadlist.when.times", times)})
	}
	return all
}

func named(facets []app.NamedFacet) []view.Option {
	var all []view.Option
	for _, f := range facets {
		all = append(all, view.Option{Value: f.Name, Label: labelOf(f.Label, f.Name)})
	}
	return all
}

// labelAmong is what a signal or a segment is called.
func labelAmong(facets []app.NamedFacet, name string) string {
	i := slices.IndexFunc(facets, func(f app.NamedFacet) bool { return f.Name == name })
	if i < 0 {
		return strings.ReplaceAll(name, "_", " ")
	}
	return labelOf(facets[i].Label, name)
}

// occurrenceWords tells what a condition asks about a signal.
func (q *request) occurrenceWords(o app.Occurrence, did bool, facets *app.Facets) string {
	label := labelAmong(facets.Signals, o.Signal)
	days, hours, times := int(o.Within/lead.Day), int(o.Within/lead.Hour), int(o.Times)
	whole := o.Within%lead.Day == 0
	switch {
	case times > 1 && did:
		return q.n("leadlist.did.times", times, label)
	case times > 1:
		return q.n("leadlist.did.fewer", times, label)
	case o.Within > 0 && whole && did:
		return q.n("leadlist.did.days", days, label)
	case o.Within > 0 && whole:
		return q.n("leadlist.did.not_days", days, label)
	case o.Within > 0 && did:
		return q.n("leadlist.did.hours", hours, label)
	case o.Within > 0:
		return q.n("leadlist.did.not_hours", hours, label)
	case did:
		return q.t("leadlist.did.ever", label)
	}
	return q.t("leadlist.did.never", label)
}

// listFields are the names that mean something else than an attribute.
var listFields = []string{"kind", "stage", "score", "grade", "account", "excluded", "first_seen", "last_seen", "stage_since",
	"consent", "consent_claimed", "consent_withdrawn", app.SignalField, app.SegmentField, "q", "sort", "after", "limit"}

// fieldOf is how a condition names an attribute.
func fieldOf(attribute string) string {
	if slices.Contains(listFields, attribute) {
		return "attribute." + attribute
	}
	return attribute
}

// fieldWords is what a field is called.
func (q *request) fieldWords(field string, facets *app.Facets) string {
	if slices.Contains(listFields, field) {
		return q.t("leadlist.field." + field)
	}
	name := strings.TrimPrefix(field, "attribute.")
	for _, a := range facets.Attributes {
		if a.Name == name {
			return q.attributeLabel(a.Label, a.Name)
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

func (q *request) conditionWords(c app.Condition, facets *app.Facets) string {
	field := q.fieldWords(c.Field, facets)
	switch {
	case c.Value == "*" && c.Op == app.Is:
		return q.t("leadlist.set", field)
	case c.Value == "*" && c.Op == app.IsNot:
		return q.t("leadlist.not_set", field)
	}
	if o, err := app.ParseOccurrence(c.Value); c.Field == app.SignalField && err == nil && (c.Op == app.Is || c.Op == app.IsNot) {
		return q.occurrenceWords(o, c.Op == app.Is, facets)
	}
	switch {
	case c.Field == app.SegmentField && c.Op == app.Is:
		return q.t("leadlist.in_segment", labelAmong(facets.Segments, c.Value))
	case c.Field == app.SegmentField && c.Op == app.IsNot:
		return q.t("leadlist.not_in_segment", labelAmong(facets.Segments, c.Value))
	}
	if answer := strings.ToLower(c.Value); c.Field == "excluded" && (answer == "yes" || answer == "no") && (c.Op == app.Is || c.Op == app.IsNot) {
		if (answer == "yes") == (c.Op == app.Is) {
			return q.t("leadlist.chip.excluded")
		}
		return q.t("leadlist.chip.not_excluded")
	}
	if consent := "leadlist.chip." + c.Field; c.Op == app.Is && strings.HasPrefix(c.Field, "consent") && words.Has(consent) {
		return q.t(consent, c.Value)
	}
	return q.t("leadlist.chip."+opNames[c.Op], field, c.Value)
}

// fieldOptions are what a filter can ask for.
func (q *request) fieldOptions(facets *app.Facets) []view.Option {
	var all []view.Option
	for _, name := range []string{"stage", "score", "grade", "account", "excluded", "first_seen", "last_seen", "stage_since",
		"consent", "consent_claimed", "consent_withdrawn"} {
		all = append(all, view.Option{Value: name, Label: q.t("leadlist.field." + name)})
	}
	for _, name := range facets.Scores {
		if name != "score" {
			all = append(all, view.Option{Value: name, Label: strings.ReplaceAll(name, "_", " ")})
		}
	}
	for _, a := range facets.Attributes {
		all = append(all, view.Option{Value: fieldOf(a.Name), Label: q.attributeLabel(a.Label, a.Name)})
	}
	return all
}

// sortable are the columns by which a list can be ordered.
var sortable = []string{"score", "last_seen", "first_seen", "stage_since", "email", "account", "name"}

// columnHeads are the heads of the chosen columns, and which others there are.
func (q *request) columnHeads(columns []string, asked *app.Query, facets *app.Facets) []view.ColumnHead {
	var heads []view.ColumnHead
	add := func(name, text string) {
		h := view.ColumnHead{Name: name, Label: text, Chosen: slices.Contains(columns, name)}
		h.Number = name == "score" || slices.Contains(facets.Scores, name)
		if slices.Contains(sortable, name) {
			to := *asked
			to.After = ""
			switch asked.Sort {
			case "-" + name:
				h.Sorted, to.Sort = "descending", name
			case name:
				h.Sorted, to.Sort = "ascending", "-"+name
			default:
				to.Sort = "-" + name
				if name == "email" || name == "account" || name == "name" {
					to.Sort = name
				}
				if asked.Sort == "" && name == "score" {
					h.Sorted, to.Sort = "descending", "score"
				}
			}
			h.Sort = listPath(leadsPath, to)
		}
		heads = append(heads, h)
	}
	add("name", q.t("leadlist.column.name"))
	for _, name := range fixedColumns {
		add(name, q.t("leadlist.column."+name))
	}
	for _, name := range facets.Scores {
		if name != "score" {
			add("score."+name, strings.ReplaceAll(name, "_", " "))
		}
	}
	for _, a := range facets.Attributes {
		if !slices.Contains(fixedColumns, a.Name) {
			add("attribute."+a.Name, q.attributeLabel(a.Label, a.Name))
		}
	}
	return heads
}

func (q *request) leadRow(r *app.Row, columns []string) view.LeadRow {
	row := view.LeadRow{ID: r.ID.String(), Path: leadsPath + "/" + r.ID.String(), Excluded: r.Excluded}
	for _, known := range []string{r.Name, r.Email, q.t("leadlist.unknown", r.ID.String())} {
		if row.Name == "" && seen(known) {
			row.Name = clipped(known)
		}
	}
	if r.Email != row.Name {
		row.Below = r.Email
	}
	for _, name := range columns {
		c := view.Cell{Column: name}
		switch name {
		case "stage":
			c.Stage, c.Role = r.Stage, q.roleOf(r.Stage)
		case "score":
			c.Number = q.voice.Number(int(r.Score))
		case "kind":
			c.Text = q.t("leadlist.kind." + r.Kind)
		case "stage_since":
			c.At = r.StageSince
		case "first_seen":
			c.At = r.FirstSeen
		case "last_seen":
			c.At = r.LastSeen
		default:
			c.Text, c.Number = q.cellText(r, name)
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

func (q *request) cellText(r *app.Row, name string) (text, number string) {
	if score, is := strings.CutPrefix(name, "score."); is {
		if n, known := r.Scores[score]; known {
			return "", q.voice.Number(int(n))
		}
		return "", ""
	}
	if attribute, is := strings.CutPrefix(name, "attribute."); is {
		values := r.Attributes[attribute]
		return strings.Join(values[:min(len(values), maxLeadCell)], ", "), ""
	}
	return map[string]string{"grade": r.Grade, "title": r.Title, "company": r.Company, "account": r.Account, "email": r.Email}[name], ""
}
