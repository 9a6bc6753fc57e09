package web

import "galena/internal/access"

// Route is one page or act of the pages.
type Route struct {
	// Pattern is a method and a path, as net/http has them.
	Pattern string
	// Act is what somebody must be allowed to do who asks.
	Act    access.Act
	handle func(*request) error
	// open routes are for whoever comes, before the door.
	open bool
	// upload routes bound their bodies themselves.
	upload bool
}

// routes are all pages, on one screen. Who signed in may see whatever needs no
// more than access.See.
var routes = []Route{
	{Pattern: "GET /signin", handle: (*request).signInPage, open: true},
	{Pattern: "POST /signin", handle: (*request).signIn, open: true},
	{Pattern: "POST /signout", handle: (*request).signOut, open: true},
	{Pattern: "GET /setup", handle: (*request).setupPage, open: true},
	{Pattern: "POST /setup", handle: (*request).setup, open: true},
	{Pattern: "GET /ticket", handle: (*request).ticketPage, open: true},
	{Pattern: "POST /ticket", handle: (*request).redeem, open: true},
	{Pattern: "GET /demo", handle: (*request).demoPage, open: true},
	{Pattern: "POST /demo", handle: (*request).enterDemo, open: true},

	{Pattern: "GET /{$}", handle: (*request).home, Act: access.See},

	{Pattern: "GET /sources", handle: (*request).sources, Act: access.SeeCapture},
	{Pattern: "POST /sources", handle: (*request).makeKey, Act: access.Capture},
	{Pattern: "GET /sources/{id}", handle: (*request).source, Act: access.SeeCapture},
	{Pattern: "GET /sources/{id}/seen", handle: (*request).source, Act: access.SeeCapture},
	{Pattern: "POST /sources/{id}/revoke", handle: (*request).revokeKey, Act: access.Capture},
	{Pattern: "GET /events", handle: (*request).events, Act: access.SeeCapture},
	{Pattern: "GET /events/fresh", handle: (*request).freshEvents, Act: access.SeeCapture},
	{Pattern: "GET /events/schema", handle: (*request).schema, Act: access.SeeCapture},
	{Pattern: "GET /events/{seq}", handle: (*request).event, Act: access.SeeCapture},
	{Pattern: "GET /rejects", handle: (*request).rejects, Act: access.SeeCapture},
	{Pattern: "POST /rejects", handle: (*request).tryManyAgain, Act: access.Capture},
	{Pattern: "POST /rejects/{seq}", handle: (*request).tryAgain, Act: access.Capture},
	{Pattern: "GET /imports", handle: (*request).imports, Act: access.SeeCapture},
	{Pattern: "POST /imports", handle: (*request).upload, Act: access.Capture, upload: true},
	{Pattern: "GET /imports/{number}", handle: (*request).importPage, Act: access.SeeCapture},
	{Pattern: "GET /imports/{number}/state", handle: (*request).importPage, Act: access.SeeCapture},
	{Pattern: "POST /imports/{number}/mapping", handle: (*request).setMapping, Act: access.Capture},
	{Pattern: "POST /imports/{number}/task", handle: (*request).startImport, Act: access.Capture},
	{Pattern: "POST /imports/{number}/stop", handle: (*request).stopImport, Act: access.Capture},
	{Pattern: "POST /imports/{number}/forget", handle: (*request).forgetImport, Act: access.Capture},
}

// Routes are all pages, for tests that go through them.
func Routes() []Route { return routes }
