package privacy

import (
	"bytes"
	"net/netip"
	"regexp"
	"strings"

	"galena/internal/fault"
)

// Addresses says what is kept of the network addresses from which events came. The
// zero value is Cut.
type Addresses string

const (
	// Cut keeps the network: the first address of the /24, or of the /48 for IPv6.
	Cut Addresses = "cut"
	// Whole keeps addresses as they are sent.
	Whole Addresses = "whole"
	// Dropped keeps none.
	Dropped Addresses = "dropped"
)

// AllAddresses are the choices, that which keeps least first.
var AllAddresses = []Addresses{Dropped, Cut, Whole}

// Check says whether it is one of the choices.
func (a Addresses) Check() error {
	for _, known := range AllAddresses {
		if a == known {
			return nil
		}
	}
	return fault.New(fault.Invalid, "Addresses are kept cut, whole or dropped, not %.40q.", string(a))
}

// Of is what is kept of an address as somebody wrote it, "" for nothing. What
// cannot be read as one is nothing, unless addresses are kept whole.
func (a Addresses) Of(written string) string {
	switch a {
	case Whole:
		return written
	case Dropped:
		return ""
	}
	written = strings.TrimSpace(written)
	addr, err := netip.ParseAddr(strings.Trim(written, "[]"))
	if err != nil {
		with, err := netip.ParseAddrPort(written) // as some servers write it
		if err != nil {
			return ""
		}
		addr = with.Addr()
	}
	return a.Kept(addr)
}

// Kept is what is kept of an address, "" for nothing and for one that is not valid.
func (a Addresses) Kept(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	switch {
	case !addr.IsValid() || a == Dropped:
		return ""
	case a == Whole:
		return addr.String()
	}
	return network(addr).String()
}

// Bits of an address that are kept of it when it is cut: what is left tells no
// household or machine from its neighbours.
const (
	keptBits4 = 24
	keptBits6 = 48
)

func network(addr netip.Addr) netip.Addr {
	bits := keptBits4
	if addr.Is6() {
		bits = keptBits6
	}
	prefix, _ := addr.Prefix(bits) // it is valid, and has as many
	return prefix.Addr()
}

// Members are the names under which messages carry the address of whom they are
// about: ip in the context, the others beside it.
var Members = []string{"ip", "request_ip", "requestIp"}

// membered finds the values of Members in text that may be broken JSON or be cut,
// and in the query of an address.
var membered = regexp.MustCompile(`("(?:ip|request_ip|requestIp)"\s*:\s*")([^"]*)|((?:^|[?&.])(?:ip|request_ip|requestIp)=)([^&]*)`)

// InText is a text of a message that was refused with what is kept of the addresses
// in it. It reads no further than the members that Members names: an address that
// somebody puts elsewhere cannot be told from the number of a version.
func (a Addresses) InText(text []byte) []byte {
	if a == Whole || !bytes.Contains(text, []byte("ip")) && !bytes.Contains(text, []byte("requestIp")) {
		return text
	}
	return membered.ReplaceAllFunc(text, func(found []byte) []byte {
		parts := membered.FindSubmatch(found)
		name, value := parts[1], parts[2]
		if name == nil {
			name, value = parts[3], parts[4]
		}
		return append(bytes.Clone(name), a.Of(string(value))...)
	})
}
