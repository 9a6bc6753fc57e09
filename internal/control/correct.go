package control

import (
	"context"
	"net/http"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

const (
	pathJudge   = "/judge"
	pathMerge   = "/merge"
	pathUnmerge = "/unmerge"
	pathErase   = "/erase"
)

// correctionCall is what merging, unmerging and erasing are asked with.
type correctionCall struct {
	Who, Other app.Ref
	By         lead.Signature
}

// handleCorrections answers the calls that correct the past.
func handleCorrections(mux *http.ServeMux, w app.Writer) {
	mux.HandleFunc("POST "+pathJudge, func(rw http.ResponseWriter, r *http.Request) {
		var v app.Verdict
		serve(rw, r, &v, func() (a answer, err error) {
			a.Outcome, err = w.Judge(r.Context(), v)
			return a, err
		})
	})
	handle := func(path string, do func(context.Context, *correctionCall, *answer) error) {
		mux.HandleFunc("POST "+path, func(rw http.ResponseWriter, r *http.Request) {
			var c correctionCall
			serve(rw, r, &c, func() (answer, error) {
				var a answer
				err := do(r.Context(), &c, &a)
				return a, err
			})
		})
	}
	handle(pathMerge, func(ctx context.Context, c *correctionCall, a *answer) (err error) {
		a.Outcome, err = w.Merge(ctx, c.Who, c.Other, c.By)
		return err
	})
	handle(pathUnmerge, func(ctx context.Context, c *correctionCall, a *answer) (err error) {
		a.Outcome, err = w.Unmerge(ctx, c.Who.ID, c.By)
		return err
	})
	handle(pathErase, func(ctx context.Context, c *correctionCall, a *answer) (err error) {
		a.Erasure, err = w.Erase(ctx, c.Who, c.By)
		return err
	})
}

// Judge implements app.Writer.
func (c *Client) Judge(ctx context.Context, v app.Verdict) (pipeline.Outcome, error) {
	a, err := c.call(ctx, pathJudge, v)
	return a.Outcome, err
}

// Merge implements app.Writer.
func (c *Client) Merge(ctx context.Context, one, other app.Ref, by lead.Signature) (pipeline.Outcome, error) {
	a, err := c.call(ctx, pathMerge, correctionCall{Who: one, Other: other, By: by})
	return a.Outcome, err
}

// Unmerge implements app.Writer.
func (c *Client) Unmerge(ctx context.Context, child lead.ID, by lead.Signature) (pipeline.Outcome, error) {
	a, err := c.call(ctx, pathUnmerge, correctionCall{Who: app.Ref{ID: child}, By: by})
	return a.Outcome, err
}

// Erase implements app.Writer.
func (c *Client) Erase(ctx context.Context, who app.Ref, by lead.Signature) (app.Erasure, error) {
	a, err := c.call(ctx, pathErase, correctionCall{Who: who, By: by})
	return a.Erasure, err
}
