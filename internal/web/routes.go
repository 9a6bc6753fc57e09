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
	// secret routes have something in their address that others must not learn.
	secret bool
	// upload routes bound their bodies themselves.
	upload bool
}

// routes are all pages, on one screen. Who signed in may see whatever needs no
// more than access.See.
var routes = []Route{
	{Pattern: "GET /signin", handle: (*request).signInPage, open: true},
	{Pattern: "POST /signin", handle: (*request).signIn, open: true},
	{Pattern: "POST /signout", handle: (*request).signOut, open: true},
	{Pattern: "GET /setup", handle: (*request).setupPage, open: true, secret: true},
	{Pattern: "POST /setup", handle: (*request).setup, open: true},
	{Pattern: "GET /setup/restore", handle: (*request).bringFirstPage, open: true, secret: true},
	{Pattern: "POST /setup/restore", handle: (*request).bringFirst, open: true, upload: true},
	{Pattern: "GET /setup/restore/{id}", handle: (*request).incomingFirst, open: true, secret: true},
	{Pattern: "POST /setup/restore/{id}", handle: (*request).restoreFirst, open: true},
	{Pattern: "POST /setup/restore/{id}/forget", handle: (*request).forgetFirst, open: true},
	{Pattern: "GET /ticket", handle: (*request).ticketPage, open: true, secret: true},
	{Pattern: "POST /ticket", handle: (*request).redeem, open: true},
	{Pattern: "GET /demo", handle: (*request).demoPage, open: true},
	{Pattern: "POST /demo", handle: (*request).enterDemo, open: true},

	{Pattern: "GET /{$}", handle: (*request).home, Act: access.See},

	{Pattern: "GET /first", handle: (*request).firstPage, Act: access.Capture},
	{Pattern: "POST /first", handle: (*request).makeFirstKeys, Act: access.Capture},
	{Pattern: "GET /first/arrival", handle: (*request).arrival, Act: access.Capture},

	{Pattern: "GET /settings", handle: (*request).settingsPage, Act: access.See},
	{Pattern: "GET /settings/you", handle: (*request).youPage, Act: access.See},
	{Pattern: "POST /settings/you", handle: (*request).prefer, Act: access.See},
	{Pattern: "POST /settings/you/password", handle: (*request).changePassword, Act: access.See},
	{Pattern: "POST /settings/you/sessions", handle: (*request).endOwnSessions, Act: access.See},
	{Pattern: "GET /settings/company", handle: (*request).companyPage, Act: access.Configure},
	{Pattern: "POST /settings/company", handle: (*request).setCompany, Act: access.Configure},
	{Pattern: "GET /settings/users", handle: (*request).usersPage, Act: access.Manage},
	{Pattern: "POST /settings/invitations", handle: (*request).invite, Act: access.Manage},
	{Pattern: "POST /settings/invitations/{id}/again", handle: (*request).inviteAgain, Act: access.Manage},
	{Pattern: "POST /settings/invitations/{id}/back", handle: (*request).takeBack, Act: access.Manage},
	{Pattern: "GET /settings/users/{id}", handle: (*request).userPage, Act: access.Manage},
	{Pattern: "POST /settings/users/{id}/role", handle: (*request).setRole, Act: access.Manage},
	{Pattern: "POST /settings/users/{id}/disable", handle: (*request).disable, Act: access.Manage},
	{Pattern: "POST /settings/users/{id}/enable", handle: (*request).enable, Act: access.Manage},
	{Pattern: "POST /settings/users/{id}/reset", handle: (*request).reset, Act: access.Manage},
	{Pattern: "POST /settings/users/{id}/sessions", handle: (*request).endSessions, Act: access.Manage},
	{Pattern: "GET /settings/roles", handle: (*request).rolesPage, Act: access.See},
	{Pattern: "GET /settings/audit", handle: (*request).auditPage, Act: access.Audit},
	{Pattern: "GET /settings/backup", handle: (*request).backupPage, Act: access.Backup},
	{Pattern: "POST /settings/backup", handle: (*request).backup, Act: access.Backup},
	{Pattern: "POST /settings/backup/restore", handle: (*request).bring, Act: access.Restore, upload: true},
	{Pattern: "GET /settings/backup/{id}", handle: (*request).incomingPage, Act: access.Restore},
	{Pattern: "POST /settings/backup/{id}", handle: (*request).restore, Act: access.Restore},
	{Pattern: "POST /settings/backup/{id}/forget", handle: (*request).forget, Act: access.Restore},
	{Pattern: "GET /settings/privacy", handle: (*request).privacyPage, Act: access.See},
	{Pattern: "POST /settings/privacy", handle: (*request).setPrivacy, Act: access.Configure},
	{Pattern: "GET /settings/about", handle: (*request).aboutPage, Act: access.See},
	{Pattern: "POST /settings/about/doctor", handle: (*request).examine, Act: access.Configure},

	{Pattern: "GET /leads", handle: (*request).leadList, Act: access.See},
	{Pattern: "GET /leads/board", handle: (*request).leadBoard, Act: access.See},
	{Pattern: "POST /leads/export", handle: (*request).leadExport, Act: access.Export},
	{Pattern: "POST /leads/bulk", handle: (*request).bulk, Act: access.Work},
	{Pattern: "POST /leads/undo", handle: (*request).undoBulk, Act: access.Work},
	{Pattern: "POST /leads/views", handle: (*request).saveView, Act: access.See},
	{Pattern: "POST /leads/views/drop", handle: (*request).dropView, Act: access.See},
	{Pattern: "POST /leads/columns", handle: (*request).chooseColumns, Act: access.See},

	{Pattern: "GET /accounts", handle: (*request).accountList, Act: access.See},
	{Pattern: "GET /account", handle: (*request).accountShow, Act: access.See},

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

	{Pattern: "GET /leads/{id}", handle: (*request).leadShow, Act: access.See},
	{Pattern: "GET /leads/{id}/news", handle: (*request).leadNews, Act: access.See},
	{Pattern: "GET /leads/{id}/whatif", handle: (*request).whatIf, Act: access.See},
	{Pattern: "GET /leads/{id}/stage", handle: (*request).stageForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/stage", handle: (*request).putInStage, Act: access.Work},
	{Pattern: "GET /leads/{id}/points", handle: (*request).pointsForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/points", handle: (*request).correctPoints, Act: access.Work},
	{Pattern: "GET /leads/{id}/attributes", handle: (*request).attributesForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/attributes", handle: (*request).setAttributes, Act: access.Work},
	{Pattern: "GET /leads/{id}/consent", handle: (*request).consentForm, Act: access.Work},
	{Pattern: "POST /leads/{id}/consent", handle: (*request).recordConsent, Act: access.Work},
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

	{Pattern: "GET /playbook", handle: (*request).playbookPage, Act: access.See},
	{Pattern: "GET /playbook/sweep", handle: (*request).sweepPart, Act: access.See},
	{Pattern: "GET /playbook/structure", handle: (*request).playbookStructure, Act: access.See},
	{Pattern: "GET /playbook/versions", handle: (*request).playbookVersions, Act: access.See},
	{Pattern: "GET /playbook/versions/{version}", handle: (*request).playbookVersion, Act: access.See},
	{Pattern: "GET /playbook/versions/{version}/yaml", handle: (*request).playbookYAML, Act: access.See},
	{Pattern: "POST /playbook/versions/{version}/restore", handle: (*request).restorePlaybook, Act: access.Publish},
	{Pattern: "GET /playbook/diff", handle: (*request).playbookDiff, Act: access.See},
	{Pattern: "GET /playbook/language", handle: (*request).language, Act: access.Draft},
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
	{Pattern: "GET /playbook/drafts/{draft}/conditions", handle: (*request).conditions, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/condition", handle: (*request).conditionPage, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/condition", handle: (*request).setCondition, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/fading", handle: (*request).fadings, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/decay", handle: (*request).fadingPage, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/decay", handle: (*request).setFading, Act: access.Draft},
	{Pattern: "GET /playbook/drafts/{draft}/bounds", handle: (*request).bounds, Act: access.Draft},
	{Pattern: "POST /playbook/drafts/{draft}/bounds", handle: (*request).setBounds, Act: access.Draft},
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
