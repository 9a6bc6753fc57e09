package control

import (
	"context"
	"net/http"

	"galena/internal/app"
	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/staff"
)

const (
	pathPolicy = "/policy"
	pathRetain = "/policy/retain"
)

// handlePolicy answers the calls about what is kept of people. Whoever may use the
// socket is nobody of the staff.
func handlePolicy(mux *http.ServeMux, w app.Writer) {
	mux.HandleFunc("POST "+pathPolicy, func(rw http.ResponseWriter, r *http.Request) {
		var p privacy.Policy
		serve(rw, r, &p, func() (answer, error) {
			return answer{}, w.SetPolicy(r.Context(), p, nil)
		})
	})
	mux.HandleFunc("POST "+pathRetain, func(rw http.ResponseWriter, r *http.Request) {
		var asked bool
		serve(rw, r, &asked, func() (a answer, err error) {
			a.Slice, err = w.Retain(r.Context(), asked)
			return a, err
		})
	})
}

// SetPolicy implements app.Writer, for the command line.
func (c *Client) SetPolicy(ctx context.Context, p privacy.Policy, _ *staff.User) error {
	_, err := c.call(ctx, pathPolicy, p)
	return err
}

// Retain implements app.Writer.
func (c *Client) Retain(ctx context.Context, asked bool) (pipeline.Slice, error) {
	a, err := c.call(ctx, pathRetain, asked)
	return a.Slice, err
}
