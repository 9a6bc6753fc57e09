package app

import (
	"strings"

	"galena/internal/engine"
)

// HoldInWords tells what keeps a lead where it is; "" if nothing does.
func HoldInWords(h *engine.Hold) string {
	if h == nil {
		return ""
	}
	var told []string
	if h.ByHand {
		told = append(told, "put there by hand")
	}
	if h.Reason != "" {
		told = append(told, "because: "+h.Reason)
	}
	if h.Until != 0 {
		told = append(told, "no criterion leads back before "+h.Until.UTC().Format("2006-01-02 15:04")+" UTC")
	}
	if h.Final {
		told = append(told, "only a person leads back")
	}
	if len(h.Marked) > 0 {
		told = append(told, "what holds already must turn true anew to lead to "+strings.Join(h.Marked, ", "))
	}
	return strings.Join(told, "; ")
}
