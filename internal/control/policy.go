package control

import (
	"context"
	"net/http"

	"galena/internal/app"
	"galena/internal/privacy"
	"galena/internal/staff"
)

const pathPolicy = "/policy"

// handlePolicy answers the calls about what is kept of people. Whoever may use the
// socket is nobody of the staff.
func handlePolicy(mux *http.ServeMux, w app.Writer) {
	mux.HandleFunc("POST "+pathPolicy, func(rw http.ResponseWriter, r *http.Request) {
		var p privacy.Policy
		serve(rw, r, &p, func() (answer, error) {
			return answer{}, w.SetPolicy(r.Context(), p, nil)
		})
	})
}

// SetPolicy implements app.Writer, for the command line.
func (c *Client) SetPolicy(ctx context.Context, p privacy.Policy, _ *staff.User) error {
	_, err := c.call(ctx, pathPolicy, p)
	return err
}
