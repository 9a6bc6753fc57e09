package tracking

import "net/http"

// preflightSeconds is for how long a browser may remember that it may send.
// None keeps it longer than a day.
const preflightSeconds = "86400"

// shared lets every page send here: the write key is public, and what is
// answered tells nothing. The headers stand on every answer, refusals too, since
// a library that may not read a refusal takes it for a broken network and tries
// again. Credentials are allowed because sendBeacon insists on sending them; no
// door of this face ever looks at a cookie.
func shared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); origin != "" {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "Retry-After, X-RateLimit-Reset")
		}
		next.ServeHTTP(w, r)
	})
}

// preflight answers what a browser asks before it sends. Any header may be sent:
// libraries invent new ones with every version.
func preflight(w http.ResponseWriter, r *http.Request, methods string) {
	h := w.Header()
	h.Set("Allow", methods)
	h.Add("Vary", "Access-Control-Request-Headers")
	if r.Header.Get("Origin") != "" {
		h.Set("Access-Control-Allow-Methods", methods)
		h.Set("Access-Control-Max-Age", preflightSeconds)
		if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
			h.Set("Access-Control-Allow-Headers", headers)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// only answers one method, GET together with HEAD, and preflights.
func only(method string, next func(http.ResponseWriter, *http.Request) answer) http.Handler {
	methods := method + ", OPTIONS"
	if method == http.MethodGet {
		methods = "GET, HEAD, OPTIONS"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodOptions:
			preflight(w, r, methods)
		case r.Method == method || r.Method == http.MethodHead && method == http.MethodGet:
			next(w, r).write(w)
		default:
			w.Header().Set("Allow", methods)
			methodNotAllowed.write(w)
		}
	})
}
