package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/server"
	"galena/internal/staff"
)

// PagesOptions say what to measure.
type PagesOptions struct {
	// Leads have a history of about so many Events together.
	Leads, Events int
	// Times is how often each page is asked for.
	Times int
	// Database is the URL of a PostgreSQL database, "" for SQLite.
	Database string
	// Keep is a folder for the workspace that is kept: the first run fills it, later
	// ones find it. "" for one of its own below Dir, which goes. A database is always
	// kept.
	Keep, Dir string
	// Program is the galena that is measured.
	Program string
	// Only, where it is not nil, is which pages are measured, by what they are called.
	Only *regexp.Regexp
	// Progress is called now and then with what is counted, in the singular, and how far it is.
	Progress func(what string, done, all int)
}

// PagesResult is how long each page took.
type PagesResult struct {
	Store  string `json:"store"`
	Leads  int64  `json:"leads"`
	Events int64  `json:"events"`
	// Settled tells how long it took the history to come in, and be listed; 0 where it
	// was there.
	Settled float64      `json:"settled_seconds"`
	Pages   []PageResult `json:"pages"`
	// Memory is the largest resident set of the server, in bytes; 0: not known.
	Memory int64 `json:"memory_bytes"`
}

// Kept says whether all pages keep their budgets.
func (r *PagesResult) Kept() bool {
	return !slices.ContainsFunc(r.Pages, func(p PageResult) bool { return !p.Kept })
}

// PageResult is how long it took until a page was there, in milliseconds: the first
// time, and of the others.
type PageResult struct {
	Page  string      `json:"page"`
	Path  string      `json:"path"`
	Role  access.Role `json:"role"`
	First float64     `json:"first_ms"`
	P50   float64     `json:"p50_ms"`
	P95   float64     `json:"p95_ms"`
	P99   float64     `json:"p99_ms"`
	// CPU is what the server used of processors for one, whatever it did beside it; a
	// database is not the server.
	CPU float64 `json:"cpu_ms"`
	// Bytes are as they were sent, Plain as they are without gzip.
	Bytes int `json:"bytes"`
	Plain int `json:"plain_bytes"`
	// Budget is what P95 may be.
	Budget float64 `json:"budget_ms"`
	Kept   bool    `json:"kept"`
}

// Budgets of the server's time for a page at the 95th percentile, in milliseconds.
const (
	pageBudget = 50
	listBudget = 100
)

// page is something that people look at.
type page struct {
	name, path string
	role       access.Role
	list       bool // has the budget of a list
}

// pagesOf are the pages of a workspace: those of the navigation, and each kind of
// list and look that people take.
func pagesOf(who residents) []page {
	lead := func(id fmt.Stringer) string { return "/leads/" + id.String() }
	all := []page{
		{name: "home", path: "/"},
		{name: "home", path: "/", role: access.Sales},
	}
	list := func(name, path string) { all = append(all, page{name: name, path: path, list: true}) }
	list("leads", "/leads")
	all = append(all, page{name: "leads", path: "/leads", role: access.Sales, list: true})
	for _, l := range []struct{ name, query string }{
		{"all people", "sort=-score"},
		{"contacts", "kind=contact"},
		{"visitors", "kind=visitor"},
		{"stage of many", "kind=lead&stage=Lead"},
		{"stage of few", "kind=lead&stage=SQL"},
		{"seen since yesterday", "last_seen>=-1d"},
		{"hot and seen lately", "kind=lead&score>=60&last_seen>=-7d"},
		{"by last seen", "kind=lead&sort=-last_seen"},
		{"by first seen, all", "sort=-first_seen"},
		{"by stage since", "kind=lead&sort=-stage_since"},
		{"by email", "kind=lead&sort=email"},
		{"by account", "kind=lead&sort=account"},
		{"by name", "sort=name"},
		{"attribute of many", "kind=lead&industry=Software"},
		{"attribute of an eighth", "kind=lead&title=Founder&sort=-last_seen"},
		{"number at least", "kind=lead&employees>=800"},
		{"two attributes of many", "country=DE&title=Founder&employees<=100"},
		{"an account", "account=company-77.example"},
		{"search for one", "q=person-4711@company-942.example"},
		{"search for many", "q=company"},
		{"search for nobody", "q=zebra"},
		{"search for two words of many", "q=ada+software"},
		{"contains, of nobody", "kind=lead&title~=zebra"},
		{"contains, of some", "title~=founder"},
		{"excluded", "excluded=yes"},
		{"another score, of few", "fit>=45"},
		{"another score, of nobody", "fit>=500"},
		{"two of many, together of few", "kind=lead&title=Student&score>=60"},
		{"not set", "kind=lead&country!=*"},
		{"did lately", "signal=pricing_visit+30d"},
		{"did not lately", "kind=lead&signal!=pricing_visit+30d"},
		{"did often, and not lately", "signal=pricing_visit+3x&signal!=demo_request+90d"},
	} {
		list("leads: "+l.name, "/leads?"+strings.NewReplacer(">", "%3E", "<", "%3C", "~", "%7E").Replace(l.query))
	}
	list("leads: the tenth page", "/leads#10")
	list("leads: the tenth page of visitors", "/leads?kind=visitor&sort=-last_seen#10")
	list("board", "/leads/board")
	list("accounts", "/accounts")
	list("accounts: the tenth page", "/accounts#10")
	list("accounts: search", "/accounts?find=company-9")
	list("events", "/events")
	list("events: by name", "/events?name=Demo+Requested")
	list("events: of nobody", "/events?name=zebra")
	list("events: of a person", "/events?who="+longResident)
	list("rejects", "/rejects")
	list("audit", "/settings/audit")
	all = append(all, []page{
		{name: "lead of a short life", path: lead(who.short)},
		{name: "lead of a short life", path: lead(who.short), role: access.Sales},
		{name: "lead of a long life", path: lead(who.long)},
		{name: "lead of a program's life", path: lead(who.machine)},
		{name: "lead: what if", path: lead(who.long) + "/whatif"},
		{name: "account", path: "/account?name=" + url.QueryEscape(who.account)},
		{name: "sources", path: "/sources"},
		{name: "source", path: "/sources/1"},
		{name: "schema", path: "/events/schema"},
		{name: "event", path: "/events/1"},
		{name: "imports", path: "/imports"},
		{name: "playbook", path: "/playbook"},
		{name: "playbook: structure", path: "/playbook/structure"},
		{name: "playbook: versions", path: "/playbook/versions"},
		{name: "playbook: drafts", path: "/playbook/drafts"},
		{name: "settings", path: "/settings"},
		{name: "you", path: "/settings/you"},
		{name: "users", path: "/settings/users"},
		{name: "roles", path: "/settings/roles"},
		{name: "about", path: "/settings/about"},
	}...)
	for i := range all {
		if all[i].role == "" {
			all[i].role = access.Admin
		}
	}
	return all
}

// Pages measures how long pages take in a workspace with a history, over HTTP, as
// somebody who is signed in, one after the other.
func Pages(ctx context.Context, o PagesOptions) (r *PagesResult, err error) {
	r = &PagesResult{Store: "SQLite"}
	place := o.Keep
	switch {
	case o.Database != "":
		r.Store, place = "PostgreSQL", o.Database
	case place == "":
		dir, err := os.MkdirTemp(o.Dir, "galena-bench-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		place = filepath.Join(dir, "data")
	}
	tell := func(what string, done, all int) {
		if o.Progress != nil {
			o.Progress(what, done, all)
		}
	}
	begun := time.Now()
	who, err := inhabit(ctx, place, nil, o.Leads, o.Events, func(leads int) {
		tell("lead", leads, o.Leads)
	})
	if err != nil {
		return nil, err
	}
	if who.settled {
		r.Settled = time.Since(begun).Seconds()
	}
	n, err := startNode(ctx, place, o.Program)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, n.stop()) }()
	visitors := map[access.Role]*visitor{}
	for _, role := range []access.Role{access.Admin, access.Sales} { // the first user is an admin
		secret, err := ticket(ctx, place, role)
		if err != nil {
			return nil, err
		}
		if visitors[role], err = newVisitor(ctx, n, secret, role); err != nil {
			return nil, err
		}
	}
	pages := slices.DeleteFunc(pagesOf(who), func(p page) bool { return o.Only != nil && !o.Only.MatchString(p.name) })
	for i, p := range pages {
		tell("page", i, len(pages))
		one, err := visitors[p.role].measure(ctx, p, o.Times)
		if err != nil {
			return nil, err
		}
		r.Pages = append(r.Pages, *one)
	}
	r.Memory = n.memory()
	return r, server.Read(ctx, place, func(w *app.Reader) error {
		counts, err := w.Counts(ctx)
		r.Leads, r.Events = counts.Leads, counts.Events
		return err
	})
}

// ticket makes a link's secret for a user of a role, new or there before.
func ticket(ctx context.Context, place string, role access.Role) (secret string, err error) {
	email := string(role) + "@bench.example"
	return secret, server.Order(ctx, place, func(to staff.Orders) error {
		done, err := to.Order(ctx, staff.Order{What: staff.Resetting, Email: email})
		if fault.KindOf(err) == fault.NotFound && err != nil {
			done, err = to.Order(ctx, staff.Order{What: staff.Inviting, Email: email, Role: role})
		}
		secret = done.Secret
		return err
	})
}

// visitor is somebody with a browser, who is signed in.
type visitor struct {
	http.Client
	node *node
}

func newVisitor(ctx context.Context, n *node, secret string, role access.Role) (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &visitor{Client: http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}, node: n}
	form := url.Values{"secret": {secret}, "name": {string(role)}, "password": {"a bench needs no secrets"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+n.address+"/ticket", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := v.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s is not let in: %s", role, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return v, err
}

// get asks for a page as a browser does, and gives what was sent and what it is.
func (v *visitor) get(ctx context.Context, path string) (sent int, text []byte, took time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.node.address+path, nil)
	if err != nil {
		return 0, nil, 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	begun := time.Now()
	resp, err := v.Do(req)
	if err != nil {
		return 0, nil, 0, err
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	took, sent = time.Since(begun), len(text)
	if err == nil && resp.Header.Get("Content-Encoding") == "gzip" {
		var unzip *gzip.Reader
		if unzip, err = gzip.NewReader(bytes.NewReader(text)); err == nil {
			text, err = io.ReadAll(unzip)
		}
	}
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s was answered with %s: %.300s", path, resp.Status, text)
	}
	return sent, text, took, err
}

// onwards is the link to the next page of a list.
var onwards = regexp.MustCompile(`href="([^"]*)" rel="next"`)

// measure asks for a page a number of times. A path ends in #10 whose tenth page
// is meant.
func (v *visitor) measure(ctx context.Context, p page, times int) (*PageResult, error) {
	path, nth, _ := strings.Cut(p.path, "#")
	if nth != "" {
		var turns int
		if _, err := fmt.Sscan(nth, &turns); err != nil {
			return nil, err
		}
		for range turns - 1 {
			_, text, _, err := v.get(ctx, path)
			if err != nil {
				return nil, err
			}
			next := onwards.FindSubmatch(text)
			if next == nil {
				break // a small workspace has no such page
			}
			path = html.UnescapeString(string(next[1]))
		}
	}
	r := &PageResult{Page: p.name, Path: path, Role: p.role, Budget: pageBudget}
	if p.list {
		r.Budget = listBudget
	}
	sent, text, first, err := v.get(ctx, path)
	if err != nil {
		return nil, err
	}
	r.First, r.Bytes, r.Plain = milliseconds(first), sent, len(text)
	cpu := v.node.cpu()
	var all []time.Duration
	for range times {
		_, _, took, err := v.get(ctx, path)
		if err != nil {
			return nil, err
		}
		all = append(all, took)
	}
	r.CPU = milliseconds(v.node.cpu()-cpu) / float64(times)
	slices.Sort(all)
	of := func(percent int) float64 { return milliseconds(all[(len(all)-1)*percent/100]) }
	r.P50, r.P95, r.P99 = of(50), of(95), of(99)
	r.Kept = r.P95 <= r.Budget
	return r, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
