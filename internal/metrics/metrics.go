// Package metrics counts what passes through a running server and shows it to
// Prometheus.
//
// What it shows tells how much and how fast, never who: its labels are codes of
// our own, and no key, address or name ever gets here. It decides nothing; a
// server that is not asked for its metrics works as one that is.
package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"galena/internal/tracking"
)

// Metrics are those of one workspace that this process owns.
type Metrics struct {
	registry *prometheus.Registry

	events   *prometheus.CounterVec
	rejected *prometheus.CounterVec
	refused  *prometheus.CounterVec
	ingest   prometheus.Histogram

	commitEvents  prometheus.Histogram
	commitSeconds prometheus.Histogram
	failures      prometheus.Counter
	wakes         prometheus.Counter
}

// Buckets of the histograms: from a commit on a quiet machine to one on a disk
// that is stuck, and from one event to what the pipeline commits at once.
var (
	seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	sizes   = []float64{1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000}
)

// New makes metrics that stand at zero.
func New() *Metrics {
	counter := func(name, help string) prometheus.CounterOpts { return prometheus.CounterOpts{Name: name, Help: help} }
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		events: prometheus.NewCounterVec(counter("galena_events_total",
			"Events that came over HTTP and were answered as accepted (result accepted), as known (result duplicate), or as not kept since the browser objects (result suppressed)."), []string{"result"}),
		rejected: prometheus.NewCounterVec(counter("galena_events_rejected_total",
			"Messages that were no events, by the code of what was wrong. They are kept as rejects."), []string{"code"}),
		refused: prometheus.NewCounterVec(counter("galena_requests_refused_total",
			"Requests with messages that were refused as a whole, by the code in the answer."), []string{"code"}),
		ingest: histogram("galena_ingest_seconds",
			"Time from when the body of a request was read until its events were on disk.", seconds),
		commitEvents: histogram("galena_commit_events",
			"Events written by one commit.", sizes),
		commitSeconds: histogram("galena_commit_seconds",
			"Time of a commit that wrote events, with what was decided about them.", seconds),
		failures: prometheus.NewCounter(counter("galena_commit_failures_total",
			"Transactions of any sort that were not committed.")),
		wakes: prometheus.NewCounter(counter("galena_wakes_total",
			"Times that a lead was looked at because time alone changes something about it.")),
	}
	for _, result := range []string{accepted, duplicate, suppressed} {
		m.events.WithLabelValues(result) // to be there at zero
	}
	m.registry.MustRegister(m.events, m.rejected, m.refused, m.ingest, m.commitEvents, m.commitSeconds, m.failures, m.wakes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Results of events.
const (
	accepted   = "accepted"
	duplicate  = "duplicate"
	suppressed = "suppressed"
)

// Passed counts what became of a request.
func (m *Metrics) Passed(p tracking.Passage) {
	if p.Refused != "" {
		m.refused.WithLabelValues(p.Refused).Inc()
		return
	}
	m.events.WithLabelValues(accepted).Add(float64(p.Accepted))
	m.events.WithLabelValues(duplicate).Add(float64(p.Duplicates))
	m.events.WithLabelValues(suppressed).Add(float64(p.Suppressed))
	for _, code := range p.Rejected {
		m.rejected.WithLabelValues(code).Inc()
	}
	m.ingest.Observe(p.Took.Seconds())
}

// Totals are how much a workspace holds. Conflicts are the events, since
// its beginning, that claimed what somebody else is known by.
type Totals struct{ Events, Leads, Conflicts int64 }

// totalsTimeout bounds how long a look at the metrics waits for the totals.
const totalsTimeout = 2 * time.Second

// Watch shows how many requests wait to be committed, and what totals tells.
// Both are asked whenever somebody looks; totals that cannot be told are left out.
func (m *Metrics) Watch(waiting func() int, totals func(context.Context) (Totals, error)) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "galena_queue_requests", Help: "Requests that wait for a commit."},
		func() float64 { return float64(waiting()) },
	), totalsOf(totals))
}

type totalsOf func(context.Context) (Totals, error)

var (
	logEvents = prometheus.NewDesc("galena_log_events", "Events in the log.", nil, nil)
	leads     = prometheus.NewDesc("galena_leads", "Leads, contacts and visitors.", nil, nil)
	conflicts = prometheus.NewDesc("galena_identity_conflicts_total",
		"Events that claimed what somebody else is known by, such as their address. Nobody is joined by them; many are a mistake on a site, or somebody who tries.", nil, nil)
)

// Describe implements prometheus.Collector.
func (totalsOf) Describe(to chan<- *prometheus.Desc) {
	to <- logEvents
	to <- leads
	to <- conflicts
}

// Collect implements prometheus.Collector.
func (t totalsOf) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), totalsTimeout)
	defer cancel()
	totals, err := t(ctx)
	if err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(logEvents, prometheus.GaugeValue, float64(totals.Events))
	to <- prometheus.MustNewConstMetric(leads, prometheus.GaugeValue, float64(totals.Leads))
	to <- prometheus.MustNewConstMetric(conflicts, prometheus.CounterValue, float64(totals.Conflicts))
}

// maxLooks is how many may look at the same time; others are told 503.
const maxLooks = 4

// Handler shows the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxLooks})
}
