package privacy

import "galena/internal/fault"

// Objections says which signals count by which a browser tells that whoever uses it
// objects to being followed. The zero value counts all.
type Objections string

const (
	// AllObjections counts Global Privacy Control (Sec-GPC: 1) and Do Not Track (DNT: 1).
	AllObjections Objections = "all"
	// GPCAlone counts Global Privacy Control, which laws know, and not its forerunner.
	GPCAlone Objections = "gpc"
	// NoObjections counts none.
	NoObjections Objections = "none"
)

// Objecting are the choices, that by which most are spared first.
var Objecting = []Objections{AllObjections, GPCAlone, NoObjections}

// Check says whether it is one of the choices.
func (o Objections) Check() error {
	for _, known := range Objecting {
		if o == known {
			return nil
		}
	}
	return fault.New(fault.Invalid, "Of objections count all, gpc or none, not %.40q.", string(o))
}

// Heard says whether a browser objects that sends Sec-GPC and DNT as given, "" for not
// at all.
func (o Objections) Heard(gpc, dnt string) bool {
	switch o {
	case NoObjections:
		return false
	case GPCAlone:
		return gpc == "1"
	}
	return gpc == "1" || dnt == "1"
}
