package cli

import (
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"galena/internal/fault"
	"galena/internal/server"
)

type serveCmd struct {
	dataFlag
	Config       configFile     `placeholder:"FILE" help:"A YAML file of settings."`
	Listen       string         `default:"127.0.0.1:8080" env:"GALENA_LISTEN" placeholder:"HOST:PORT" help:"Where to listen (default 127.0.0.1:8080; or GALENA_LISTEN)."`
	Playbook     string         `placeholder:"FILE" help:"The playbook of a new data folder (default: the shipped one for B2B SaaS)."`
	TrustedProxy []netip.Prefix `placeholder:"CIDR" env:"GALENA_TRUSTED_PROXY" help:"Networks of proxies whose X-Forwarded-For is believed."`
	Rate         int            `default:"10000" placeholder:"EVENTS" help:"How many events a write key may bring in a second before it is told to wait (default 10000; 0 for any number)."`
	Metrics      bool           `default:"true" negatable:"" help:"Show metrics for Prometheus at /metrics (default; --no-metrics hides them)."`
	MinFree      int64          `default:"200" placeholder:"MB" help:"With less than this free on the data folder's disk, take no events and say 503 (default 200; 0 fills the disk to its end)."`
	Drain        time.Duration  `default:"500ms" placeholder:"DURATION" help:"How long to go on taking connections after a stop is asked for, with /readyz at 503 (default 500ms)."`
	LogFormat    string         `enum:"text,json" default:"text" help:"How to log: text or json."`
	Debug        bool           `help:"Log more."`
	Design       bool           `hidden:"" help:"Show what the pages are made of, at /design."`
}

func (c *serveCmd) Help() string {
	return "Example:\n  galena serve --data ./data --listen 127.0.0.1:8080\n\nOn a PostgreSQL database any number of servers may run, behind a load balancer:\n  GALENA_DATABASE_URL=postgres://galena@db/galena galena serve --listen 0.0.0.0:8080\n\nThe settings of --config are these flags, with _ for -:\n  data: /var/lib/galena\n  listen: 127.0.0.1:8080\n  trusted_proxy: [10.0.0.0/8]\n  log_format: json\nA flag counts before the environment, and that before the file.\n\nSend SIGTERM or press Ctrl-C to stop; everything acknowledged is on disk."
}

func (c *serveCmd) Run(s *session) error {
	if c.Rate < 0 {
		return fault.New(fault.Invalid, "--rate=%d is no rate. Give how many events a key may bring in a second, or 0 for any number.", c.Rate)
	}
	if c.MinFree < 0 || c.MinFree > 1<<30 {
		return fault.New(fault.Invalid, "--min-free=%d is no size. Give the megabytes that stay free, or 0 to fill the disk to its end.", c.MinFree)
	}
	source, err := s.playbookFile(c.Playbook)
	if err != nil {
		return err
	}
	welcome := ""
	return server.Serve(s, server.Config{
		Data: c.Data, Listen: c.Listen, Playbook: source, TrustedProxies: c.TrustedProxy, Rate: c.Rate, Metrics: c.Metrics, Drain: c.Drain,
		KeepFree: c.MinFree << 20, Design: c.Design, Program: release,
		Logger:  s.logger(c.LogFormat, c.Debug),
		Welcome: func(path string) { welcome = path },
		Ready: func(addr string) {
			fmt.Fprintf(s.Stderr, "Galena listens on http://%s\n", addr)
			if welcome != "" {
				fmt.Fprintf(s.Stderr, "Nobody works here yet. Set it up, once, at\n  http://%s%s\n", addr, welcome)
			}
		},
	})
}

// logger writes the server's log to the standard error.
func (s *session) logger(format string, debug bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if debug {
		options.Level = slog.LevelDebug
	}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(s.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(s.Stderr, options))
}
