package control_test

import (
	"testing"

	"galena/internal/access"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/staff"
	"galena/internal/store/memory"
)

// An order that goes over the socket comes to what it comes to at home.
func TestOrder(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	s := staff.New(memory.New(func() lead.Time { return midday }))
	client := listen(t, control.Handler(a, s))
	done, err := client.Order(t.Context(), staff.Order{What: staff.Inviting, Email: "ada@engine.example", Role: access.Admin})
	if err != nil || done.Email != "ada@engine.example" {
		t.Fatalf("%+v, %v", done, err)
	}
	if ticket, err := s.Ticket(t.Context(), done.Secret); err != nil || ticket.Role != access.Admin {
		t.Errorf("the link is of %+v, %v", ticket, err)
	}
	_, err = client.Order(t.Context(), staff.Order{What: staff.Resetting, Email: "bo@engine.example"})
	if fault.KindOf(err) != fault.NotFound || fault.Text(err) == "" {
		t.Errorf("of nobody one hears %v", err)
	}
}
