package pages

import (
	"encoding/json"
	"fmt"
	"testing"
)

// Nobody is led to a page that is not there, or that the role may not see, nor offered
// what the role may not do.
func TestNoDeadLinks(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, role := range []string{"admin", "marketing", "manager", "sales", "viewer"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			if pages := Crawl(t, c.Base, role).Pages(); len(pages) < 5 {
				t.Errorf("only %d pages are found: %q", len(pages), pages)
			}
		})
	}
}

// payloads are texts that would run as a script, load something or break the page
// where somebody forgot to escape them. Each that ran would call __x, which is not
// there, or be refused by the policy; the browser reports either.
var payloads = []string{
	`<script>__x(1)</script>`, `"><script>__x(2)</script>`, `'><img src=x onerror=__x(3)>`, `<svg/onload=__x(4)>`,
	`<details open ontoggle=__x(6)>`, `<iframe srcdoc="&lt;script&gt;parent.__x(8)&lt;/script&gt;">`, `javascript:__x(10)`,
	"java\tscript:__x(11)", "\x01javascript:__x(12)", `data:text/html,<script>__x(13)</script>`, `</title><script>__x(14)</script>`,
	`</textarea><script>__x(15)</script>`, `</style><script>__x(16)</script>`, `--><script>__x(17)</script>`, `</script><script>__x(19)</script>`,
	`";__x(20);//`, "`${__x(22)}`", "\u2028__x(23)//", `{{constructor.constructor('__x(24)')()}}`, `" autofocus onfocus=__x(28) x="`,
	`' onmouseover=__x(29) '`, `x onfocus=__x(30) autofocus`, `<form id=attributes><input name=innerHTML>`, `<base href=//canary.example>`,
	`<meta http-equiv=refresh content="0;url=//canary.example">`, `x" style="background:url(//canary.example)`,
	`＜script＞__x(33)＜/script＞`, `%3Cscript%3E__x(34)%3C/script%3E`, `&lt;script&gt;__x(35)&lt;/script&gt;`, `+ADw-script+AD4-__x(36)+ADw-/script+AD4-`,
	`<ScRiPt/xss src=//canary.example>`, "<img src=\"x`onerror=__x(38)`\">", `[x](javascript:__x(39))`, `<svg xmlns="http://www.w3.org/2000/svg" onload=__x(40)>`,
	`<svg><animate onbegin=__x(5) attributeName=x dur=1s>`, `<video><source onerror=__x(7)>`, `<a href="javascript:__x(9)">c</a>`, `jAvAsCrIpT:__x(10)`,
	`]]><script>__x(18)</script>`, `<!--<script>`, `';__x(21);//`, `${__x(25)}`, `#{__x(26)}`, `<%= __x(27) %>`, `<img name=currentScript>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=__x(31)&gt;">`, `<link rel=stylesheet href=//canary.example>`,
	`<style>@import '//canary.example'</style>`, `<noscript><p title="</noscript><img src=x onerror=__x(32)>">`, `<<script>__x(37)//<</script>`,
	`![x](//canary.example)`, `<!channel> <https://canary.example|Accept>`, `a","=1+1`, "x\"}\ny 1", "\x1b]0;pwn\x07",
	`=HYPERLINK("https://canary.example/")`, "\u202egpj.exe", `__proto__`, `constructor`, `&#x6A;avascript:__x(41)`, `hx-get=/signout hx-trigger=load`,
}

// hostile makes messages in which every place that a sender fills holds a payload.
func hostile() string {
	var batch []any
	for i, p := range payloads {
		id, at := fmt.Sprint("evil-", i), fmt.Sprintf("2026-11-0%dT%02d:%02d:00Z", 1+i%9, 10+i/60, i%60)
		context := map[string]any{
			"page":     map[string]any{"url": "https://x.example/" + p, "path": p, "title": p, "referrer": p, "search": p},
			"campaign": map[string]any{"source": p, "medium": p, "name": p, "term": p, "content": p}, "userAgent": p, "locale": p, "ip": "192.0.2.1",
		}
		batch = append(batch,
			map[string]any{"type": "identify", "messageId": id + "-i", "userId": p + id, "anonymousId": p, "timestamp": at, "context": context, "traits": map[string]any{
				"email": fmt.Sprintf("evil%d@corp%d.example", i, i%3), "name": p, "first_name": p, "title": p, "industry": p, "country": p, "phone": p, "website": p,
				"avatar": p, "company": map[string]any{"name": p, "employees": 500}, p: p,
			}},
			map[string]any{"type": "group", "messageId": id + "-g", "userId": p + id, "groupId": p, "traits": map[string]any{"name": p, "website": p, p: p}},
			map[string]any{"type": "page", "messageId": id + "-p", "userId": p + id, "name": p, "properties": map[string]any{"path": "/pricing" + p, "url": p, "title": p, p: p}, "context": context},
			map[string]any{"type": "track", "messageId": id + "-t", "userId": p + id, "event": "Demo Requested", "properties": map[string]any{p: p}, "context": context},
			map[string]any{"type": "track", "messageId": id + "-u", "userId": p + id, "event": p, "properties": map[string]any{"label": p}, "context": context},
			map[string]any{"type": p, "messageId": id + p, "userId": p},
		)
	}
	text, err := json.Marshal(map[string]any{"batch": batch})
	if err != nil {
		panic(err) // made above
	}
	return string(text)
}

// Nothing that anybody sends runs on any page.
func TestNothingRuns(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	c.Send(t, hostile())
	pages := Crawl(t, c.Base, "admin").Pages()
	b := Open(t, c.Base, Screens[0])
	b.Enter("admin")
	for _, path := range pages {
		b.Go(path)
		if Eval[bool](b, `[...document.querySelectorAll('a[href], form[action], [src]')].some(e => !/^(https?|mailto|tel):/.test(e.href?.baseVal === undefined ? e.href ?? e.action ?? e.src : new URL(e.href.baseVal, location).href))`) {
			t.Errorf("%s has an address that is none", path)
		}
		if Eval[int](b, `document.querySelectorAll('base, iframe, object, embed, meta[http-equiv]').length`) > 0 {
			t.Errorf("%s has an element that somebody sent", path)
		}
	}
	if len(pages) < 12 {
		t.Errorf("only %d pages were visited: %q", len(pages), pages)
	}
}
