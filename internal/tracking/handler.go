package tracking

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
)

// Sink takes what was decoded. When it returns nil, the batch is committed; when
// it returns an error, nothing of it is. fault.Busy is a refusal for now.
type Sink interface {
	Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error)
}

// Keys knows the write keys, and what the workspace keeps of people. ok is false for
// a key that is unknown or disabled.
type Keys interface {
	WriteKey(ctx context.Context, key string) (id int64, kind lead.KeyKind, ok bool, err error)
	Policy(ctx context.Context) (privacy.Policy, error)
	// Salt is by what ids are made on the day of a moment.
	Salt(ctx context.Context, at lead.Time) ([]byte, error)
}

// Config is what the face stands on. Sink, Keys and Clock must be set.
type Config struct {
	Sink  Sink
	Keys  Keys
	Clock func() lead.Time
	// Logger is told of what failed on our side; nil for nobody.
	Logger *slog.Logger
	// BaseURL is where browsers reach this server, "https://leads.example.com",
	// for the settings document. Empty, the document repeats what the request
	// was addressed to.
	BaseURL string
	// TrustedProxies are believed about whom they forward for.
	TrustedProxies []netip.Prefix
	// Watch is told of each request that brought messages; nil for nobody. It is
	// called by many at once, and must not wait for anything.
	Watch func(Passage)
	// Rate is how many events a key may bring in a second, on average; 0 for any
	// number. Another second's events may come at once.
	Rate   int
	Limits Limits
}

// Paths are those, and all below them that end with a slash, of which New answers
// any.
var Paths = []string{"/v1/", "/api/s/", "/beacon/", "/projects/", "/sourceConfig", "/sourceConfig/"}

// New makes the face. It answers every path that it is given; those that are
// none of its doors with 404.
func New(cfg Config) http.Handler {
	h := &handler{Config: cfg, log: cfg.Logger, decoder: Decoder{cfg.Limits}, limits: cfg.Limits.withDefaults()}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if base, err := url.Parse(cfg.BaseURL); err == nil && base.Host != "" {
		h.base = base
	}
	h.rates.perSecond = max(cfg.Rate, 0)
	h.room.Store(int64(h.limits.Waiting))
	mux := http.NewServeMux()
	for t := lead.Track; t < lead.Act; t++ {
		mux.Handle("/v1/"+t.String(), h.post(door{as: t}))
		mux.Handle("/v1/"+t.String()[:1], h.post(door{as: t}))
		mux.Handle("/api/s/"+t.String(), h.post(door{as: t}))
		mux.Handle("/api/s/s2s/"+t.String(), h.post(door{as: t}))
	}
	for _, path := range []string{"/v1/batch", "/v1/b", "/beacon/v1/batch"} {
		mux.Handle(path, h.post(door{}))
	}
	for _, path := range []string{"/v1/import", "/v1/import/{$}"} {
		mux.Handle(path, h.post(door{history: true}))
	}
	mux.Handle("/v1/m", only(http.MethodPost, func(http.ResponseWriter, *http.Request) answer { return success{Success: true} }))
	for _, path := range []string{"/v1/projects/{key}/settings", "/projects/{key}/settings"} {
		mux.Handle(path, only(http.MethodGet, h.settings))
	}
	mux.Handle("/v1/pixel/{type}", only(http.MethodGet, h.pixel))
	for _, path := range []string{"/sourceConfig", "/sourceConfig/{$}"} {
		mux.Handle(path, only(http.MethodGet, func(http.ResponseWriter, *http.Request) answer { return sourceConfig{} }))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound.write(w) })
	return shared(mux)
}

type handler struct {
	Config
	log     *slog.Logger
	decoder Decoder
	limits  Limits
	base    *url.URL     // nil for unknown
	room    atomic.Int64 // bytes that bodies may still take
	rates   rates
}

// door is one way in.
type door struct {
	as      lead.Type // what the path says a message is; 0 for a batch
	history bool      // the sender may say that it sends history
}

func (h *handler) post(d door) http.Handler {
	return only(http.MethodPost, func(w http.ResponseWriter, r *http.Request) answer {
		body, refused := h.body(w, r)
		if refused != nil {
			h.passed(refused, 0)
			return refused
		}
		begun := time.Now()
		from, a := h.admit(r, body, d)
		if a == nil {
			a = h.take(r.Context(), body, from, d)
		}
		h.passed(a, time.Since(begun))
		return a
	})
}

// take ingests a body if its key may bring one and there is room for it.
func (h *handler) take(ctx context.Context, body []byte, from Arrival, d door) answer {
	if refused := h.rates.refuse(from.Source, from.Received); refused != nil {
		return refused
	}
	size := int64(len(body))
	defer h.room.Add(size)
	if h.room.Add(-size) < 0 {
		return crowded
	}
	return h.ingest(ctx, body, from, d)
}

// ingest decodes a body, has it committed, and says what became of it.
func (h *handler) ingest(ctx context.Context, body []byte, from Arrival, d door) answer {
	var batch Batch
	if d.as != 0 {
		batch = h.decoder.single(body, d.as, from)
	} else {
		var err error
		if batch, err = h.decoder.Batch(body, from); err != nil {
			h.rates.spend(from.Source, from.Received, 1)
			refusal := err.(*Refusal)
			if refusal.Code != CodeTooManyEvents && refusal.Code != CodeEnvelopeTooLarge { // whose messages may all be good
				h.keep(ctx, refusal.Reject(0, body, from))
			}
			return refusal.failure(http.StatusBadRequest)
		}
	}
	h.rates.spend(from.Source, from.Received, max(1, len(batch.Events)+len(batch.Rejects)+batch.Suppressed))
	if d.as != 0 && len(batch.Rejects) > 0 && unreadable(batch.Rejects[0].Code) {
		h.keep(ctx, batch.Rejects...)
		return fail(http.StatusBadRequest, batch.Rejects[0].Code, batch.Rejects[0].Message)
	}
	for i := range batch.Events {
		if e := &batch.Events[i]; e.MessageID == "" {
			// It cannot be known again when it is sent again; nobody could do better.
			e.MessageID = "galena-" + rand.Text()
		}
	}
	var receipt pipeline.Receipt
	if len(batch.Events)+len(batch.Rejects) > 0 || batch.Suppressed == 0 {
		var err error
		if receipt, err = h.Sink.Ingest(ctx, batch.Batch); err != nil {
			return h.failed(ctx, "events were not taken", err)
		}
	}
	return success{
		Success:    true,
		Accepted:   receipt.Accepted,
		Duplicates: receipt.Duplicates,
		Rejected:   rejected(batch.Rejects),
		Suppressed: batch.Suppressed,
		Warnings:   warnings(batch.Remarks),
	}
}

// unreadable says whether a refusal of a message that came alone is one of the
// request: it is not JSON, or too large.
func unreadable(code string) bool {
	return code == CodeInvalidJSON || code == CodeTrailingData || code == CodeEventTooLarge
}

// keep stores rejects beside which there is no event. The answer is about the
// content and stays the same if they cannot be kept: an error on our side would
// make the sender try again what will never be good.
func (h *handler) keep(ctx context.Context, rejects ...lead.Reject) {
	if _, err := h.Sink.Ingest(ctx, pipeline.Batch{Rejects: rejects}); err != nil {
		h.log.WarnContext(ctx, "rejects were not kept", "count", len(rejects), "code", rejects[0].Code, "error", err)
	}
}
