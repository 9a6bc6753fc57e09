package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/intake"
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
func (o *Owned) pages(ctx context.Context, cfg Config, room *space, restore *restorer) (http.Handler, error) {
	s := staff.New(o.store)
	if cfg.Demo != nil {
		if _, err := s.FoundOpen(ctx, staff.Company{Name: cfg.Demo.Company, Zone: "UTC", Currency: "EUR"}, invented...); err != nil {
			return nil, err
		}
	}
	imports := intake.New(ctx, intake.Config{App: o.App, Sink: guarded{o.App, room}, Logger: cfg.Logger})
	pages := web.Config{
		App: o.App, Staff: s, Imports: imports,
		Clock: clock, Logger: cfg.Logger, TrustedProxies: cfg.TrustedProxies, Demo: cfg.Demo != nil, Design: cfg.Design,
		Place: Shown(cfg.Data), Started: clock(), Program: cfg.Program,
		Health:   func(context.Context) error { return room.short() },
		Previews: o.Previews(ctx),
		Size:     func(ctx context.Context) (int64, error) { return o.size(ctx, cfg.Data) },
		Diagnose: func(ctx context.Context) []web.Finding {
			var found []web.Finding
			for _, f := range Diagnose(ctx, cfg.Data) {
				found = append(found, web.Finding{OK: f.OK, What: f.What, Said: f.Said})
			}
			return found
		},
	}
	if !IsDatabase(cfg.Data) {
		pages.Backup = func(ctx context.Context, send func(string, int64, io.Reader) error) error {
			return download(ctx, cfg, send)
		}
	}
	if restore != nil {
		pages.Restore = restore
		pages.Present = func(ctx context.Context) (web.Contents, error) { return contentsOf(ctx, o.store) }
	}
	return web.New(pages), nil
}

// downloads begins the names of the folders in which backups to be sent are made:
// in the data folder, where others may not look and the database's disk is.
const downloads = ".galena-download-"

// download makes a backup, has it sent and removes it.
func download(ctx context.Context, cfg Config, send func(string, int64, io.Reader) error) (err error) {
	folder, err := os.MkdirTemp(cfg.Data, downloads)
	if err != nil {
		return fault.Wrap(err, fault.Busy, "A backup cannot be made in the data folder")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "galena-"+time.Now().UTC().Format("2006-01-02T15-04")+".backup")
	if _, err := Backup(ctx, cfg.Data, path, cfg.Program); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return send(filepath.Base(path), info.Size(), f)
}

// forgetFiles removes what a server left that was killed while it sent a backup, or
// took one in, and the files for import that older versions kept beside the database.
func forgetFiles(dir string) error {
	var err error
	for _, left := range []string{downloads + "*", restoreWork + "*", filepath.Join(keptFolder, backupWork+"*"), uploadFolder} {
		found, bad := filepath.Glob(filepath.Join(dir, left))
		err = errors.Join(err, bad)
		for _, folder := range found {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}
	return err
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
