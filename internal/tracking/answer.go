package tracking

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/lead"
)

// answer is what a request is answered with.
type answer interface{ write(http.ResponseWriter) }

// success is answered once the events are committed. Some libraries take nothing
// but 200 for success. There is never a member "destinations": Jitsu's library
// would load and run what it names.
type success struct {
	Success    bool        `json:"success"`
	Accepted   int         `json:"accepted"`
	Duplicates int         `json:"duplicates"`
	Rejected   []rejection `json:"rejected"`
	// Suppressed is how many were not kept since the browser objects to being followed.
	Suppressed int      `json:"suppressed,omitzero"`
	Warnings   []remark `json:"warnings,omitempty"`
}

type rejection struct {
	Index   int    `json:"i"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type remark struct {
	Index int     `json:"i"`
	Code  Warning `json:"code"`
}

func (s success) write(w http.ResponseWriter) { writeJSON(w, http.StatusOK, s) }

// failure is answered when nothing was taken. code and message are there twice:
// some libraries read them at the top, some look for an error.
type failure struct {
	status     int
	retryAfter int // seconds; 0 for none

	Success  bool        `json:"success"`
	Code     string      `json:"code"`
	Message  string      `json:"message"`
	Error    reason      `json:"error"`
	Rejected []rejection `json:"rejected,omitempty"`
}

type reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f failure) write(w http.ResponseWriter) {
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	writeJSON(w, f.status, f)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // our own structs, of valid text
	}
	writeText(w, status, text)
}

// writeText answers with a text that is JSON.
func writeText(w http.ResponseWriter, status int, text []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	w.Write(text) // whoever went away is not told
}

func fail(status int, code, message string) failure {
	return failure{status: status, Code: code, Message: message, Error: reason{code, message}}
}

func (r *Refusal) failure(status int) failure { return fail(status, r.Code, r.Message) }

// What does not depend on the request.
var (
	notFound = fail(http.StatusNotFound, "not_found",
		"no such path; see /v1/track, /v1/batch and their like")
	methodNotAllowed = fail(http.StatusMethodNotAllowed, "method_not_allowed",
		"this path does not take the request's method; see Allow")
	bodyIncomplete = fail(http.StatusRequestTimeout, "body_incomplete",
		"the body ended before it was complete; send it again")
	unknownEncoding = fail(http.StatusUnsupportedMediaType, "unsupported_encoding",
		"the Content-Encoding is none that is understood; send gzip or plain text")
	brokenGzip = fail(http.StatusBadRequest, "invalid_gzip",
		"the body is not what its Content-Encoding, gzip, says")
	missingKey = fail(http.StatusUnauthorized, "missing_write_key",
		"there is no write key; send it as the user name of Basic authorization")
	unknownKey = fail(http.StatusUnauthorized, "invalid_write_key",
		"the write key is unknown or disabled")
	keyMayNotSend = fail(http.StatusForbidden, "key_may_not_send",
		"this is an API key, which may not send events; use a browser or server write key")
	importNeedsServerKey = fail(http.StatusForbidden, "import_needs_server_key",
		"history can be imported with a server key only; send live events to /v1/batch")
)

// busySeconds is for how long a sender is asked to wait when there is no room:
// longer than a slow commit, shorter than a person notices.
const busySeconds = 5

// crowded is answered when what is under way takes all the memory it may take.
var crowded = busy("Too many events are waiting to be written. Send them again in a moment.")

func busy(message string) failure {
	f := fail(http.StatusServiceUnavailable, "busy", message)
	f.retryAfter = busySeconds
	return f
}

// failed answers what went wrong on our side.
func (h *handler) failed(ctx context.Context, what string, err error) answer {
	if fault.KindOf(err) == fault.Busy {
		h.log.WarnContext(ctx, what, "error", err)
		return busy(fault.Text(err))
	}
	h.log.ErrorContext(ctx, what, "error", err)
	return fail(http.StatusInternalServerError, "internal", fault.Text(err))
}

func rejected(rejects []lead.Reject) []rejection {
	all := make([]rejection, len(rejects))
	for i, r := range rejects {
		all[i] = rejection{r.Index, r.Code, r.Message}
	}
	return all
}

func warnings(remarks []Remark) []remark {
	all := make([]remark, len(remarks))
	for i, r := range remarks {
		all[i] = remark(r)
	}
	return all
}
