// Package tracking is the face that Segment's client libraries speak to: it
// reads their messages, says which are no events and why, and hands the rest to
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
//	POST /v1/batch, /v1/b, /beacon/v1/batch             many messages in an envelope
//	POST /v1/import, /v1/import/                        history, see below
//	POST /v1/m                                          the libraries' own metrics: answered, not kept
//	GET  /v1/projects/{key}/settings, /projects/{key}/settings
//
// Content-Type is ignored, since the libraries send anything. A write key is
// taken from Basic authorization, else X-Write-Key, else the query's writeKey,
// else the body's; a worse place never overrides a better one.
//
// The settings document is the same for every key, known or not. A page asks for
// it with a key that is public anyway, and a document that told known keys from
// unknown ones would let anybody try keys without being counted; the first
// message sent with a wrong key is answered 401.
//
// # History
//
// What arrives at /v1/import takes its place in a lead's life by the time at
// which it occurred, not by that of its arrival, and nothing it decides has
// effects: no mail, no routing. It rewrites the past, so it needs a server key.
// Some server libraries (Ruby, Java) send everything to this path unless told
// otherwise; point them at /v1/batch for live traffic.
//
// # Answers
//
// Success is answered after the Sink has committed, never before. A batch with
// at least one good message is a success that lists what was refused; the
// libraries never send a refused batch again, so one bad message must not take
// the others with it. A request of which nothing is good is answered 400, and
// what was refused is kept. Nothing is answered 5xx because of its content.
package tracking
