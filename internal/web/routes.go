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

	{Pattern: "GET /leads", handle: (*request).leadList, Act: access.See},
	{Pattern: "GET /leads/board", handle: (*request).leadBoard, Act: access.See},
	{Pattern: "GET /leads/export", handle: (*request).leadExport, Act: access.Export},
	{Pattern: "POST /leads/bulk", handle: (*request).bulk, Act: access.Work},
	{Pattern: "POST /leads/undo", handle: (*request).undoBulk, Act: access.Work},
	{Pattern: "POST /leads/views", handle: (*request).saveView, Act: access.See},
	{Pattern: "POST /leads/views/drop", handle: (*request).dropView, Act: access.See},
	{Pattern: "POST /leads/columns", handle: (*request).chooseColumns, Act: access.See},

	{Pattern: "GET /accounts", handle: (*request).accountList, Act: access.See},
	{Pattern: "GET /account", handle: (*request).accountShow, Act: access.See},
}

// Routes are all pages, for tests that go through them.
func Routes() []Route { return routes }
