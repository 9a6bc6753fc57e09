package server

import (
	"context"
	"net/http"
	"net/url"

	"galena/internal/access"
	"galena/internal/staff"
	"galena/internal/web"
)

// Demo is whose the invented company of a demo is.
type Demo struct{ Company string }

// invented are the users of a demo. They have no passwords.
var invented = []staff.User{
	{Email: "admin@demo.example", Name: "Alex Admin", Role: access.Admin},
	{Email: "marketing@demo.example", Name: "Mia Marketing", Role: access.Marketing},
	{Email: "manager@demo.example", Name: "Max Manager", Role: access.Manager},
	{Email: "sales@demo.example", Name: "Sam Sales", Role: access.Sales},
	{Email: "viewer@demo.example", Name: "Vera Viewer", Role: access.Viewer},
}

// pages makes the pages of the workspace.
func (o *Owned) pages(ctx context.Context, cfg Config, room *space) (http.Handler, error) {
	s := staff.New(o.store)
	if cfg.Demo != nil {
		if _, err := s.FoundOpen(ctx, staff.Company{Name: cfg.Demo.Company, Zone: "UTC", Currency: "EUR"}, invented...); err != nil {
			return nil, err
		}
	}
	return web.New(web.Config{
		App: o.App, Staff: s, Clock: clock, Logger: cfg.Logger, TrustedProxies: cfg.TrustedProxies, Demo: cfg.Demo != nil,
		Place: Shown(cfg.Data), Started: clock(),
		Health:   func(context.Context) error { return room.short() },
		Previews: o.Previews(ctx),
	}), nil
}

// welcome is the path of the page that sets the workspace up, "" once it is.
func (o *Owned) welcome(ctx context.Context) (string, error) {
	s := staff.New(o.store)
	founded, err := s.Founded(ctx)
	if err != nil || founded {
		return "", err
	}
	code, err := s.SetupCode(ctx)
	return "/setup?code=" + url.QueryEscape(code), err
}
