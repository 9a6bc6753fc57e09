// Package sdk drives the client libraries of Segment and of others that speak as
// it does, unpatched, against a server, over a network that loses answers,
// refuses and stalls, and asks whether each message landed exactly once.
//
// Jitsu's library never tries again; it is given a fetch that does, as it allows.
//
// The scenarios are functions of a server's address, so that they serve the
// tracking face alone as well as a whole server process. A server behind them
// must take its base URL from the request, or browsers would go past the proxy.
//
// The libraries come from npm by the lock file beside this file. Where node, npm
// or a browser are missing the scenarios are skipped; with GALENA_REQUIRE_ALL=1
// they fail instead.
package sdk
