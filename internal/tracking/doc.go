// Package tracking is the face that client libraries speak to, Segment's own and
// those of others that speak as they do: it reads their messages, says which are no events and why, and hands the rest to
// a Sink together with the refusals.
//
// What a message means is decided here once and written into the event: its
// time, its identifiers, the address it claims. Who the person is, whether the
// message was seen before and what it is worth are decided below; no store and
// no playbook is known here.
//
// # Doors
//
//	POST /v1/{identify,track,page,screen,group,alias}   one message; the path gives the type
//	POST /v1/{i,t,p,s,g,a}                              the same, as the browser library calls them
//	POST /api/s/{type}, /api/s/s2s/{type}               the same, as Jitsu's library calls them
//	POST /v1/batch, /v1/b, /beacon/v1/batch             many messages in an envelope
//	POST /v1/import, /v1/import/                        history, see below
//	GET  /v1/pixel/{track,page}                         an image, see below
//	POST /v1/m                                          the libraries' own metrics: answered, not kept
//	GET  /v1/projects/{key}/settings, /projects/{key}/settings
//	GET  /sourceConfig/                                 the same for RudderStack's browser library
//
// Content-Type is ignored, since the libraries send anything. A write key is
// taken from Basic authorization, else X-Write-Key, else the query's writeKey,
// else the body's; a worse place never overrides a better one. (Jitsu's library
// sends the key in X-Write-Key, and in the body a mask of it.) How far the sender
// is believed follows from the kind of the key, not from the door.
//
// The settings documents are the same for every key, known or not. A page asks for
// them with a key that is public anyway, and a document that told known keys from
// unknown ones would let anybody try keys without being counted; the first
// message sent with a wrong key is answered 401.
//
// # Nobody's
//
// A message names whose it is, by userId or anonymousId. Where the workspace takes
// what names nobody, a page, screen or track of a browser key is given an anonymous
// id that lasts for the day; see docs/adr/0026-privacy.md.
//
// # Objections
//
// What a browser key brings whose browser objects to being followed (Sec-GPC: 1, DNT:
// 1; the workspace chooses which count) is taken as if it named nobody, unless it
// names a user or is an identify. What is not taken so is not kept, not as a reject
// either; the answer is a success and counts it as suppressed.
//
// # Images
//
// What loads an image, as a mail does when it is opened, can send an event by the
// image's address, with a browser key:
//
//	/v1/pixel/track?writeKey=K&data=<a message as JSON in base64url>
//	/v1/pixel/track?writeKey=K&event=Email+Opened&messageId=M&context.traits.email=ada@corp.example&properties.campaign_id=7
//
// Parameters are texts; a dot leads into an object. Give a messageId: the event
// counts once, however often the image is loaded. The answer is always the image,
// at once gone from every cache, and never a cookie. This is the only door at
// which GET changes anything, which is why it takes nothing but track and page: it
// notes that something happened, and never says who is who.
//
// # History
//
// What is sent to /v1/import?backfill=true takes its place in a lead's life by
// the time at which it occurred, not by that of its arrival, and nothing it
// decides has effects: no mail, no routing. It rewrites the past, so it needs a
// server key. Without that word /v1/import is /v1/batch, since some server
// libraries (Ruby, Java) send everything there.
//
// # Answers
//
// Success is answered after the Sink has committed, never before. A batch with
// bad messages among good ones is a success that lists what was refused; the
// libraries never send a refused batch again, so one bad message must not take
// the others with it. A request of which nothing is good is answered likewise,
// with what was refused, which is kept: some libraries would send it again and
// again if it were told as an error. Only what cannot be read as JSON or is too
// large is answered 400 or 413. A key that brings more events than it may in a
// second is answered 429, with the seconds until it may bring more in Retry-After
// and X-RateLimit-Reset; a batch that begins in time is taken whole, and what it
// has too many is waited for afterwards. Nothing is answered 5xx because of its content.
package tracking
