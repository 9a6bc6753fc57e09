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

	{Pattern: "GET /playbook", handle: (*request).playbookPage, Act: access.See},
	{Pattern: "GET /playbook/sweep", handle: (*request).sweepPart, Act: access.See},
	{Pattern: "GET /playbook/structure", handle: (*request).playbookStructure, Act: access.See},
	{Pattern: "GET /playbook/versions", handle: (*request).playbookVersions, Act: access.See},
	{Pattern: "GET /playbook/versions/{version}", handle: (*request).playbookVersion, Act: access.See},
	{Pattern: "GET /playbook/versions/{version}/yaml", handle: (*request).playbookYAML, Act: access.See},
	{Pattern: "POST /playbook/versions/{version}/restore", handle: (*request).restorePlaybook, Act: access.Publish},
	{Pattern: "GET /playbook/diff", handle: (*request).playbookDiff, Act: access.See},
	{Pattern: "GET /playbook/drafts", handle: (*request).drafts, Act: access.Draft},
	{Pattern: "POST /playbook/drafts", handle: (*request).beginDraft, Act: access.Draft, upload: true},
	{Pattern: "GET /playbook/drafts/{draft}", handle: (*request).draftPage, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}", handle: (*request).saveDraft, Act: access.Draft, upload: true},
	{Pattern: "GET /playbook/drafts/{draft}/yaml", handle: (*request).draftYAML, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/upload", handle: (*request).uploadDraft, Act: access.Draft, upload: true},
	{Pattern: "POST /playbook/drafts/{draft}/drop", handle: (*request).dropDraft, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/dials", handle: (*request).dials, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/dials", handle: (*request).turnDials, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/rules", handle: (*request).addRule, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/proof", handle: (*request).proof, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/preview", handle: (*request).preview, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/preview", handle: (*request).startPreview, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/preview/stop", handle: (*request).stopPreview, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/publish", handle: (*request).draftPublishPage, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/sign", handle: (*request).signDraft, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/publish", handle: (*request).publishDraft, Act: access.Publish},
}

// Routes are all pages, for tests that go through them.
func Routes() []Route { return routes }
