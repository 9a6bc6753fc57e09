// Package peer says who is at the other end of a request: the socket's address,
// or what a proxy that is trusted says about it.
//
// It looks nothing up and keeps nothing.
package peer

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Address is the sender of the request: the socket's peer, unless that is a
// trusted proxy; then the right-most hop of X-Forwarded-For that is none.
// Everything left of that hop was written by the sender, and anyone can write
// anything there. The result is not valid when the peer has no IP address.
func Address(r *http.Request, trusted []netip.Prefix) netip.Addr {
	socket, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	peer := socket.Addr().Unmap().WithZone("")
	if !within(peer, trusted) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, err := parseHop(strings.TrimSpace(hop))
		if err != nil {
			return peer
		}
		if peer = addr; !within(peer, trusted) {
			return peer
		}
	}
	return peer
}

// parseHop reads an address with or without a port.
func parseHop(s string) (netip.Addr, error) {
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().Unmap().WithZone(""), nil
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap().WithZone(""), err
}

// Trusted says whether the request came over a trusted proxy, so that what its
// forwarding headers say can be believed.
func Trusted(r *http.Request, trusted []netip.Prefix) bool {
	socket, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && within(socket.Addr().Unmap().WithZone(""), trusted)
}

func within(addr netip.Addr, all []netip.Prefix) bool {
	return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(addr) })
}
