package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/web/view"
)

// sourceDays is for how many days a source's page tells what came.
const sourceDays = 14

func (q *request) sources() error {
	p, err := q.sourceList("", lead.BrowserKey, "")
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) sourceList(name string, kind lead.KeyKind, problem string) (*view.SourceList, error) {
	all, err := q.site.App.Sources(q.Context())
	if err != nil {
		return nil, err
	}
	p := &view.SourceList{
		Frame: q.frame("sources", q.t("capture.sources.title")), Problem: problem, Behind: int(all.Behind), Name: name,
		Change:  q.may(access.Capture),
		Imports: q.importsRow(all),
	}
	var revoked []view.SourceRow
	for i := len(all.Keys) - 1; i >= 0; i-- {
		if row := q.sourceRow(&all.Keys[i], all); row.Revoked {
			revoked = append(revoked, row)
		} else {
			p.Keys = append(p.Keys, row)
		}
	}
	p.Keys = append(p.Keys, revoked...)
	for _, k := range []lead.KeyKind{lead.BrowserKey, lead.ServerKey, lead.APIKey} {
		p.Kinds = append(p.Kinds, view.Option{Value: string(k), Label: q.t("capture.kind." + string(k)), Help: q.t("capture.kind_help." + string(k)), Chosen: k == kind})
	}
	return p, nil
}

// importsRow is what all imported files brought.
func (q *request) importsRow(all *app.Sources) view.SourceRow {
	row := view.SourceRow{Path: "/imports", Name: q.t("capture.sources.imports")}
	for source, t := range all.Tallies {
		if _, imported := lead.ImportOf(source); imported {
			row.All += int(t.Events)
			row.Today += int(t.Since(q.day(0)))
			row.Last = max(row.Last, t.Last)
		}
	}
	return row
}

func (q *request) sourceRow(k *lead.Key, all *app.Sources) view.SourceRow {
	row := view.SourceRow{
		ID: k.ID, Path: "/sources/" + strconv.FormatInt(k.ID, 10), Name: k.Name, Kind: string(k.Kind), Hint: k.Hint,
		Created: k.Created, Revoked: k.Disabled,
	}
	if t := all.Tallies[k.ID]; t != nil {
		row.Last, row.All, row.Today = t.Last, int(t.Events), int(t.Since(q.day(0)))
	}
	return row
}

// day is the beginning of a day of the viewer's, so many before today.
func (q *request) day(before int) lead.Time {
	now := q.voice.Now.UTC().In(q.voice.Zone)
	return lead.TimeOf(time.Date(now.Year(), now.Month(), now.Day()-before, 0, 0, 0, 0, q.voice.Zone))
}

// number is a number in the path.
func (q *request) number(name string) (int64, error) {
	n, err := strconv.ParseInt(q.PathValue(name), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "There is no page %s.", q.URL.Path)
	}
	return n, nil
}

func (q *request) makeKey() error {
	kind, name := lead.KeyKind(q.PostFormValue("kind")), q.PostFormValue("name")
	key, err := q.site.App.CreateKey(q.Context(), kind, name)
	if err != nil {
		p, other := q.sourceList(name, kind, q.fault(err))
		if other != nil {
			return other
		}
		return q.again(err, func(string) templ.Component { return p.Render() })
	}
	all, err := q.site.App.Sources(q.Context())
	if err != nil {
		return err
	}
	for i := len(all.Keys) - 1; i >= 0; i-- {
		if k := &all.Keys[i]; strings.HasPrefix(key, k.Hint) && !k.Disabled {
			if err := q.site.Staff.Note(q.Context(), q.user, "key.made", k.Name, string(k.Kind)+" "+k.Hint); err != nil {
				return err
			}
			p, err := q.sourcePage(k, all, key)
			if err != nil {
				return err
			}
			p.Key = key
			// Not a page of its own: the key would be in its address.
			return q.show(p.Render())
		}
	}
	return fault.New(fault.Internal, "The key was made and is not there.")
}

// sourcePage is the page of a source, with what to paste for a key.
func (q *request) sourcePage(k *lead.Key, all *app.Sources, key string) (*view.SourcePage, error) {
	policy, err := q.site.App.Policy(q.Context())
	if err != nil {
		return nil, err
	}
	p := &view.SourcePage{
		Frame:  q.frame("sources", k.Name, view.Crumb{Title: q.t("capture.sources.title"), Path: "/sources"}),
		Source: q.sourceRow(k, all), Change: q.may(access.Capture), Snippets: snippets(k.Kind, q.base(), key, policy.Idless),
	}
	t := all.Tallies[k.ID]
	if t == nil {
		t = &app.Tally{}
	}
	for before := sourceDays - 1; before >= 0; before-- {
		p.Days = append(p.Days, view.DayCount{Day: q.day(before), Count: int(t.Since(q.day(before)) - t.Since(q.day(before-1)))})
	}
	return p, nil
}

// source is the page of a key, and the part of it that waits for its first event.
func (q *request) source() error {
	id, err := q.number("id")
	if err != nil {
		return err
	}
	all, err := q.site.App.Sources(q.Context())
	if err != nil {
		return err
	}
	for i := range all.Keys {
		if all.Keys[i].ID != id {
			continue
		}
		p, err := q.sourcePage(&all.Keys[i], all, "WRITE_KEY")
		if err != nil {
			return err
		}
		if strings.HasSuffix(q.URL.Path, "/seen") {
			return q.show(p.Seen())
		}
		return q.show(p.Render())
	}
	return fault.New(fault.NotFound, "There is no key %d.", id)
}

func (q *request) revokeKey() error {
	id, err := q.number("id")
	if err != nil {
		return err
	}
	if q.PostFormValue("sure") == "" {
		return fault.New(fault.Invalid, "A key is revoked for good: tick the box that says so.")
	}
	key, err := q.site.App.RevokeKey(q.Context(), strconv.FormatInt(id, 10))
	if fault.KindOf(err) == fault.Conflict {
		q.warn(err)
		return q.goTo("/sources")
	}
	if err != nil {
		return err
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "key.revoked", key.Name, string(key.Kind)+" "+key.Hint); err != nil {
		return err
	}
	q.say(q.t("capture.source.revoke_done", key.Name), "")
	return q.goTo("/sources")
}

// snippets are what to paste for a key of a kind, by which libraries send events; with
// idless also what sends them without an id.
func snippets(kind lead.KeyKind, base, key string, idless bool) []view.Snippet {
	fill := strings.NewReplacer("BASE", base, "KEY", key)
	var all []view.Snippet
	add := func(id, title, text string) {
		all = append(all, view.Snippet{ID: id, Title: title, Text: fill.Replace(text)})
	}
	switch kind {
	case lead.BrowserKey:
		add("browser", "Browser · Segment analytics-next", `import { AnalyticsBrowser } from '@segment/analytics-next'
const analytics = AnalyticsBrowser.load({ writeKey: 'KEY', cdnURL: 'BASE' })
analytics.page()
analytics.identify('user-1', { email: 'ada@corp.example', title: 'VP Engineering' })`)
		add("rudderstack", "RudderStack", `import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
const analytics = new RudderAnalytics()
analytics.load('KEY', 'BASE', { configUrl: 'BASE' })
analytics.page()`)
		add("jitsu", "Jitsu", `import { jitsuAnalytics } from '@jitsu/js'
const analytics = jitsuAnalytics({ host: 'BASE', writeKey: 'KEY' })
analytics.page()`)
		if idless {
			add("idless", "Browser · cookieless", `<script>
  const page = { url: location.href, path: location.pathname, title: document.title, referrer: document.referrer }
  fetch('BASE/v1/page', { method: 'POST', keepalive: true, credentials: 'omit',
    body: JSON.stringify({ writeKey: 'KEY', properties: page, context: { page } }) })
</script>`)
		}
		add("pixel", "Pixel", `<img src="BASE/v1/pixel/track?writeKey=KEY&event=Email+Opened&messageId=MAIL_AND_READER&context.traits.email=ada@corp.example" width="1" height="1" alt="">`)
		add("curl", "curl", `curl -u 'KEY:' BASE/v1/page -d '{"anonymousId":"visitor-1","name":"Pricing"}'`)
	case lead.ServerKey:
		add("node", "Node · Segment analytics-node", `import { Analytics } from '@segment/analytics-node'
const analytics = new Analytics({ writeKey: 'KEY', host: 'BASE' })
analytics.identify({ userId: 'user-1', traits: { email: 'ada@corp.example', title: 'VP Engineering' } })
analytics.track({ userId: 'user-1', event: 'Demo Requested' })`)
		add("rudderstack", "RudderStack · Node", `import RudderAnalytics from '@rudderstack/rudder-sdk-node'
const analytics = new RudderAnalytics('KEY', { dataPlaneUrl: 'BASE' })
analytics.track({ userId: 'user-1', event: 'Demo Requested' })`)
		add("jitsu", "Jitsu · Node", `import { jitsuAnalytics } from '@jitsu/js'
const analytics = jitsuAnalytics({ host: 'BASE', writeKey: 'KEY', s2s: true })
await analytics.identify('user-1', { email: 'ada@corp.example' })
await analytics.track('Demo Requested')`)
		add("curl", "curl", `curl -u 'KEY:' BASE/v1/identify -d '{"userId":"user-1","traits":{"email":"ada@corp.example","title":"VP Engineering"}}'
curl -u 'KEY:' BASE/v1/track -d '{"userId":"user-1","event":"Demo Requested"}'`)
	}
	return all
}
