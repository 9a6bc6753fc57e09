package control

import (
	"context"
	"net/http"

	"galena/internal/staff"
)

const pathOrder = "/order"

// handleOrders answers the calls about users.
func handleOrders(mux *http.ServeMux, to staff.Orders) {
	mux.HandleFunc("POST "+pathOrder, func(rw http.ResponseWriter, r *http.Request) {
		var o staff.Order
		serve(rw, r, &o, func() (a answer, err error) {
			a.Done, err = to.Order(r.Context(), o)
			return a, err
		})
	})
}

// Order implements staff.Orders.
func (c *Client) Order(ctx context.Context, o staff.Order) (staff.Done, error) {
	a, err := c.call(ctx, pathOrder, o)
	return a.Done, err
}
