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

	{Pattern: "GET /leads/{id}", handle: (*request).leadShow, Act: access.See},
	{Pattern: "GET /leads/{id}/whatif", handle: (*request).whatIf, Act: access.See},
	{Pattern: "GET /leads/{id}/stage", handle: (*request).stageForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/stage", handle: (*request).putInStage, Act: access.Work},
	{Pattern: "GET /leads/{id}/points", handle: (*request).pointsForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/points", handle: (*request).correctPoints, Act: access.Work},
	{Pattern: "GET /leads/{id}/attributes", handle: (*request).attributesForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/attributes", handle: (*request).setAttributes, Act: access.Work},
	{Pattern: "POST /leads/{id}/notes", handle: (*request).addNote, Act: access.Work},
	{Pattern: "POST /leads/{id}/notes/delete", handle: (*request).dropNote, Act: access.Work},
	{Pattern: "GET /leads/{id}/verdict", handle: (*request).verdictForm, Act: access.Mend},
	{Pattern: "POST /leads/{id}/verdict", handle: (*request).judge, Act: access.Mend},
	{Pattern: "GET /leads/{id}/merge", handle: (*request).mergeForm, Act: access.Mend},
	{Pattern: "POST /leads/{id}/merge", handle: (*request).merge, Act: access.Mend},
	{Pattern: "GET /leads/{id}/unmerge", handle: (*request).unmergeForm, Act: access.Mend},
	{Pattern: "POST /leads/{id}/unmerge", handle: (*request).unmerge, Act: access.Mend},
	{Pattern: "POST /leads/{id}/export", handle: (*request).exportLead, Act: access.Export},
	{Pattern: "GET /leads/{id}/erase", handle: (*request).eraseForm, Act: access.Erase},
	{Pattern: "POST /leads/{id}/erase", handle: (*request).erase, Act: access.Erase},
}

// Routes are all pages, for tests that go through them.
func Routes() []Route { return routes }
